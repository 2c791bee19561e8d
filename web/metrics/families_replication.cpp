// Standbys and slots of a primary, and a standby's own lag.

#include "web/metrics/families.hpp"

namespace pgsextant::web {
namespace {

void add_standby(Families& out, const Standby& standby, std::optional<Lsn> current_lsn) {
  const Labels labels{
      {"application_name", standby.application}, {"client_addr", standby.client}, {"state", standby.state}};
  if (current_lsn)
    out.gauge("pg_stat_replication_pg_current_wal_lsn_bytes", "WAL position in bytes.")
        .add(labels, static_cast<double>(current_lsn->value));
  if (standby.replayed.bytes)
    out.gauge("pg_stat_replication_pg_wal_lsn_diff", "Lag in bytes between primary and standby.")
        .add(labels, standby.replayed.bytes->value);
  const auto stage = [&](std::string_view name, const StageLag& lag) {
    const Labels with_stage{
        {"application_name", standby.application}, {"client_addr", standby.client}, {"stage", name}};
    if (lag.bytes)
      out.gauge("pgsextant_replication_lag_bytes", "How far a stage of a standby is behind its primary.")
          .add(with_stage, lag.bytes->value);
    if (lag.seconds)
      out.gauge("pgsextant_replication_lag_seconds", "How long a stage of a standby is behind; absent while unknown.")
          .add(with_stage, lag.seconds->count());
  };
  stage("sent", standby.sent);
  stage("written", standby.written);
  stage("flushed", standby.flushed);
  stage("replayed", standby.replayed);
}

void add_slot(Families& out, const ReplicationSlot& slot) {
  const Labels labels{{"slot_name", slot.name}, {"slot_type", slot.type}, {"database", slot.database}};
  out.gauge("pg_replication_slots_active", "Whether the slot is in use.").add(labels, slot.active ? 1.0 : 0.0);
  if (slot.retained)
    out.gauge("pg_replication_slots_pg_wal_lsn_diff", "WAL that the slot retains, in bytes.")
        .add(labels, slot.retained->value);
  if (!slot.wal_status.empty())
    out.gauge("pg_replication_slots_wal_status", "Availability of the WAL files claimed by the slot; always 1.")
        .add({{"slot_name", slot.name}, {"slot_type", slot.type}, {"wal_status", slot.wal_status}}, 1.0);
}

/// Both spellings: dashboards and alerts in use disagree.
void add_own_lag(Families& out, const Replication& replication) {
  std::optional<double> lag;
  if (!replication.in_recovery) lag = 0;
  if (replication.receiver && replication.receiver->replay_lag) lag = replication.receiver->replay_lag->count();
  if (lag) {
    constexpr std::string_view help =
        "Replication lag behind the primary in seconds, 0 on a primary; absent while unknown.";
    out.gauge("pg_replication_lag", help).add({}, *lag);
    out.gauge("pg_replication_lag_seconds", help).add({}, *lag);
  }
  if (replication.receiver && replication.receiver->replay_backlog)
    out.gauge("pgsextant_replay_backlog_bytes", "WAL received but not replayed.")
        .add({}, replication.receiver->replay_backlog->value);
}

}  // namespace

void add_replication_families(const ServerScope& scope) {
  const auto& part = scope.snapshot().replication;
  if (!current(scope, part, Cadence::seconds)) return;
  add_own_lag(scope.out, *part);
  for (const Standby& standby : part->standbys) add_standby(scope.out, standby, part->current);
  for (const ReplicationSlot& slot : part->slots) add_slot(scope.out, slot);
}

}  // namespace pgsextant::web
