// pg_stat_database and pg_database, under postgres_exporter's names and in its units (milliseconds where it has them).

#include <string>

#include "web/metrics/families.hpp"

namespace pgsextant::web {
namespace {

void add_counters(Families& out, const Labels& labels, const DatabaseCounters& c) {
  const auto counter = [&](std::string_view name, std::string_view help, double value) {
    out.counter(name, help).add(labels, value);
  };
  const auto number = [](std::int64_t value) { return static_cast<double>(value); };
  counter("pg_stat_database_xact_commit", "Transactions that have been committed.", number(c.commits));
  counter("pg_stat_database_xact_rollback", "Transactions that have been rolled back.", number(c.rollbacks));
  counter("pg_stat_database_blks_read", "Disk blocks read.", number(c.blocks_read.value));
  counter("pg_stat_database_blks_hit", "Disk blocks found in the buffer cache.", number(c.blocks_hit.value));
  counter("pg_stat_database_tup_returned", "Rows returned by queries.", number(c.rows_returned));
  counter("pg_stat_database_tup_fetched", "Rows fetched by queries.", number(c.rows_fetched));
  counter("pg_stat_database_tup_inserted", "Rows inserted by queries.", number(c.rows_inserted));
  counter("pg_stat_database_tup_updated", "Rows updated by queries.", number(c.rows_updated));
  counter("pg_stat_database_tup_deleted", "Rows deleted by queries.", number(c.rows_deleted));
  counter("pg_stat_database_conflicts", "Queries canceled due to conflicts with recovery.", number(c.conflicts));
  counter("pg_stat_database_temp_files", "Temporary files created by queries.", number(c.temp_files));
  counter("pg_stat_database_temp_bytes", "Data written to temporary files by queries, in bytes.", number(c.temp.value));
  counter("pg_stat_database_deadlocks", "Deadlocks detected.", number(c.deadlocks));
  counter("pg_stat_database_blk_read_time", "Time spent reading data file blocks, in milliseconds.",
          c.read_time.count());
  counter("pg_stat_database_blk_write_time", "Time spent writing data file blocks, in milliseconds.",
          c.write_time.count());
}

void add_database(Families& out, const DatabaseTotals& database) {
  const std::string oid = std::to_string(database.oid.value);
  const Labels both{{"datid", oid}, {"datname", database.name}};
  const Labels name{{"datname", database.name}};
  out.gauge("pg_stat_database_numbackends", "Backends currently connected.").add(both, std::int64_t{database.backends});
  add_counters(out, both, database.counters);
  if (database.checksum_failures)
    out.untyped("pg_stat_database_checksum_failures", "Data page checksum failures.")
        .add(both, *database.checksum_failures);
  if (database.stats_reset)
    out.counter("pg_stat_database_stats_reset", "When these statistics were last reset, in seconds since 1970.")
        .add(both, epoch_seconds(*database.stats_reset));
  if (database.size)
    out.gauge("pg_database_size_bytes", "Disk space used by the database.").add(name, database.size->value);
  out.gauge("pg_database_connection_limit", "Connection limit set for the database, -1 for none.")
      .add(name, std::int64_t{database.connection_limit});
  out.gauge("pg_database_wraparound_age_datfrozenxid_seconds",
            "Age of the oldest transaction ID that is not frozen, in transactions.")
      .add(name, database.frozen_xid_age);
  out.gauge("pg_database_wraparound_age_datminmxid_seconds",
            "Age of the oldest multixact ID of the database, in multixacts.")
      .add(name, database.min_mxid_age);
}

}  // namespace

void add_database_families(const ServerScope& scope) {
  const auto& part = scope.snapshot().databases;
  if (!current(scope, part, Cadence::seconds)) return;
  for (const DatabaseTotals& database : *part) add_database(scope.out, database);
}

}  // namespace pgsextant::web
