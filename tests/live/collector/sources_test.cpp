// Every source has tests of its own, with figures from elsewhere; here are those of the small ones.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/live/collector/support.hpp"

namespace pgsextant::collector {
namespace {

using test::live_server;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// "statement_texts" is tested by StatementTextsLive.
std::string suite_of(std::string_view id) {
  std::string name;
  bool capital = true;
  for (const char c : id) {
    if (c != '_') name += capital ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    capital = c == '_';
  }
  return name + "Live";
}

TEST(SourcesLive, EverySourceHasASuiteOfTests) {
  const auto& tests = *testing::UnitTest::GetInstance();
  std::set<std::string> suites;
  for (int i = 0; i < tests.total_test_suite_count(); ++i) suites.insert(tests.GetTestSuite(i)->name());
  for (const auto* const each : sources()) EXPECT_TRUE(suites.contains(suite_of(each->id))) << each->id;
}

TEST(SourcesLive, EverySourceAnswersInTheOrderOfTheRegistry) {
  PGSEXTANT_NEEDS_SERVER();
  Probe probe(live_server().make_database("every_source"));
  for (const auto* const each : sources()) {
    SCOPED_TRACE(each->id);
    probe.must_run(each->id);
    const auto& seen = status(probe.snapshot(), each->id);
    EXPECT_EQ(seen.runs, 1);
    EXPECT_EQ(seen.failures, 0);
    EXPECT_GT(seen.duration, Seconds::zero());
  }
}

TEST(SourcesLive, PartsCarryTheServersTimeAndOurs) {
  PGSEXTANT_NEEDS_SERVER();
  auto superuser = live_server().superuser();
  Probe probe(live_server().conninfo());
  const auto now = [&] { return *superuser.query("SELECT extract(epoch FROM clock_timestamp())").maybe_epoch(0, 0); };
  const auto before = now();
  probe.must_run("databases");
  const auto after = now();
  const auto& part = probe.snapshot().databases;
  EXPECT_LE(before, part.server_time);
  EXPECT_LE(part.server_time, after);
  // The same machine, the same clock.
  EXPECT_LE(before, part.collected_at);
  EXPECT_LE(part.collected_at, after);
}

TEST(IdentityLive, ItIsWhoTheServerSaysItIs) {
  PGSEXTANT_NEEDS_SERVER();
  Probe probe(live_server().conninfo(), Lane::fast);
  probe.must_run("identity");
  auto superuser = live_server().superuser();
  const auto rows = superuser.query(
      "SELECT current_setting('server_version_num'), system_identifier, extract(epoch FROM pg_postmaster_start_time()) "
      "FROM pg_control_system()");
  const auto& server = probe.snapshot().server;
  EXPECT_EQ(server.version, rows.integer(0, 0));
  EXPECT_EQ(std::to_string(server.system_identifier), rows.text(0, 1));
  EXPECT_EQ(server.started, rows.maybe_epoch(0, 2));
  EXPECT_FALSE(server.in_recovery);
  EXPECT_EQ(server.database, "postgres");
  EXPECT_EQ(server.name, "probe") << "the target's name stays";
}

TEST(IdentityLive, WithoutTheRightTheIdentifierIsUnknownAndTheRestIsThere) {
  PGSEXTANT_NEEDS_SERVER();
  auto superuser = live_server().superuser();
  const auto conninfo = live_server().make_monitor("no_identity", "x");
  superuser.execute(
      "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC; REVOKE EXECUTE ON FUNCTION pg_control_system() FROM "
      "pg_monitor");
  Probe probe(conninfo, Lane::fast);
  const auto report = probe.run("identity");
  superuser.execute("GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC");
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.shown.outcome, Outcome::denied);
  EXPECT_THAT(report.shown.hint, HasSubstr("GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system()"));
  EXPECT_EQ(probe.snapshot().server.system_identifier, 0U);
  EXPECT_NE(probe.snapshot().server.started, std::nullopt);
}

const DatabaseTotals& totals_of(const Snapshot& snapshot, std::string_view name) {
  for (const auto& each : *snapshot.databases)
    if (each.name == name) return each;
  throw std::logic_error("no database " + std::string(name));
}

TEST(DatabasesLive, CountersGrowByWhatWasDone) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_database("counted");
  {
    auto setup = application(conninfo);
    setup.execute("CREATE TABLE t (id int)");
  }
  auto superuser = live_server().superuser();
  // Backends report when they end, at the latest.
  await(superuser, "SELECT numbackends = 0 FROM pg_stat_database WHERE datname = 'counted'");
  Probe probe(live_server().conninfo());
  probe.must_run("databases");
  const auto before = totals_of(probe.snapshot(), "counted");
  {
    auto session = application(conninfo);
    session.execute("INSERT INTO t SELECT generate_series(1, 100)");
    session.execute("UPDATE t SET id = id + 1 WHERE id <= 40");
    session.execute("DELETE FROM t WHERE id > 90");
    session.execute("BEGIN; ROLLBACK");
    session.execute(
        "SET work_mem = '64kB'; SELECT count(*) FROM (SELECT g FROM generate_series(1, 50000) g ORDER BY g DESC) s");
  }
  await(superuser, "SELECT numbackends = 0 FROM pg_stat_database WHERE datname = 'counted'");
  probe.must_run("databases");
  const auto after = totals_of(probe.snapshot(), "counted");
  EXPECT_EQ(after.counters.rows_inserted - before.counters.rows_inserted, 100);
  EXPECT_EQ(after.counters.rows_updated - before.counters.rows_updated, 40);
  EXPECT_EQ(after.counters.rows_deleted - before.counters.rows_deleted, 10);
  EXPECT_EQ(after.counters.rollbacks - before.counters.rollbacks, 1);
  EXPECT_GE(after.counters.temp_files - before.counters.temp_files, 1);
  EXPECT_GT(after.counters.temp, before.counters.temp);
  const auto rows = superuser.query(
      "SELECT d.oid, datconnlimit, age(datfrozenxid), deadlocks, conflicts, extract(epoch FROM stats_reset) "
      "FROM pg_database d JOIN pg_stat_database s ON s.datid = d.oid WHERE d.datname = 'counted'");
  EXPECT_EQ(after.oid.value, rows.integer(0, 0));
  EXPECT_EQ(after.connection_limit, rows.integer(0, 1));
  EXPECT_NEAR(static_cast<double>(after.frozen_xid_age), rows.real(0, 2), 50);
  EXPECT_EQ(after.counters.deadlocks, rows.integer(0, 3));
  EXPECT_EQ(after.counters.conflicts, rows.integer(0, 4));
  EXPECT_EQ(after.stats_reset, rows.maybe_epoch(0, 5));
  EXPECT_EQ(after.checksum_failures, std::nullopt) << "data checksums are off";
  EXPECT_EQ(after.size, std::nullopt) << "not asked yet";
}

