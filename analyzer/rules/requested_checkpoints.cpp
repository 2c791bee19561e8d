// Detects: checkpoints that come because WAL reached max_wal_size rather than because checkpoint_timeout passed.
//
// Leaves out: standbys, whose restartpoints follow the primary; a few requested ones, as CHECKPOINT, base backups and
// CREATE DATABASE make.
//
// Thresholds: more requested than timed, and at least three.
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr std::int64_t least_requested = 3;

}  // namespace

std::vector<Finding> requested_checkpoints(const Facts& facts) {
  if (!facts.window.wal || facts.now.server.in_recovery) return {};
  const WalCounters& counters = facts.window.wal->counters;
  if (counters.checkpoints_requested < least_requested ||
      counters.checkpoints_requested <= counters.checkpoints_timed) {
    return {};
  }
  const auto max_wal = setting_number(facts.now, "max_wal_size");
  const std::int64_t all = counters.checkpoints_requested + counters.checkpoints_timed;
  Finding finding;
  finding.object = {"setting", "", "max_wal_size"};
  finding.title = format_value(static_cast<double>(counters.checkpoints_requested), Unit::count) + " of " +
                  counted(all, "checkpoint", "checkpoints") + " came before their time because WAL was full";
  finding.why =
      "Checkpoints that follow each other closely write the same pages again and again, and after each one "
      "every page's first change writes the whole page into WAL.";
  finding.remedy = "Raise max_wal_size. It costs disk space and makes recovery after a crash longer.";
  if (max_wal && *max_wal > 0) {
    const auto megabytes = static_cast<std::int64_t>(*max_wal / (1 << 20)) * 2;
    finding.remedy_sql =
        "ALTER SYSTEM SET max_wal_size = '" + std::to_string(megabytes) + "MB';\nSELECT pg_reload_conf();";
    finding.evidence.push_back({"max_wal_size", *max_wal, Unit::bytes});
  }
  finding.evidence.push_back({"requested", static_cast<double>(counters.checkpoints_requested), Unit::count});
  finding.evidence.push_back({"timed", static_cast<double>(counters.checkpoints_timed), Unit::count});
  if (counters.wal) finding.evidence.push_back({"WAL written", static_cast<double>(counters.wal->value), Unit::bytes});
  return {std::move(finding)};
}

}  // namespace pgsextant::analyzer::checks
