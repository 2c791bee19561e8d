#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/live/collector/support.hpp"

namespace pgsextant::collector {
namespace {

using test::live_server;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Session* session_of(const Snapshot& snapshot, std::int32_t pid) {
  for (const auto& each : snapshot.activity->sessions)
    if (each.pid.value == pid) return &each;
  return nullptr;
}

const LockWait* wait_of(const Snapshot& snapshot, std::int32_t pid) {
  for (const auto& each : snapshot.activity->waits)
    if (each.waiter.value == pid) return &each;
  return nullptr;
}

TEST(ActivityLive, ASessionIsDescribedWithoutItsLiterals) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_database("activity");
  auto superuser = live_server().superuser();
  const Blocked sleeping(conninfo, "SELECT pg_sleep(60), 'hunter2' AS word", "reports");
  await(superuser, "SELECT state = 'active' AND wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = " +
                       std::to_string(sleeping.pid()));
  Probe probe(live_server().conninfo(), Lane::fast);
  probe.must_run("activity");
  const auto* const seen = session_of(probe.snapshot(), sleeping.pid());
  ASSERT_NE(seen, nullptr);
  EXPECT_EQ(seen->database, "activity");
  EXPECT_EQ(seen->application, "reports");
  EXPECT_EQ(seen->backend_type, "client backend");
  EXPECT_EQ(seen->state, "active");
  EXPECT_EQ(seen->wait_event_type, "Timeout");
  EXPECT_EQ(seen->wait_event, "PgSleep");
  EXPECT_EQ(seen->text, "SELECT pg_sleep($1), $2 AS word");
  EXPECT_EQ(seen->client, "") << "a Unix socket";
  const auto rows = superuser.query(
      "SELECT usename, extract(epoch FROM backend_start), extract(epoch FROM xact_start), extract(epoch FROM "
      "query_start), extract(epoch FROM state_change), query_id FROM pg_stat_activity WHERE pid = " +
      std::to_string(sleeping.pid()));
  EXPECT_EQ(seen->user, rows.text(0, 0));
  EXPECT_EQ(seen->backend_start, rows.maybe_epoch(0, 1));
  EXPECT_EQ(seen->transaction_start, rows.maybe_epoch(0, 2));
  EXPECT_EQ(seen->query_start, rows.maybe_epoch(0, 3));
  EXPECT_EQ(seen->state_change, rows.maybe_epoch(0, 4));
  EXPECT_EQ(seen->query.value, rows.integer(0, 5));
  EXPECT_NE(seen->query.value, 0);
  EXPECT_NE(seen->xmin_age, std::nullopt) << "a running statement holds a snapshot";
}

TEST(ActivityLive, OurOwnSessionsAreNeverSeenAndOthersAre) {
  PGSEXTANT_NEEDS_SERVER();
  Probe other(live_server().conninfo());
  Probe probe(live_server().conninfo(), Lane::fast);
  probe.must_run("activity");
  EXPECT_EQ(session_of(probe.snapshot(), probe.session().backend_pid()), nullptr);
  EXPECT_EQ(session_of(probe.snapshot(), other.session().backend_pid()), nullptr);
  const auto& all = probe.snapshot().activity->sessions;
  EXPECT_TRUE(
      std::any_of(all.begin(), all.end(), [](const Session& each) { return each.backend_type == "checkpointer"; }));
}

TEST(ActivityLive, LimitsAndLocksAreCounted) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_database("locks");
  auto holder = application(conninfo);
  holder.execute("CREATE TABLE held (id int)");
  holder.execute("BEGIN; LOCK TABLE held IN SHARE ROW EXCLUSIVE MODE");
  Probe probe(live_server().conninfo(), Lane::fast);
  probe.must_run("activity");
  const auto& activity = *probe.snapshot().activity;
  EXPECT_EQ(activity.max_connections, 60) << "as the shared server was started";
  EXPECT_EQ(activity.prepared_transactions, 0);
  const auto held = std::find_if(activity.locks.begin(), activity.locks.end(), [](const LockCount& each) {
    return each.database == "locks" && each.mode == "ShareRowExclusiveLock";
  });
  ASSERT_NE(held, activity.locks.end());
  EXPECT_EQ(held->count, 1);
  EXPECT_THAT(activity.waits, IsEmpty());
}

