// Replication from this server's side, be it primary, standby or both in a cascade.

#include <algorithm>

#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"

namespace pgsextant::collector {
namespace {

// Positions as bytes since 0/0. On a primary the timeline is that of the WAL written now: the control file lags behind
// a promotion until its checkpoint is done. A standby in a cascade sends what it has received or replayed.
constexpr QueryVariant position_variants[] = {
    {130000, R"(
SELECT r.recovering,
       pg_catalog.pg_wal_lsn_diff(r.current, '0/0')::pg_catalog.int8,
       pg_catalog.pg_wal_lsn_diff(r.received, '0/0')::pg_catalog.int8,
       pg_catalog.pg_wal_lsn_diff(r.replayed, '0/0')::pg_catalog.int8,
       CASE WHEN NOT r.recovering
            THEN ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(r.current), 1, 8))::pg_catalog.bit(32)::pg_catalog.int4
            END,
       CASE WHEN r.recovering THEN pg_catalog.pg_is_wal_replay_paused() END,
       extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.pg_last_xact_replay_timestamp()),
       r.recovering AND pg_catalog.has_function_privilege('pg_catalog.pg_control_checkpoint()', 'EXECUTE')
  FROM (SELECT p.recovering, p.received, p.replayed,
               CASE WHEN p.recovering THEN greatest(p.received, p.replayed)
                    ELSE pg_catalog.pg_current_wal_lsn() END AS current
          FROM (SELECT pg_catalog.pg_is_in_recovery() AS recovering,
                       CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_receive_lsn() END AS received,
                       CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn() END AS replayed
               ) AS p) AS r)"},
};
constexpr Query position{"position", position_variants};

// The timeline of a standby that receives nothing: that of the last restart point.
constexpr QueryVariant timeline_variants[] = {
    {130000, "SELECT c.timeline_id FROM pg_catalog.pg_control_checkpoint() c"},
};
constexpr Query timeline{"timeline", timeline_variants};

// Without pg_monitor all columns but pid, user and application are NULL.
constexpr QueryVariant standby_variants[] = {
    {130000, R"(
SELECT s.pid, s.application_name, pg_catalog.host(s.client_addr), s.state, s.sync_state,
       pg_catalog.pg_wal_lsn_diff(s.sent_lsn, '0/0')::pg_catalog.int8,
       pg_catalog.pg_wal_lsn_diff(s.write_lsn, '0/0')::pg_catalog.int8,
       pg_catalog.pg_wal_lsn_diff(s.flush_lsn, '0/0')::pg_catalog.int8,
       pg_catalog.pg_wal_lsn_diff(s.replay_lsn, '0/0')::pg_catalog.int8,
       extract(epoch FROM s.write_lag), extract(epoch FROM s.flush_lag), extract(epoch FROM s.replay_lag)
  FROM pg_catalog.pg_stat_replication s
 ORDER BY s.pid)"},
};
constexpr Query standbys{"standbys", standby_variants};

constexpr QueryVariant slot_variants[] = {
    {130000, R"(
SELECT s.slot_name, s.slot_type, s.database, s.active, s.wal_status,
       pg_catalog.pg_wal_lsn_diff(s.restart_lsn, '0/0')::pg_catalog.int8
  FROM pg_catalog.pg_replication_slots s
 ORDER BY s.slot_name)"},
};
constexpr Query slots{"slots", slot_variants};

// No row: no receiver runs. A row whose status is NULL: this role may not see it.
constexpr QueryVariant receiver_variants[] = {
    {130000, R"(
SELECT w.status, w.sender_host, w.received_tli,
       extract(epoch FROM pg_catalog.clock_timestamp() - w.last_msg_receipt_time)
  FROM pg_catalog.pg_stat_wal_receiver w
 WHERE w.pid IS NOT NULL)"},
};
constexpr Query receiver{"receiver", receiver_variants};

constexpr const Query* queries[] = {&position, &timeline, &standbys, &slots, &receiver};

struct Position {
  std::optional<std::int64_t> current;
  std::optional<Seconds> replayed_age;
};

std::optional<Bytes> behind(std::optional<std::int64_t> current, std::optional<std::int64_t> reached) {
  if (!current || !reached) return std::nullopt;
  // Asked after `current`, a standby may already be further.
  return Bytes{std::max<std::int64_t>(0, *current - *reached)};
}

