#pragma once
// pg_stat_statements: totals as read, and deltas between two reads.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/units.hpp"

namespace pgsextant {

/// What pg_stat_statements counts by. The same text run by two roles or in two databases is two entries.
struct StatementKey {
  Oid database;
  Oid user;
  QueryId query;
  bool toplevel = true;  ///< false: run inside a function (14+; always true before)
  auto operator<=>(const StatementKey&) const = default;
};

/// The additive counters of an entry: since its creation in totals, of the interval in deltas.
struct StatementCounters {
  std::int64_t calls = 0;
  std::int64_t rows = 0;
  Milliseconds exec_time{};
  Milliseconds plan_time{};  ///< 0 unless pg_stat_statements.track_planning is on
  Blocks shared_hit, shared_read, shared_dirtied, shared_written;
  Blocks local_read, local_written;
  Blocks temp_read, temp_written;
  Milliseconds read_time{}, write_time{};  ///< 0 unless track_io_timing is on
  std::int64_t wal_records = 0;
  Bytes wal;
};

struct StatementTotals {
  StatementKey key;
  StatementCounters counters;
  /// Of execution time since the entry was created. Not additive; stddev is the population one.
  Milliseconds mean_exec{}, stddev_exec{}, min_exec{}, max_exec{};
};

/// One read of the view.
struct Statements {
  std::vector<StatementTotals> entries;     ///< sorted by key
  std::optional<Timestamp> stats_reset;     ///< pg_stat_statements_info (14+)
  std::optional<std::int64_t> dealloc;      ///< evictions of the least used entries (14+)
  std::optional<std::int64_t> max_entries;  ///< pg_stat_statements.max
};

/// Query texts by queryid, as pg_stat_statements normalised them, and utility statements with every literal masked.
/// A text is fetched once. An absent queryid is a text not read yet or hidden from this role.
using StatementTexts = std::map<QueryId, std::string>;

struct StatementDelta {
  StatementKey key;
  StatementCounters counters;
};

/// What happened between two reads. Entries without calls in the interval are left out.
struct StatementsDelta {
  Seconds length{};
  std::vector<StatementDelta> entries;  ///< sorted by key
  /// Entries whose counters fell (evicted and created again): their interval is unknown and left out of `entries`.
  std::int64_t lost_entries = 0;
};

/// No value when the whole view was reset between the reads. An entry that is new counts from zero.
std::optional<StatementsDelta> diff(const Statements& before, const Statements& now, Seconds length);

/// Adds `more` to `sum`, entry by entry, lengths included.
void accumulate(StatementsDelta& sum, const StatementsDelta& more);

}  // namespace pgsextant