TEST(DatabaseSizesLive, SizesAreTheServersAndAreCarriedAlong) {
  PGSEXTANT_NEEDS_SERVER();
  live_server().make_database("sized");
  Probe probe(live_server().conninfo());
  probe.must_run("databases");
  const auto counted_at = probe.snapshot().databases.server_time;
  probe.must_run("database_sizes");
  auto superuser = live_server().superuser();
  const auto size = superuser.query("SELECT pg_database_size('sized')").integer(0, 0);
  EXPECT_EQ(totals_of(probe.snapshot(), "sized").size, Bytes{size});
  EXPECT_EQ(probe.snapshot().databases.server_time, counted_at) << "counters stay as old as they are";
  probe.must_run("databases");
  EXPECT_EQ(totals_of(probe.snapshot(), "sized").size, Bytes{size});
}

TEST(DatabaseSizesLive, ADatabaseThatHidesItsSizeIsUnknownNotZero) {
  PGSEXTANT_NEEDS_SERVER();
  live_server().make_database("closed");
  auto superuser = live_server().superuser();
  superuser.execute("REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
  const auto conninfo = live_server().make_monitor("sizes_denied", "x");
  superuser.execute("REVOKE pg_monitor FROM sizes_denied");
  Probe probe(conninfo);
  probe.must_run("databases");
  const auto report = probe.run("database_sizes");
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.shown.outcome, Outcome::denied);
  EXPECT_THAT(report.shown.hint, HasSubstr("GRANT pg_monitor"));
  EXPECT_EQ(totals_of(probe.snapshot(), "closed").size, std::nullopt);
  EXPECT_GT(totals_of(probe.snapshot(), "postgres").size, Bytes{1'000'000});
  superuser.execute("DROP DATABASE closed");
}