std::optional<Seconds> zero_if_caught_up(std::optional<Bytes> bytes, std::optional<Seconds> seconds) {
  if (seconds) return std::max(*seconds, Seconds::zero());
  if (bytes && bytes->value == 0) return Seconds::zero();
  return std::nullopt;
}

Position read_position(SourceRun& run, Replication& seen) {
  const auto rows = run.rows(position);
  RowReader row(rows, 0);
  Position at;
  seen.in_recovery = row.boolean();
  at.current = row.maybe_integer();
  if (at.current) seen.current = Lsn{static_cast<std::uint64_t>(*at.current)};
  WalReceiver own;
  own.received = row.maybe_lsn();
  own.replayed = row.maybe_lsn();
  seen.timeline = row.small();
  own.replay_paused = row.boolean();
  at.replayed_age = row.maybe_seconds();
  if (own.received && own.replayed)
    own.replay_backlog =
        Bytes{std::max<std::int64_t>(0, static_cast<std::int64_t>(own.received->value - own.replayed->value))};
  if (seen.in_recovery) seen.receiver = own;
  if (row.boolean()) seen.timeline = static_cast<std::int32_t>(run.rows(timeline).integer(0, 0));
  return at;
}

void read_standbys(SourceRun& run, const Position& at, Replication& seen) {
  const auto rows = run.rows(standbys);
  std::int64_t hidden = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    Standby standby;
    standby.pid = row.pid();
    standby.application = row.text();
    standby.client = row.text();
    hidden += static_cast<std::int64_t>(row.next_is_null());
    standby.state = row.text();
    standby.sync_state = row.text();
    for (auto* const stage : {&standby.sent, &standby.written, &standby.flushed, &standby.replayed})
      stage->bytes = behind(at.current, row.maybe_integer());
    standby.sent.seconds = zero_if_caught_up(standby.sent.bytes, std::nullopt);
    for (auto* const stage : {&standby.written, &standby.flushed, &standby.replayed})
      stage->seconds = zero_if_caught_up(stage->bytes, row.maybe_seconds());
    seen.standbys.push_back(std::move(standby));
  }
  if (hidden > 0)
    run.lacks(Outcome::denied, "state and lag of " + std::to_string(hidden) + " standbys are hidden from this role");
}

void read_slots(SourceRun& run, const Position& at, Replication& seen) {
  const auto rows = run.rows(slots);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    ReplicationSlot slot;
    slot.name = row.text();
    slot.type = row.text();
    slot.database = row.text();
    slot.active = row.boolean();
    slot.wal_status = row.text();
    slot.retained = behind(at.current, row.maybe_integer());
    seen.slots.push_back(std::move(slot));
  }
}

void read_receiver(SourceRun& run, const Position& at, Replication& seen) {
  auto& own = *seen.receiver;
  const auto rows = run.rows(receiver);
  if (!rows.empty()) {
    RowReader row(rows, 0);
    if (row.next_is_null()) run.lacks(Outcome::denied, "the state of the WAL receiver is hidden from this role");
    own.status = row.text();
    own.sender_host = row.text();
    seen.timeline = std::max(seen.timeline, row.small());
    own.last_message_age = row.maybe_seconds();
  }
  const bool replayed_all = own.replay_backlog && own.replay_backlog->value == 0;
  if (replayed_all && own.status == "streaming") {
    own.replay_lag = Seconds::zero();
  } else if (own.replay_backlog && !replayed_all && at.replayed_age) {
    own.replay_lag = std::max(*at.replayed_age, Seconds::zero());
  }
}

void read(SourceRun& run) {
  Replication seen;
  const auto at = read_position(run, seen);
  read_standbys(run, at, seen);
  read_slots(run, at, seen);
  if (seen.in_recovery) read_receiver(run, at, seen);
  run.put(&Snapshot::replication, std::move(seen));
}

}  // namespace

const Source replication_source{
    .id = "replication",
    .description = "standbys and their lag, slots and the WAL they retain, and a standby's own receiver",
    .cadence = std::chrono::seconds(5),
    .queries = queries,
    .rights = "GRANT pg_monitor TO <role>; (or pg_read_all_stats)",
    .read = read,
};

}  // namespace pgsextant::collector
