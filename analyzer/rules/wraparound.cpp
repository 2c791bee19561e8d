// Detects: a database whose oldest transaction id or multixact is far on its way to wraparound, where PostgreSQL stops
// accepting writes.
//
// Leaves out: ages that autovacuum is about to deal with (autovacuum_freeze_max_age, 200 million by default).
//
// Thresholds: half of 2^31 is five times what autovacuum lets through by default, so something keeps it from freezing;
// 75 % (1.6 billion, vacuum_failsafe_age) is critical.
#include <algorithm>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double warning_at = 0.50, critical_at = 0.75;
constexpr double limit = 2147483648.0;

/// The table that holds the database back, where its counters were read.
std::string oldest_table(const Snapshot& snapshot, Oid database) {
  const DatabaseSchema* const schema = snapshot.schema(database);
  const RelationCounters* const counters = snapshot.relation_counters(database);
  if (schema == nullptr || counters == nullptr || counters->tables.empty()) return {};
  const auto oldest =
      std::ranges::max_element(counters->tables, {}, [](const auto& t) { return t.second.frozen_xid_age; });
  const Table* const table = schema->table(oldest->first);
  return table == nullptr ? "" : table->qualified_name();
}

}  // namespace

std::vector<Finding> wraparound(const Facts& facts) {
  std::vector<Finding> findings;
  if (!facts.now.databases) return findings;
  for (const DatabaseTotals& database : *facts.now.databases) {
    const bool multixacts = database.min_mxid_age > database.frozen_xid_age;
    const double age = static_cast<double>(std::max(database.frozen_xid_age, database.min_mxid_age)) / limit;
    if (age < warning_at) continue;
    const std::string what = multixacts ? "multixacts" : "transaction ids";
    Finding finding;
    finding.severity = age >= critical_at ? Severity::critical : Severity::warning;
    finding.object = {"database", database.name, database.name};
    finding.title = "Database " + database.name + " has used " + format_value(age, Unit::ratio) + " of its " + what +
                    " since it was last frozen";
    finding.why =
        "Shortly before 100 % PostgreSQL refuses every write until the database is vacuumed. Autovacuum should "
        "have frozen it long ago: something holds it back.";
    finding.remedy =
        "Look for what keeps old rows alive: long transactions, prepared transactions, replication slots, "
        "standbys with hot_standby_feedback, a failing autovacuum. Then freeze:";
    const std::string table = multixacts ? "" : oldest_table(facts.now, database.oid);
    finding.remedy_sql = table.empty() ? "VACUUM (FREEZE);  -- in database " + quote_identifier(database.name)
                                       : "VACUUM (FREEZE, VERBOSE) " + table + ";";
    finding.evidence = {{"used", age, Unit::ratio},
                        {"age of the oldest transaction id", static_cast<double>(database.frozen_xid_age), Unit::count},
                        {"age of the oldest multixact", static_cast<double>(database.min_mxid_age), Unit::count}};
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