TEST(SettingsLive, ValuesAreTheServersWithoutCredentialsAndWithoutOurSessions) {
  PGSEXTANT_NEEDS_SERVER();
  auto superuser = live_server().superuser();
  for (const auto* const sql :
       {"ALTER SYSTEM SET primary_conninfo = 'host=primary password=hunter2'",
        "ALTER SYSTEM SET archive_cleanup_command = 's3 --secret=hunter2'",
        "ALTER SYSTEM SET ssl_passphrase_command = 'echo hunter2'", "ALTER SYSTEM SET recovery_target_name = 'hunter2'",
        "ALTER DATABASE postgres SET app.jwt_secret = 'hunter2'", "ALTER SYSTEM SET random_page_cost = 1.5",
        "SELECT pg_reload_conf()"})
    superuser.execute(sql);
  await(superuser, "SELECT current_setting('random_page_cost') = '1.5'");
  Probe probe(live_server().conninfo());
  probe.must_run("settings");
  for (const auto* const name : {"primary_conninfo", "archive_cleanup_command", "ssl_passphrase_command",
                                 "recovery_target_name", "random_page_cost"})
    superuser.execute(std::string("ALTER SYSTEM RESET ") + name);
  superuser.execute("ALTER DATABASE postgres RESET app.jwt_secret");
  superuser.execute("SELECT pg_reload_conf()");

  const auto& settings = *probe.snapshot().settings;
  EXPECT_THAT(all_texts(probe.snapshot()), Not(HasSubstr("hunter2")));
  for (const auto* const name :
       {"primary_conninfo", "archive_command", "restore_command", "ssl_passphrase_command", "archive_cleanup_command",
        "recovery_end_command", "recovery_target_name", "app.jwt_secret"})
    EXPECT_EQ(settings.find(name), nullptr) << name;
  for (const auto* const ours :
       {"statement_timeout", "lock_timeout", "default_transaction_read_only", "jit", "application_name"})
    EXPECT_EQ(settings.find(ours), nullptr) << ours << " is our own session's";
  ASSERT_NE(settings.find("random_page_cost"), nullptr);
  EXPECT_EQ(settings.find("random_page_cost")->value, "1.5");
  EXPECT_EQ(settings.find("random_page_cost")->source, "configuration file");
  // shared_buffers = 16MB of the shared server, in pages of 8 kB.
  EXPECT_EQ(settings.find("shared_buffers")->value, "2048");
  EXPECT_EQ(settings.find("shared_buffers")->unit, "8kB");
  EXPECT_EQ(settings.number("shared_buffers"), 16.0 * 1024 * 1024);
  EXPECT_NE(settings.find("pg_stat_statements.max"), nullptr);
}

TEST(SettingsLive, WithoutPgMonitorWhatIsHiddenIsSaid) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_monitor("few_settings", "x");
  live_server().superuser().execute("REVOKE pg_monitor FROM few_settings");
  Probe probe(conninfo);
  const auto report = probe.run("settings");
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.shown.outcome, Outcome::denied);
  EXPECT_EQ(probe.snapshot().settings->find("shared_preload_libraries"), nullptr);
  EXPECT_NE(probe.snapshot().settings->find("work_mem"), nullptr);
}

TEST(WalLive, CountersGrowByWhatWasDone) {
  PGSEXTANT_NEEDS_SERVER();
  auto superuser = live_server().superuser();
  Probe probe(live_server().conninfo());
  probe.must_run("wal");
  const auto before = *probe.snapshot().wal;
  superuser.execute("CREATE TABLE wal_source (t text)");
  superuser.execute("INSERT INTO wal_source SELECT repeat('x', 100) FROM generate_series(1, 20000)");
  superuser.execute("CHECKPOINT");
  superuser.execute("DROP TABLE wal_source");
  const std::string requested = live_server().server().major() >= 17 ? "SELECT num_requested FROM pg_stat_checkpointer"
                                                                     : "SELECT checkpoints_req FROM pg_stat_bgwriter";
  await(superuser, "SELECT (" + requested + ") > " + std::to_string(before.counters.checkpoints_requested));
  if (live_server().server().major() >= 14)
    await(superuser,
          "SELECT wal_bytes > 2000000 + " + std::to_string(before.counters.wal->value) + " FROM pg_stat_wal");
  probe.must_run("wal");
  const auto& after = *probe.snapshot().wal;
  EXPECT_EQ(after.counters.checkpoints_requested, superuser.query(requested).integer(0, 0));
  EXPECT_GE(after.counters.buffers_checkpoint.value - before.counters.buffers_checkpoint.value, 1);
  EXPECT_EQ(after.archiver, std::nullopt) << "archive_mode is off";
  EXPECT_NE(after.bgwriter_reset, std::nullopt);
  EXPECT_EQ(after.bgwriter_reset, before.bgwriter_reset);
  if (live_server().server().major() >= 14) {
    // 20,000 rows of 100 bytes at least.
    EXPECT_GT(after.counters.wal->value - before.counters.wal->value, 2'000'000);
    EXPECT_GT(*after.counters.wal_records - *before.counters.wal_records, 20'000);
    EXPECT_EQ(*after.wal_reset,
              *superuser.query("SELECT extract(epoch FROM stats_reset) FROM pg_stat_wal").maybe_epoch(0, 0));
  }
}

TEST(WalLive, AResetShowsAsOne) {
  PGSEXTANT_NEEDS_SERVER();
  auto superuser = live_server().superuser();
  Probe probe(live_server().conninfo());
  probe.must_run("wal");
  const auto before = *probe.snapshot().wal;
  superuser.execute("SELECT pg_stat_reset_shared('bgwriter')");
  await(superuser,
        "SELECT extract(epoch FROM stats_reset) > " +
            std::to_string(std::chrono::duration<double>(before.bgwriter_reset->time_since_epoch()).count()) +
            " FROM pg_stat_bgwriter");
  probe.must_run("wal");
  EXPECT_EQ(diff(before, *probe.snapshot().wal, Seconds(1)), std::nullopt);
}

}  // namespace
}  // namespace pgsextant::collector
