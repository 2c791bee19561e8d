// Detects: an index that no query has scanned since the statistics were last reset.
//
// Leaves out: tables that nobody read in the window, until a week has passed: the counters of a server that has just
// begun to work say nothing; unique, primary and replica identity indexes and those behind constraints, which work
// without being scanned; those behind a foreign key, which wait for a delete from the other table; invalid ones;
// indexes below 1 MB; a standby, which knows only its own scans.
//
// Thresholds: 1 MB, since smaller indexes cost next to nothing. Information during the first week after a reset (where
// that is not known, after the server's start: the counters are at least that old), for weekly work may still need it;
// a warning after that.
#include <algorithm>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr std::int64_t least_bytes = 1 << 20;
constexpr Seconds long_enough = std::chrono::hours(24 * 7);

bool backs_any_foreign_key(const DatabaseSchema& schema, const Index& index) {
  return std::ranges::any_of(schema.foreign_keys, [&](const ForeignKey& key) {
    return key.table == index.table && backs_foreign_key(index, key);
  });
}

}  // namespace

std::vector<Finding> unused_index(const Facts& facts) {
  std::vector<Finding> findings;
  if (facts.now.server.in_recovery) return findings;
  for (const DatabaseFacts& database : databases(facts.now)) {
    const auto reset = database.stats_reset();
    const auto since = reset ? reset : facts.now.server.started;
    const bool observed_long = since && facts.now.composed_at - *since >= long_enough;
    for (const Index& index : database.schema.indexes) {
      const Table* const table = database.schema.table(index.table);
      const IndexCounters* const counters = database.index_counters(index.oid);
      const auto size = index.pages.to_bytes();
      if (table == nullptr || counters == nullptr || counters->scans != 0 || !index.valid || index.unique ||
          index.primary || index.constraint || index.replica_identity || size.value < least_bytes ||
          backs_any_foreign_key(database.schema, index)) {
        continue;
      }
      const TableCounters* const use = facts.window.table(database.schema.database, table->oid);
      const bool read = use != nullptr && use->seq_scans + use->index_scans > 0;
      if (!read && !observed_long) continue;

      Finding finding;
      finding.severity = observed_long ? Severity::warning : Severity::info;
      finding.object = {"index", database.schema.name, qualified_index_name(*table, index)};
      finding.title = "Index " + index.name + " takes " + format_value(static_cast<double>(size.value), Unit::bytes) +
                      " and was never scanned" + (reset ? " since " + format_utc(*reset) : "");
      finding.why = "Every insert and every update of its columns maintains " + describe(index.definition) +
                    ", and it keeps updates from being heap-only.";
      if (!reset) finding.why += " When the counters began is not known.";
      finding.remedy =
          "Drop it once you are sure that it is not for rare work (a year's end) and that no standby uses "
          "it: standbys count their own scans.";
      finding.remedy_sql = "DROP INDEX CONCURRENTLY " + qualified_index_name(*table, index) + ";";
      finding.evidence = {{"scans", 0, Unit::count}, {"size", static_cast<double>(size.value), Unit::bytes}};
      if (const auto* writes = database.table_counters(index.table)) {
        const auto maintained = writes->inserted + writes->updated - writes->hot_updated;
        finding.evidence.push_back({"writes that maintained it", static_cast<double>(maintained), Unit::rows});
      }
      if (reset) {
        finding.evidence.push_back({"observed for", Seconds(facts.now.composed_at - *reset).count(), Unit::seconds});
      }
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
