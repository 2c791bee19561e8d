#pragma once
// Checkpoints, background writer, WAL volume and archiver: pg_stat_bgwriter (and pg_stat_checkpointer, 17+),
// pg_stat_wal (14+), pg_stat_archiver.

#include <cstdint>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/units.hpp"

namespace pgsextant {

struct WalCounters {
  std::int64_t checkpoints_timed = 0, checkpoints_requested = 0;
  Milliseconds checkpoint_write_time{}, checkpoint_sync_time{};
  Blocks buffers_checkpoint, buffers_clean, buffers_alloc;
  std::optional<Blocks> buffers_backend;              ///< gone in 17 (moved to pg_stat_io)
  std::optional<std::int64_t> buffers_backend_fsync;  ///< gone in 17
  std::int64_t maxwritten_clean = 0;
  std::optional<std::int64_t> wal_records, wal_full_page_images;  ///< 14+
  std::optional<Bytes> wal;                                       ///< 14+
  std::optional<std::int64_t> wal_buffers_full;                   ///< 14+
};

struct Archiver {
  std::int64_t archived = 0, failed = 0;
  std::optional<Timestamp> last_archived, last_failed;
};

struct Wal {
  WalCounters counters;
  std::optional<Timestamp> checkpointer_reset, bgwriter_reset, wal_reset;
  std::optional<Archiver> archiver;
};

struct WalDelta {
  Seconds length{};
  WalCounters counters;
};

/// No value when any of the views was reset or a counter fell.
std::optional<WalDelta> diff(const Wal& before, const Wal& now, Seconds length);

}  // namespace pgsextant
