// Detects: a table with rows and neither a primary key nor another unique index over NOT NULL columns. Rows cannot be
// told apart, and logical replication cannot replicate UPDATE and DELETE.
//
// Leaves out: partitions (their parent is reported), unlogged and temporary tables, materialised views, small tables.
//
// Threshold: 1,000 rows; below that a table is often configuration or scratch.
#include <algorithm>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double least_rows = 1000;

/// Tells rows apart: unique, whole, and no NULL in it.
bool identifies(const Index& index, const Table& table) {
  if (!index.valid || !(index.unique || index.primary) || !index.definition.predicate.empty()) return false;
  return std::ranges::all_of(index.definition.keys, [&](const IndexKey& key) {
    const Column* const column = table.column(key.column);
    return column != nullptr && column->not_null;
  });
}

}  // namespace

std::vector<Finding> missing_primary_key(const Facts& facts) {
  std::vector<Finding> findings;
  for (const DatabaseFacts& database : databases(facts.now)) {
    for (const Table& table : database.schema.tables) {
      if ((table.kind != 'r' && table.kind != 'p') || table.partition || table.persistence != 'p' ||
          was_skipped(database.schema, table)) {
        continue;
      }
      const auto rows = rows_of(table, database.table_counters(table.oid));
      if (!rows || *rows < least_rows) continue;
      const auto indexes = database.schema.indexes_of(table.oid);
      if (std::ranges::any_of(indexes, [&](const Index* i) { return i->primary || identifies(*i, table); })) continue;

      Finding finding;
      finding.object = {"table", database.schema.name, table.qualified_name()};
      finding.title =
          "Table " + table.qualified_name() + " has " + format_value(*rows, Unit::rows) + " and no primary key";
      finding.why =
          "Nothing keeps a row from being there twice, a single row cannot be addressed, and logical "
          "replication cannot replicate UPDATE or DELETE.";
      finding.remedy =
          "Declare the columns that identify a row as its primary key, or add an identity column. Adding "
          "one to a filled table rewrites it; declaring existing columns builds a unique index.";
      finding.evidence = {{"rows", *rows, Unit::rows, Basis::estimated}};
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
