// Counters of each database, and how far each is from transaction id wraparound.

#include <map>

#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"

namespace pgsextant::collector {
namespace {

// The row with datid 0 (shared relations) belongs to no database. stats_reset is NULL until the first reset since 15.
constexpr QueryVariant database_variants[] = {
    {130000, R"(
SELECT d.oid, d.datname, s.numbackends, d.datconnlimit,
       s.xact_commit, s.xact_rollback, s.blks_read, s.blks_hit,
       s.tup_returned, s.tup_fetched, s.tup_inserted, s.tup_updated, s.tup_deleted,
       s.conflicts, s.temp_files, s.temp_bytes, s.deadlocks, s.blk_read_time, s.blk_write_time,
       s.checksum_failures, extract(epoch FROM s.stats_reset),
       pg_catalog.age(d.datfrozenxid), pg_catalog.mxid_age(d.datminmxid)
  FROM pg_catalog.pg_database d LEFT JOIN pg_catalog.pg_stat_database s ON s.datid = d.oid
 ORDER BY d.oid)"},
};
constexpr Query databases{"databases", database_variants};
constexpr const Query* queries[] = {&databases};

DatabaseTotals totals_from(const pg::Rows& rows, std::size_t i) {
  RowReader row(rows, i);
  DatabaseTotals totals;
  totals.oid = row.oid();
  totals.name = row.text();
  totals.backends = row.small();
  totals.connection_limit = row.small();
  auto& c = totals.counters;
  c.commits = row.integer();
  c.rollbacks = row.integer();
  c.blocks_read = row.blocks();
  c.blocks_hit = row.blocks();
  c.rows_returned = row.integer();
  c.rows_fetched = row.integer();
  c.rows_inserted = row.integer();
  c.rows_updated = row.integer();
  c.rows_deleted = row.integer();
  c.conflicts = row.integer();
  c.temp_files = row.integer();
  c.temp = row.bytes();
  c.deadlocks = row.integer();
  c.read_time = row.milliseconds();
  c.write_time = row.milliseconds();
  totals.checksum_failures = row.maybe_integer();
  totals.stats_reset = row.time();
  totals.frozen_xid_age = row.integer();
  totals.min_mxid_age = row.integer();
  return totals;
}

void read(SourceRun& run) {
  // Sizes are asked for less often (database_sizes) and carried along.
  std::map<Oid, std::optional<Bytes>> sizes;
  if (run.last().databases)
    for (const auto& database : *run.last().databases) sizes.emplace(database.oid, database.size);
  const auto rows = run.rows(databases);
  std::vector<DatabaseTotals> all;
  all.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    all.push_back(totals_from(rows, i));
    if (const auto known = sizes.find(all.back().oid); known != sizes.end()) all.back().size = known->second;
  }
  run.put(&Snapshot::databases, std::move(all));
}

}  // namespace

const Source databases_source{
    .id = "databases",
    .description = "commits, blocks, rows, temporary files, deadlocks and transaction id age of each database",
    .cadence = std::chrono::seconds(10),
    .queries = queries,
    .rights = "none beyond CONNECT",
    .read = read,
};

}  // namespace pgsextant::collector
