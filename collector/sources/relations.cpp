// How tables and indexes are used. None of these views locks or opens what it counts.

#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"

namespace pgsextant::collector {
namespace {

// relfrozenxid is 0 where nothing is stored (partitioned tables), whose age() is not meant. Until 13 the view has no
// partitioned tables; from 14 on they have rows that only count analyses.
constexpr QueryVariant table_variants[] = {
    {130000, R"(
SELECT s.relid, s.seq_scan, s.seq_tup_read, s.idx_scan, s.idx_tup_fetch,
       s.n_tup_ins, s.n_tup_upd, s.n_tup_del, s.n_tup_hot_upd, s.n_live_tup, s.n_dead_tup, s.n_mod_since_analyze,
       s.vacuum_count, s.autovacuum_count, s.analyze_count, s.autoanalyze_count,
       extract(epoch FROM s.last_vacuum), extract(epoch FROM s.last_autovacuum),
       extract(epoch FROM s.last_analyze), extract(epoch FROM s.last_autoanalyze),
       io.heap_blks_read, io.heap_blks_hit, io.idx_blks_read, io.idx_blks_hit, io.toast_blks_read, io.toast_blks_hit,
       CASE WHEN c.relfrozenxid <> '0' THEN pg_catalog.age(c.relfrozenxid) END
  FROM pg_catalog.pg_stat_user_tables s
  JOIN pg_catalog.pg_class c ON c.oid = s.relid AND c.relpersistence <> 't'
  LEFT JOIN pg_catalog.pg_statio_user_tables io ON io.relid = s.relid)"},
};
constexpr Query tables{"tables", table_variants};

constexpr QueryVariant index_variants[] = {
    // 16: last_idx_scan.
    {160000, R"(
SELECT s.indexrelid, s.idx_scan, s.idx_tup_read, s.idx_tup_fetch, io.idx_blks_read, io.idx_blks_hit,
       extract(epoch FROM s.last_idx_scan)
  FROM pg_catalog.pg_stat_user_indexes s
  JOIN pg_catalog.pg_class c ON c.oid = s.indexrelid AND c.relpersistence <> 't'
  LEFT JOIN pg_catalog.pg_statio_user_indexes io ON io.indexrelid = s.indexrelid)"},
    {130000, R"(
SELECT s.indexrelid, s.idx_scan, s.idx_tup_read, s.idx_tup_fetch, io.idx_blks_read, io.idx_blks_hit, NULL
  FROM pg_catalog.pg_stat_user_indexes s
  JOIN pg_catalog.pg_class c ON c.oid = s.indexrelid AND c.relpersistence <> 't'
  LEFT JOIN pg_catalog.pg_statio_user_indexes io ON io.indexrelid = s.indexrelid)"},
};
constexpr Query indexes{"indexes", index_variants};
constexpr const Query* queries[] = {&tables, &indexes};

TableCounters table_from(RowReader& row) {
  TableCounters c;
  c.seq_scans = row.integer();
  c.seq_rows = row.integer();
  c.index_scans = row.integer();
  c.index_rows = row.integer();
  c.inserted = row.integer();
  c.updated = row.integer();
  c.deleted = row.integer();
  c.hot_updated = row.integer();
  c.live = row.integer();
  c.dead = row.integer();
  c.modified_since_analyze = row.integer();
  c.vacuums = row.integer();
  c.autovacuums = row.integer();
  c.analyzes = row.integer();
  c.autoanalyzes = row.integer();
  c.last_vacuum = row.time();
  c.last_autovacuum = row.time();
  c.last_analyze = row.time();
  c.last_autoanalyze = row.time();
  c.heap_read = row.blocks();
  c.heap_hit = row.blocks();
  c.index_read = row.blocks();
  c.index_hit = row.blocks();
  c.toast_read = row.blocks();
  c.toast_hit = row.blocks();
  c.frozen_xid_age = row.integer();
  return c;
}

IndexCounters index_from(RowReader& row) {
  IndexCounters c;
  c.scans = row.integer();
  c.rows_read = row.integer();
  c.rows_fetched = row.integer();
  c.read = row.blocks();
  c.hit = row.blocks();
  c.last_scan = row.time();
  return c;
}

void read(SourceRun& run) {
  RelationCounters seen;
  seen.database = run.database();
  const auto table_rows = run.rows(tables);
  for (std::size_t i = 0; i < table_rows.size(); ++i) {
    RowReader row(table_rows, i);
    const auto oid = row.oid();
    seen.tables.emplace(oid, table_from(row));
  }
  const auto index_rows = run.rows(indexes);
  for (std::size_t i = 0; i < index_rows.size(); ++i) {
    RowReader row(index_rows, i);
    const auto oid = row.oid();
    seen.indexes.emplace(oid, index_from(row));
  }
  run.put(&Snapshot::relations, std::move(seen));
}

}  // namespace

const Source relations_source{
    .id = "relations",
    .description = "scans, rows, vacuums and blocks of each table and index",
    .lane = Lane::slow,
    .scope = Scope::database,
    .cadence = std::chrono::seconds(60),
    .queries = queries,
    .rights = "CONNECT on each database",
    .read = read,
};

}  // namespace pgsextant::collector
