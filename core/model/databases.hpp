#pragma once
// pg_stat_database and pg_database.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/units.hpp"

namespace pgsextant {

struct DatabaseCounters {
  std::int64_t commits = 0, rollbacks = 0;
  Blocks blocks_read, blocks_hit;
  std::int64_t rows_returned = 0, rows_fetched = 0, rows_inserted = 0, rows_updated = 0, rows_deleted = 0;
  std::int64_t conflicts = 0;
  std::int64_t temp_files = 0;
  Bytes temp;
  std::int64_t deadlocks = 0;
  Milliseconds read_time{}, write_time{};  ///< 0 unless track_io_timing is on
};

struct DatabaseTotals {
  Oid oid;
  std::string name;
  std::int32_t backends = 0;
  std::int32_t connection_limit = -1;  ///< -1: none
  DatabaseCounters counters;
  std::optional<std::int64_t> checksum_failures;  ///< empty: data checksums are off
  std::optional<Timestamp> stats_reset;
  std::int64_t frozen_xid_age = 0;  ///< transactions since datfrozenxid; wraparound protection at 2^31
  std::int64_t min_mxid_age = 0;
  std::optional<Bytes> size;  ///< empty: not permitted to ask
};

struct DatabaseDelta {
  Oid oid;
  std::string name;
  Seconds length{};
  DatabaseCounters counters;
};

/// No value when the statistics were reset, a counter fell, or the two are not the same database.
std::optional<DatabaseDelta> diff(const DatabaseTotals& before, const DatabaseTotals& now, Seconds length);

/// Buffer cache hit ratio in [0, 1]; empty when nothing was read. PostgreSQL counts a page found in the operating
/// system's cache as read, so this is a lower bound of "not from disk".
std::optional<double> hit_ratio(Blocks hit, Blocks read);

}  // namespace pgsextant
