// Checkpoints, background writer, WAL volume, archiver.

#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"

namespace pgsextant::collector {
namespace {

constexpr QueryVariant wal_variants[] = {
    // 17: the checkpointer has a view of its own; what backends write moved to pg_stat_io. 18 takes the times and
    // counts
    // of writing and syncing out of pg_stat_wal, none of which is read here.
    {170000, R"(
SELECT c.num_timed, c.num_requested, c.write_time, c.sync_time, c.buffers_written,
       b.buffers_clean, b.buffers_alloc, NULL, NULL, b.maxwritten_clean,
       w.wal_records, w.wal_fpi, w.wal_bytes::pg_catalog.int8, w.wal_buffers_full,
       extract(epoch FROM c.stats_reset), extract(epoch FROM b.stats_reset), extract(epoch FROM w.stats_reset),
       pg_catalog.current_setting('archive_mode') <> 'off', a.archived_count, a.failed_count,
       extract(epoch FROM a.last_archived_time), extract(epoch FROM a.last_failed_time)
  FROM pg_catalog.pg_stat_checkpointer c, pg_catalog.pg_stat_bgwriter b, pg_catalog.pg_stat_wal w,
       pg_catalog.pg_stat_archiver a)"},
    // 14: pg_stat_wal.
    {140000, R"(
SELECT b.checkpoints_timed, b.checkpoints_req, b.checkpoint_write_time, b.checkpoint_sync_time, b.buffers_checkpoint,
       b.buffers_clean, b.buffers_alloc, b.buffers_backend, b.buffers_backend_fsync, b.maxwritten_clean,
       w.wal_records, w.wal_fpi, w.wal_bytes::pg_catalog.int8, w.wal_buffers_full,
       extract(epoch FROM b.stats_reset), extract(epoch FROM b.stats_reset), extract(epoch FROM w.stats_reset),
       pg_catalog.current_setting('archive_mode') <> 'off', a.archived_count, a.failed_count,
       extract(epoch FROM a.last_archived_time), extract(epoch FROM a.last_failed_time)
  FROM pg_catalog.pg_stat_bgwriter b, pg_catalog.pg_stat_wal w, pg_catalog.pg_stat_archiver a)"},
    {130000, R"(
SELECT b.checkpoints_timed, b.checkpoints_req, b.checkpoint_write_time, b.checkpoint_sync_time, b.buffers_checkpoint,
       b.buffers_clean, b.buffers_alloc, b.buffers_backend, b.buffers_backend_fsync, b.maxwritten_clean,
       NULL, NULL, NULL, NULL,
       extract(epoch FROM b.stats_reset), extract(epoch FROM b.stats_reset), NULL,
       pg_catalog.current_setting('archive_mode') <> 'off', a.archived_count, a.failed_count,
       extract(epoch FROM a.last_archived_time), extract(epoch FROM a.last_failed_time)
  FROM pg_catalog.pg_stat_bgwriter b, pg_catalog.pg_stat_archiver a)"},
};
constexpr Query wal{"wal", wal_variants};
constexpr const Query* queries[] = {&wal};

void read(SourceRun& run) {
  const auto rows = run.rows(wal);
  RowReader row(rows, 0);
  Wal seen;
  auto& c = seen.counters;
  c.checkpoints_timed = row.integer();
  c.checkpoints_requested = row.integer();
  c.checkpoint_write_time = row.milliseconds();
  c.checkpoint_sync_time = row.milliseconds();
  c.buffers_checkpoint = row.blocks();
  c.buffers_clean = row.blocks();
  c.buffers_alloc = row.blocks();
  c.buffers_backend = row.maybe_blocks();
  c.buffers_backend_fsync = row.maybe_integer();
  c.maxwritten_clean = row.integer();
  c.wal_records = row.maybe_integer();
  c.wal_full_page_images = row.maybe_integer();
  c.wal = row.maybe_bytes();
  c.wal_buffers_full = row.maybe_integer();
  seen.checkpointer_reset = row.time();
  seen.bgwriter_reset = row.time();
  seen.wal_reset = row.time();
  if (row.boolean()) {
    Archiver archiver;
    archiver.archived = row.integer();
    archiver.failed = row.integer();
    archiver.last_archived = row.time();
    archiver.last_failed = row.time();
    seen.archiver = archiver;
  }
  run.put(&Snapshot::wal, std::move(seen));
}

}  // namespace

const Source wal_source{
    .id = "wal",
    .description = "checkpoints, background writer, WAL volume, and the archiver where archive_mode is on",
    .cadence = std::chrono::seconds(10),
    .queries = queries,
    .rights = "none beyond CONNECT",
    .read = read,
};

}  // namespace pgsextant::collector
