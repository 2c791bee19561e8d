// Background writer, checkpointer, archiver and WAL. Times of the pg_stat_* names are milliseconds, as PostgreSQL has
// them.

#include "web/metrics/families.hpp"

namespace pgsextant::web {
namespace {

void add_bgwriter(Families& out, const Wal& wal, bool has_checkpointer_view) {
  const WalCounters& c = wal.counters;
  const auto counter = [&](std::string_view name, std::string_view help, double value) {
    out.counter(name, help).add({}, value);
  };
  const auto number = [](std::int64_t value) { return static_cast<double>(value); };
  counter("pg_stat_bgwriter_checkpoints_timed_total", "Scheduled checkpoints performed.", number(c.checkpoints_timed));
  counter("pg_stat_bgwriter_checkpoints_req_total", "Requested checkpoints performed.",
          number(c.checkpoints_requested));
  counter("pg_stat_bgwriter_checkpoint_write_time_total", "Time spent writing files in checkpoints, in milliseconds.",
          c.checkpoint_write_time.count());
  counter("pg_stat_bgwriter_checkpoint_sync_time_total",
          "Time spent synchronizing files in checkpoints, in milliseconds.", c.checkpoint_sync_time.count());
  counter("pg_stat_bgwriter_buffers_checkpoint_total", "Buffers written during checkpoints.",
          number(c.buffers_checkpoint.value));
  counter("pg_stat_bgwriter_buffers_clean_total", "Buffers written by the background writer.",
          number(c.buffers_clean.value));
  counter("pg_stat_bgwriter_maxwritten_clean_total", "Cleaning scans stopped because too many buffers were written.",
          number(c.maxwritten_clean));
  counter("pg_stat_bgwriter_buffers_alloc_total", "Buffers allocated.", number(c.buffers_alloc.value));
  if (c.buffers_backend)
    counter("pg_stat_bgwriter_buffers_backend_total", "Buffers written directly by a backend.",
            number(c.buffers_backend->value));
  if (c.buffers_backend_fsync)
    counter("pg_stat_bgwriter_buffers_backend_fsync_total", "Times a backend had to execute its own fsync call.",
            number(*c.buffers_backend_fsync));
  if (wal.bgwriter_reset)
    counter("pg_stat_bgwriter_stats_reset_total", "When these statistics were last reset, in seconds since 1970.",
            epoch_seconds(*wal.bgwriter_reset));
  if (!has_checkpointer_view) return;
  counter("pg_stat_checkpointer_num_timed_total", "Scheduled checkpoints performed.", number(c.checkpoints_timed));
  counter("pg_stat_checkpointer_num_requested_total", "Requested checkpoints performed.",
          number(c.checkpoints_requested));
  counter("pg_stat_checkpointer_write_time_total", "Time spent writing files in checkpoints, in milliseconds.",
          c.checkpoint_write_time.count());
  counter("pg_stat_checkpointer_sync_time_total", "Time spent synchronizing files in checkpoints, in milliseconds.",
          c.checkpoint_sync_time.count());
  counter("pg_stat_checkpointer_buffers_written_total", "Buffers written during checkpoints.",
          number(c.buffers_checkpoint.value));
  if (wal.checkpointer_reset)
    counter("pg_stat_checkpointer_stats_reset_total", "When these statistics were last reset, in seconds since 1970.",
            epoch_seconds(*wal.checkpointer_reset));
}

void add_archiver(Families& out, const Archiver& archiver, Timestamp server_time) {
  out.counter("pg_stat_archiver_archived_count", "WAL files successfully archived.").add({}, archiver.archived);
  out.counter("pg_stat_archiver_failed_count", "Failed attempts at archiving WAL files.").add({}, archiver.failed);
  if (archiver.last_archived)
    out.gauge("pg_stat_archiver_last_archive_age", "Seconds since the last WAL segment was successfully archived.")
        .add({}, Seconds(server_time - *archiver.last_archived).count());
}

void add_wal(Families& out, const WalCounters& c) {
  if (c.wal) out.counter("pgsextant_wal_bytes_total", "WAL generated.").add({}, c.wal->value);
  if (c.wal_records) out.counter("pgsextant_wal_records_total", "WAL records generated.").add({}, *c.wal_records);
  if (c.wal_full_page_images)
    out.counter("pgsextant_wal_full_page_images_total", "WAL full page images generated.")
        .add({}, *c.wal_full_page_images);
  if (c.wal_buffers_full)
    out.counter("pgsextant_wal_buffers_full_total", "Times WAL was written because the WAL buffers were full.")
        .add({}, *c.wal_buffers_full);
}

}  // namespace

void add_wal_families(const ServerScope& scope) {
  const auto& part = scope.snapshot().wal;
  if (!current(scope, part, Cadence::seconds)) return;
  constexpr std::int32_t with_checkpointer_view = 170000;
  add_bgwriter(scope.out, *part, scope.snapshot().server.version >= with_checkpointer_view);
  if (part->archiver) add_archiver(scope.out, *part->archiver, part.server_time);
  add_wal(scope.out, part->counters);
}

}  // namespace pgsextant::web
