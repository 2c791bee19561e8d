// Detects: a foreign key whose columns are not the first columns of any index of the referencing table. Every DELETE
// from the referenced table, and every UPDATE of its key, then reads the whole referencing table.
//
// Leaves out: small referencing tables; an index whose first columns are the key's in another order serves; of partial
// indexes only "… IS NOT NULL" does, since the check never looks for NULL.
//
// Threshold: 10,000 rows; a scan of fewer takes about a millisecond. A warning when rows of the referenced table were
// deleted since the statistics' reset (or that is not known), else information.
#include <algorithm>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double least_rows = 10'000;

}  // namespace

std::vector<Finding> foreign_key_without_index(const Facts& facts) {
  std::vector<Finding> findings;
  for (const DatabaseFacts& database : databases(facts.now)) {
    for (const ForeignKey& key : database.schema.foreign_keys) {
      const Table* const table = database.schema.table(key.table);
      const Table* const referenced = database.schema.table(key.referenced_table);
      if (table == nullptr || referenced == nullptr || was_skipped(database.schema, *table)) continue;
      const auto rows = rows_of(*table, database.table_counters(table->oid));
      if (!rows || *rows < least_rows) continue;
      const auto indexes = database.schema.indexes_of(table->oid);
      if (std::ranges::any_of(indexes, [&](const Index* index) { return backs_foreign_key(*index, key); })) continue;

      const IndexDefinition index = index_on(*table, key.columns);

      Finding finding;
      const TableCounters* const counters = database.table_counters(referenced->oid);
      finding.severity = counters != nullptr && counters->deleted == 0 ? Severity::info : Severity::warning;
      finding.object = {"table", database.schema.name, table->qualified_name()};
      finding.key = make_key("foreign_key_without_index", finding.object, key.name);
      finding.title = "Deleting from " + referenced->qualified_name() + " reads all " +
                      format_value(*rows, Unit::rows) + " of " + table->qualified_name() + ": foreign key " + key.name +
                      " has no index behind it";
      finding.why = "PostgreSQL looks for rows that still refer to the deleted one, by " + column_list(key.columns) +
                    ", while it holds the row's lock. Joins along this key lack an index too.";
      finding.remedy = "Create an index on the referencing columns.";
      finding.remedy_sql = create_statement(index, suggested_name(index), true) + ";";
      finding.evidence = {{"rows of the referencing table", *rows, Unit::rows, Basis::estimated}};
      if (counters != nullptr) {
        finding.evidence.push_back(
            {"rows deleted from the referenced table", static_cast<double>(counters->deleted), Unit::rows});
      }
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
