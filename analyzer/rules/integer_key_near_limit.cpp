// Detects: a sequence near its own end, or near the largest value of the column that it feeds, whichever comes first.
// At the end every INSERT fails.
//
// Leaves out: descending sequences; sequences never used or not readable; columns fed by anything but a sequence that
// they own.
//
// Thresholds: 75 % leaves time for a planned change, 90 % is for now: changing the type rewrites the table.
#include <algorithm>
#include <limits>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double warning_at = 0.75, critical_at = 0.90;

std::int64_t largest_of(std::string_view type) {
  if (type == "smallint") return std::numeric_limits<std::int16_t>::max();
  if (type == "integer") return std::numeric_limits<std::int32_t>::max();
  return std::numeric_limits<std::int64_t>::max();
}

/// Foreign keys that hold the same values and need the same change.
std::string referencing(const DatabaseSchema& schema, const Table& table, const std::string& column) {
  std::string list;
  for (const ForeignKey& key : schema.foreign_keys) {
    if (key.referenced_table != table.oid) continue;
    for (std::size_t i = 0; i < std::min(key.columns.size(), key.referenced_columns.size()); ++i) {
      const Table* const from = schema.table(key.table);
      if (key.referenced_columns[i] != column || from == nullptr) continue;
      list += (list.empty() ? "" : ", ") + from->qualified_name() + "." + quote_identifier(key.columns[i]);
    }
  }
  return list;
}

}  // namespace

std::vector<Finding> integer_key_near_limit(const Facts& facts) {
  std::vector<Finding> findings;
  for (const DatabaseFacts& database : databases(facts.now)) {
    for (const Sequence& sequence : database.schema.sequences) {
      if (!sequence.last_value || sequence.increment <= 0 || sequence.max_value <= 0) continue;
      const Table* const table = sequence.table ? database.schema.table(sequence.table) : nullptr;
      const std::int64_t limit = std::min(sequence.max_value, largest_of(sequence.column_type));
      const double used = static_cast<double>(*sequence.last_value) / static_cast<double>(limit);
      if (used < warning_at) continue;
      const std::int64_t steps_left = (limit - std::min(*sequence.last_value, limit)) / sequence.increment;
      const auto left = static_cast<double>(steps_left);
      const std::string sequence_name = quote_identifier(sequence.schema) + "." + quote_identifier(sequence.name);

      Finding finding;
      finding.severity = used >= critical_at ? Severity::critical : Severity::warning;
      finding.object = {"sequence", database.schema.name, sequence_name};
      std::string subject = "Sequence " + sequence_name;
      if (table != nullptr) {
        const std::string column = table->qualified_name() + "." + quote_identifier(sequence.column);
        finding.object = {"column", database.schema.name, column};
        finding.key = make_key("integer_key_near_limit", finding.object, sequence_name);
        subject = "Column " + column + " (" + sequence.column_type + ")";
      }
      finding.title = subject + " has used " + format_value(used, Unit::ratio) +
                      " of its values: " + format_value(left, Unit::count) + " are left";
      finding.why = "When they are used up, every INSERT that needs a new one fails.";
      finding.evidence = {{"used", used, Unit::ratio},
                          {"last value", static_cast<double>(*sequence.last_value), Unit::count},
                          {"values left", left, Unit::count}};
      const TablesDelta* const window = facts.window.tables_of(database.schema.database);
      const TableCounters* const writes =
          table == nullptr ? nullptr : facts.window.table(database.schema.database, table->oid);
      if (window != nullptr && writes != nullptr && window->length.count() > 0 && writes->inserted > 0) {
        const double per_second = static_cast<double>(writes->inserted) / window->length.count();
        finding.evidence.push_back(
            {"time left at the present rate", left / per_second, Unit::seconds, Basis::estimated});
      }
      const std::string alter_sequence = "ALTER SEQUENCE " + sequence_name + " AS bigint;";
      if (table != nullptr && (sequence.column_type == "integer" || sequence.column_type == "smallint")) {
        finding.remedy =
            "Make the column bigint. This rewrites the table and its indexes and holds ACCESS EXCLUSIVE "
            "meanwhile; on a large table add a bigint column, fill it in batches and swap the two.";
        if (const auto others = referencing(database.schema, *table, sequence.column); !others.empty()) {
          finding.remedy += " Columns that refer to it need the same: " + others + ".";
        }
        finding.remedy_sql = "ALTER TABLE " + table->qualified_name() + " ALTER COLUMN " +
                             quote_identifier(sequence.column) + " TYPE bigint;\n" + alter_sequence;
      } else {
        finding.remedy = "Raise the sequence's MAXVALUE, or its type, once what stores its values can hold them.";
        finding.remedy_sql = sequence.max_value < std::numeric_limits<std::int64_t>::max() ? alter_sequence : "";
      }
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
