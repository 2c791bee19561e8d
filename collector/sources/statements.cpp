// pg_stat_statements without its texts, which cost most of the view's time.

#include <algorithm>

#include "collector/memory.hpp"
#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"

namespace pgsextant::collector {
namespace {

// Entries of other roles have a NULL queryid without pg_read_all_stats: one row then counts them.
// Block times are of data blocks, without temporary files; local buffers have columns of their own since 1.11.
constexpr QueryVariant statement_variants[] = {
    // 1.11 (PostgreSQL 17): blk_*_time split into shared_blk_*_time and local_blk_*_time. 1.12 (18) only adds columns.
    {111, R"(
SELECT s.dbid, s.userid, s.queryid, s.toplevel, s.calls, s.rows, s.total_exec_time, s.total_plan_time,
       s.shared_blks_hit, s.shared_blks_read, s.shared_blks_dirtied, s.shared_blks_written,
       s.local_blks_read, s.local_blks_written, s.temp_blks_read, s.temp_blks_written,
       s.shared_blk_read_time + s.local_blk_read_time, s.shared_blk_write_time + s.local_blk_write_time,
       s.wal_records, s.wal_bytes::pg_catalog.int8,
       s.mean_exec_time, s.stddev_exec_time, s.min_exec_time, s.max_exec_time
  FROM @extschema@.pg_stat_statements(false) s)"},
    // 1.9 (14): toplevel.
    {109, R"(
SELECT s.dbid, s.userid, s.queryid, s.toplevel, s.calls, s.rows, s.total_exec_time, s.total_plan_time,
       s.shared_blks_hit, s.shared_blks_read, s.shared_blks_dirtied, s.shared_blks_written,
       s.local_blks_read, s.local_blks_written, s.temp_blks_read, s.temp_blks_written,
       s.blk_read_time, s.blk_write_time, s.wal_records, s.wal_bytes::pg_catalog.int8,
       s.mean_exec_time, s.stddev_exec_time, s.min_exec_time, s.max_exec_time
  FROM @extschema@.pg_stat_statements(false) s)"},
    // 1.8 (13): total_time became total_exec_time, planning and WAL figures came.
    {108, R"(
SELECT s.dbid, s.userid, s.queryid, true, s.calls, s.rows, s.total_exec_time, s.total_plan_time,
       s.shared_blks_hit, s.shared_blks_read, s.shared_blks_dirtied, s.shared_blks_written,
       s.local_blks_read, s.local_blks_written, s.temp_blks_read, s.temp_blks_written,
       s.blk_read_time, s.blk_write_time, s.wal_records, s.wal_bytes::pg_catalog.int8,
       s.mean_exec_time, s.stddev_exec_time, s.min_exec_time, s.max_exec_time
  FROM @extschema@.pg_stat_statements(false) s)"},
};
constexpr Query statements{"statements", statement_variants};

constexpr QueryVariant info_variants[] = {
    // 1.9 (14): pg_stat_statements_info.
    {109, R"(
SELECT extract(epoch FROM i.stats_reset), i.dealloc,
       pg_catalog.current_setting('pg_stat_statements.max', true)::pg_catalog.int8
  FROM @extschema@.pg_stat_statements_info i)"},
    {108, "SELECT NULL, NULL, pg_catalog.current_setting('pg_stat_statements.max', true)::pg_catalog.int8"},
};
constexpr Query info{"info", info_variants};
constexpr const Query* queries[] = {&statements, &info};

StatementTotals totals_from(RowReader& row) {
  StatementTotals totals;
  totals.key.database = row.oid();
  totals.key.user = row.oid();
  totals.key.query = {row.integer()};
  totals.key.toplevel = row.boolean();
  auto& c = totals.counters;
  c.calls = row.integer();
  c.rows = row.integer();
  c.exec_time = row.milliseconds();
  c.plan_time = row.milliseconds();
  c.shared_hit = row.blocks();
  c.shared_read = row.blocks();
  c.shared_dirtied = row.blocks();
  c.shared_written = row.blocks();
  c.local_read = row.blocks();
  c.local_written = row.blocks();
  c.temp_read = row.blocks();
  c.temp_written = row.blocks();
  c.read_time = row.milliseconds();
  c.write_time = row.milliseconds();
  c.wal_records = row.integer();
  c.wal = row.bytes();
  totals.mean_exec = row.milliseconds();
  totals.stddev_exec = row.milliseconds();
  totals.min_exec = row.milliseconds();
  totals.max_exec = row.milliseconds();
  return totals;
}

void read(SourceRun& run) {
  Statements seen;
  {
    const auto rows = run.rows(info);
    RowReader row(rows, 0);
    seen.stats_reset = row.time();
    seen.dealloc = row.maybe_integer();
    seen.max_entries = row.maybe_integer();
  }
  const auto rows = run.rows(statements);
  seen.entries.reserve(rows.size());
  std::int64_t hidden = 0;
  constexpr std::size_t queryid_column = 2;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.is_null(i, queryid_column)) {
      ++hidden;
      continue;
    }
    RowReader row(rows, i);
    seen.entries.push_back(totals_from(row));
  }
  std::sort(seen.entries.begin(), seen.entries.end(),
            [](const StatementTotals& a, const StatementTotals& b) { return a.key < b.key; });
  run.memory().hidden_statements = hidden;
  if (hidden > 0)
    run.lacks(Outcome::denied, std::to_string(hidden) + " statements of other roles are hidden from this role");
  run.put(&Snapshot::statements, std::move(seen));
}

}  // namespace

const Source statements_source{
    .id = "statements",
    .description = "counters of pg_stat_statements, without texts",
    .cadence = std::chrono::seconds(10),
    .extension = "pg_stat_statements",
    .queries = queries,
    .rights = "GRANT pg_monitor TO <role>; (or pg_read_all_stats), and USAGE on the extension's schema",
    .read = read,
};

}  // namespace pgsextant::collector
