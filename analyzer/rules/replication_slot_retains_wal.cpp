// Detects: a replication slot that nobody reads from and that keeps WAL on the primary's disk, and one whose WAL is
// already gone.
//
// Leaves out: active slots (replication_lag); slots that retain little, as every slot does between two connections.
//
// Thresholds: 256 MB (sixteen segments) is more than a restart of a standby leaves; 10 GB fills disks, and a slot that
// is "unreserved" or "lost" has cost its consumer the continuation: critical.
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr std::int64_t warning_bytes = 256LL << 20, critical_bytes = 10LL << 30;

}  // namespace

std::vector<Finding> replication_slot_retains_wal(const Facts& facts) {
  std::vector<Finding> findings;
  if (!facts.now.replication) return findings;
  for (const ReplicationSlot& slot : facts.now.replication->slots) {
    const bool lost = slot.wal_status == "lost" || slot.wal_status == "unreserved";
    const std::int64_t retained = slot.retained ? slot.retained->value : 0;
    if (slot.active || (!lost && retained < warning_bytes)) continue;
    Finding finding;
    finding.severity = lost || retained >= critical_bytes ? Severity::critical : Severity::warning;
    finding.object = {"server", "", slot.name};
    finding.title = lost ? "Replication slot " + slot.name + " has lost WAL that its consumer still needs"
                         : "Replication slot " + slot.name + " is inactive and retains " +
                               format_value(static_cast<double>(retained), Unit::bytes) + " of WAL";
    finding.why = lost ? "max_slot_wal_keep_size was exceeded. Its consumer cannot go on from where it was and has to "
                         "start anew."
                       : "The server keeps all WAL from the slot's position on, without limit unless "
                         "max_slot_wal_keep_size is set, until the disk is full and PostgreSQL stops.";
    finding.remedy = "Start its consumer again; if there is none any more, drop the slot.";
    finding.remedy_sql = "SELECT pg_drop_replication_slot(" + quote_literal(slot.name) + ");";
    if (slot.retained) finding.evidence = {{"WAL retained", static_cast<double>(retained), Unit::bytes}};
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