TEST(ActivityLive, AChainOfRowLocksIsFollowedToItsRoot) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_database("chain");
  auto superuser = live_server().superuser();
  auto a = application(conninfo, "a");
  a.execute("CREATE TABLE accounts (id int PRIMARY KEY, balance int); INSERT INTO accounts VALUES (1, 10), (2, 20)");
  a.execute("BEGIN");
  a.execute("UPDATE accounts SET balance = 0 WHERE id = 1");
  // b holds row 2 and waits for a; c waits for b.
  const Blocked b(conninfo,
                  "BEGIN; UPDATE accounts SET balance = 1 WHERE id = 2; UPDATE accounts SET balance = 1 WHERE id = 1",
                  "b");
  const std::string waits = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = ";
  await(superuser, waits + std::to_string(b.pid()));
  const Blocked c(conninfo, "UPDATE accounts SET balance = 2 WHERE id = 2", "c");
  await(superuser, waits + std::to_string(c.pid()));

  Probe probe(conninfo, Lane::fast);
  probe.must_run("activity");
  const auto& activity = *probe.snapshot().activity;
  ASSERT_EQ(activity.waits.size(), 2U);
  const auto* const of_b = wait_of(probe.snapshot(), b.pid());
  const auto* const of_c = wait_of(probe.snapshot(), c.pid());
  ASSERT_NE(of_b, nullptr);
  ASSERT_NE(of_c, nullptr);
  EXPECT_THAT(of_b->blockers, ElementsAre(BackendPid{a.backend_pid()}));
  EXPECT_THAT(of_c->blockers, ElementsAre(BackendPid{b.pid()}));
  EXPECT_EQ(of_b->lock_type, "transactionid");
  EXPECT_EQ(of_b->mode, "ShareLock");
  EXPECT_EQ(of_b->relation, "public.accounts") << "the row's table, through the lock on the tuple";
  EXPECT_THAT(root_blockers(activity), ElementsAre(BackendPid{a.backend_pid()}));
  ASSERT_NE(of_b->since, std::nullopt);
  EXPECT_LE(*of_b->since, probe.snapshot().activity.server_time);
  EXPECT_GE(*of_b->since, probe.snapshot().activity.server_time - 10s);
}

TEST(ActivityLive, AWaitForATableNamesItAndItsMode) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_database("table_wait");
  auto superuser = live_server().superuser();
  auto holder = application(conninfo);
  holder.execute(R"(CREATE SCHEMA "a b"; CREATE TABLE "a b"."T" (id int))");
  holder.execute(R"(BEGIN; LOCK TABLE "a b"."T" IN ACCESS EXCLUSIVE MODE)");
  const Blocked reader(conninfo, R"(SELECT * FROM "a b"."T")");
  await(superuser, "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = " + std::to_string(reader.pid()));
  Probe here(conninfo, Lane::fast);
  here.must_run("activity");
  const auto* wait = wait_of(here.snapshot(), reader.pid());
  ASSERT_NE(wait, nullptr);
  EXPECT_EQ(wait->lock_type, "relation");
  EXPECT_EQ(wait->mode, "AccessShareLock");
  EXPECT_EQ(wait->relation, R"("a b"."T")");
  EXPECT_THAT(wait->blockers, ElementsAre(BackendPid{holder.backend_pid()}));

  Probe elsewhere(live_server().conninfo(), Lane::fast);
  elsewhere.must_run("activity");
  wait = wait_of(elsewhere.snapshot(), reader.pid());
  ASSERT_NE(wait, nullptr);
  EXPECT_EQ(wait->relation, "") << "another database's relation has no name here";
}

TEST(ActivityLive, WithoutPgMonitorSessionsAreListedAndWhatIsHiddenIsUnknown) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_database("hidden_sessions");
  auto superuser = live_server().superuser();
  const Blocked sleeping(conninfo, "SELECT pg_sleep(60), 'hunter2'", "reports");
  await(superuser, "SELECT state = 'active' FROM pg_stat_activity WHERE pid = " + std::to_string(sleeping.pid()));
  const auto poor = live_server().make_monitor("poor", "x");
  superuser.execute("REVOKE pg_monitor FROM poor");
  Probe probe(poor, Lane::fast);
  const auto report = probe.run("activity");
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.shown.outcome, Outcome::denied);
  EXPECT_THAT(report.shown.hint, HasSubstr("GRANT pg_monitor"));
  const auto* const seen = session_of(probe.snapshot(), sleeping.pid());
  ASSERT_NE(seen, nullptr);
  EXPECT_EQ(seen->database, "hidden_sessions");
  EXPECT_EQ(seen->state, "");
  EXPECT_EQ(seen->text, "");
  EXPECT_EQ(seen->query_start, std::nullopt);
  EXPECT_EQ(seen->query.value, 0);
}

TEST(ActivityLive, HostileNamesComeThroughAsTheyAre) {
  PGSEXTANT_NEEDS_SERVER();
  // PostgreSQL keeps 63 bytes of a name; application names only printable ASCII, others as question marks or escapes.
  std::string database = "d\"'; DROP --\n\xF0\x9F\x90\x98";
  database.resize(63, 'x');
  const auto conninfo = live_server().make_database(database);
  auto session = application(conninfo, "it's \"quoted\"; --");
  session.execute("CREATE TABLE \"t\"\"'\n\xF0\x9F\x90\x98\" (\"c\"\"'\n\xF0\x9F\x90\x98\" int)");
  Probe probe(conninfo);
  for (const auto* const each : sources()) probe.must_run(each->id);
  const auto* const seen = session_of(probe.snapshot(), session.backend_pid());
  ASSERT_NE(seen, nullptr);
  EXPECT_EQ(seen->database, database);
  EXPECT_EQ(seen->application, "it's \"quoted\"; --");
  ASSERT_EQ(probe.schema().tables.size(), 1U);
  EXPECT_EQ(probe.schema().tables[0].name, "t\"'\n\xF0\x9F\x90\x98");
  EXPECT_EQ(probe.schema().tables[0].columns[0].name, "c\"'\n\xF0\x9F\x90\x98");
  EXPECT_EQ(probe.schema().name, database);
}

}  // namespace
}  // namespace pgsextant::collector
