// Whole collectors: both lanes, the third connection, and what happens when the server misbehaves.

#include "collector/collector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/live/collector/support.hpp"

namespace pgsextant::collector {
namespace {

using test::live_server;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

bool all_ok(const Snapshot& snapshot) {
  return std::all_of(snapshot.sources.begin(), snapshot.sources.end(),
                     [](const SourceStatus& each) { return each.outcome == Outcome::ok; });
}

std::vector<std::string> schema_names(const Snapshot& snapshot) {
  std::vector<std::string> names;
  for (const auto& part : snapshot.schemas) names.push_back(part->name);
  return names;
}

/// A server of its own, for tests that hurt it.
class FaultsLive : public testing::Test {
 protected:
  void SetUp() override {
    PGSEXTANT_NEEDS_SERVER();
    pg::PrivateServerOptions options;
    options.tcp = true;
    options.settings = {{"shared_preload_libraries", "pg_stat_statements"}};
    auto started = pg::PrivateServer::start(options);
    ASSERT_TRUE(started) << started.failure().message;
    server = std::make_unique<pg::PrivateServer>(std::move(started).value());
    pg::Session::connect(server->conninfo(), test::unhurried()).execute("CREATE EXTENSION pg_stat_statements");
  }
  void TearDown() override {
    if (server) server->resume();
  }
  std::unique_ptr<pg::PrivateServer> server;
};

TEST(CollectorLive, WithinSecondsEverySourceHasAnswered) {
  PGSEXTANT_NEEDS_SERVER();
  auto options = target(live_server().make_database("watched"), "shop");
  options.cluster = "eu";
  Watched watched(options);
  const auto snapshot = watched.wait(all_ok, "all sources are ok");
  EXPECT_TRUE(snapshot->link.up);
  EXPECT_EQ(snapshot->link.message, "");
  EXPECT_EQ(snapshot->server.name, "shop");
  EXPECT_EQ(snapshot->server.cluster, "eu");
  EXPECT_EQ(snapshot->server.database, "watched");
  EXPECT_EQ(snapshot->server.version / 10000, live_server().server().major());
  EXPECT_TRUE(snapshot->statements && snapshot->texts && snapshot->databases && snapshot->activity &&
              snapshot->replication && snapshot->wal && snapshot->settings);
  EXPECT_THAT(schema_names(*snapshot), Contains("watched"));
  EXPECT_THAT(schema_names(*snapshot), Contains("postgres"));
  EXPECT_EQ(snapshot->schemas.size(), snapshot->relations.size());
}

TEST(CollectorLive, SessionsAreSampledEverySecondAndTheOldSnapshotsStayAsTheyWere) {
  PGSEXTANT_NEEDS_SERVER();
  Watched watched(target(live_server().conninfo()));
  const auto first = watched.wait([](const auto& s) { return static_cast<bool>(s.activity); }, "the first sample");
  const auto time = first->activity.server_time;
  const auto later = watched.wait([&](const auto& s) { return status(s, "activity").runs >= 4; }, "four samples");
  EXPECT_EQ(first->activity.server_time, time);
  EXPECT_NEAR(std::chrono::duration<double>(later->activity.server_time - time).count(), 3, 0.9);
}

TEST(CollectorLive, AFasterCadenceIsFaster) {
  PGSEXTANT_NEEDS_SERVER();
  auto options = target(live_server().conninfo());
  options.cadence_factor = 0.1;
  Watched watched(options);
  const auto start = std::chrono::steady_clock::now();
  watched.wait([](const auto& s) { return status(s, "activity").runs >= 11; }, "eleven samples");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
}

TEST(CollectorLive, ThereAreNeverMoreThanThreeConnections) {
  PGSEXTANT_NEEDS_SERVER();
  for (int i = 0; i < 8; ++i) live_server().make_database("many" + std::to_string(i));
  auto superuser = live_server().superuser();
  auto options = target(live_server().make_database("home"));
  options.cadence_factor = 0.01;  // a round through the databases every 0.6 s
  std::int64_t most = 0;
  {
    Watched watched(options);
    const auto complete = [&] {
      const auto snapshot = watched.latest();
      if (!snapshot || status(*snapshot, "relations").runs < 2) return false;
      const auto names = schema_names(*snapshot);
      for (int i = 0; i < 8; ++i)
        if (std::find(names.begin(), names.end(), "many" + std::to_string(i)) == names.end()) return false;
      return true;
    };
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (!complete() && std::chrono::steady_clock::now() < until) {
      const auto rows = superuser.query("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgsextant'");
      most = std::max(most, rows.integer(0, 0));
    }
    ASSERT_TRUE(complete()) << "two rounds within a minute";
    EXPECT_GE(watched.latest()->link.connects, 2 + 8) << "each database was visited";
  }
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 2);
  await(superuser, "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'pgsextant'");
}

TEST(CollectorLive, ADroppedDatabaseLeavesTheSnapshot) {
  PGSEXTANT_NEEDS_SERVER();
  live_server().make_database("doomed");
  auto options = target(live_server().conninfo());
  options.cadence_factor = 0.02;
  Watched watched(options);
  const auto has = [](const Snapshot& s) {
    const auto names = schema_names(s);
    return std::find(names.begin(), names.end(), "doomed") != names.end();
  };
  watched.wait(has, "doomed is seen");
  live_server().superuser().execute("DROP DATABASE doomed WITH (FORCE)");
  watched.wait([&](const Snapshot& s) { return !has(s); }, "doomed is gone");
}

TEST(CollectorLive, ADatabaseThatCannotBeConnectedToIsNamedAndTheOthersAreRead) {
  PGSEXTANT_NEEDS_SERVER();
  live_server().make_database("unlucky");
  auto superuser = live_server().superuser();
  // May connect by its rights, but there is no place: a limit of 0 does not hold for superusers.
  const auto conninfo = live_server().make_monitor("visitor", "x");
  superuser.execute("ALTER DATABASE unlucky CONNECTION LIMIT 0");
  Watched watched(target(conninfo));
  const auto snapshot = watched.wait([](const auto& s) { return status(s, "relations").runs >= 1; }, "a round");
  const auto& seen = status(*snapshot, "relations");
  EXPECT_NE(seen.outcome, Outcome::ok);
  EXPECT_THAT(seen.message, HasSubstr("database unlucky: "));
  EXPECT_NE(seen.last_success, std::nullopt);
  EXPECT_THAT(schema_names(*snapshot), Contains("postgres"));
  superuser.execute("DROP DATABASE unlucky WITH (FORCE)");
}

TEST(CollectorLive, TwoLanesAndTheirStatusesAreIndependent) {
  PGSEXTANT_NEEDS_SERVER();
  auto superuser = live_server().superuser();
  Watched watched(target(live_server().make_database("two_lanes")));
  watched.wait([](const auto& s) { return status(s, "activity").runs > 0 && status(s, "wal").runs > 0; }, "both lanes");
  // The slow lane's session is the one that does not sample pg_stat_activity.
  const auto killed = superuser.query(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'pgsextant' "
      "AND query NOT LIKE '%pg_stat_activity%' AND query NOT LIKE '%pg_locks%'");
  EXPECT_GE(killed.integer(0, 0), 1);
  const auto connects = watched.latest()->link.connects;
  const auto snapshot = watched.wait([&](const auto& s) { return s.link.connects > connects; }, "it reconnects");
  EXPECT_TRUE(snapshot->link.up);
  EXPECT_TRUE(snapshot->activity && snapshot->wal);
  watched.wait(all_ok, "all sources are ok again");
}

TEST(CollectorLive, AWrongPasswordIsDeniedAndNeverShown) {
  PGSEXTANT_NEEDS_SERVER();
  live_server().make_monitor("locked_out", "right");
  Watched watched(target(live_server().server().tcp_conninfo("postgres", "locked_out", "hunter2")));
  const auto snapshot = watched.wait(
      [](const auto& s) {
        return std::all_of(s.sources.begin(), s.sources.end(),
                           [](const auto& each) { return each.outcome == Outcome::denied; });
      },
      "all are denied");
  EXPECT_FALSE(snapshot->link.up);
  EXPECT_THAT(snapshot->link.message, HasSubstr("locked_out"));
  EXPECT_NE(snapshot->link.hint, "");
  EXPECT_THAT(all_texts(*snapshot), Not(HasSubstr("hunter2")));
  EXPECT_EQ(status(*snapshot, "activity").runs, 0) << "it was never asked";
}

TEST(CollectorLive, NoLiteralOfAnybodysStatementIsInTheSnapshot) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_database("secrets");
  auto session = application(conninfo, "shop");
  session.execute("CREATE TABLE people (id int, name text)");
  session.execute("DROP ROLE IF EXISTS kept");
  session.execute("CREATE ROLE kept PASSWORD 'hunter2-role'");
  session.execute("DROP ROLE kept");
  session.query("SELECT * FROM people WHERE name = 'hunter2-simple' OR id IN (424242, 434343)");
  session.query("SELECT * FROM people WHERE name = $1", {"hunter2-parameter"});
  session.execute(
      "INSERT INTO people VALUES (1, 'hunter2-insert'), (2, $$hunter2-dollar$$), (3, E'\\x68unter2-escape')");
  const Blocked sleeping(conninfo, "SELECT pg_sleep(60), 'hunter2-sleeping'; SELECT 'hunter2-second'");
  // Longer than track_activity_query_size (1024): cut short within a literal.
  const Blocked longer(conninfo, "SELECT pg_sleep(60), '" + std::string(2000, 'h') + "unter2'");
  auto superuser = live_server().superuser("secrets");
  await(superuser, "SELECT count(*) = 2 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = 'secrets'");
  Watched watched(target(conninfo));
  const auto snapshot = watched.wait(all_ok, "all sources are ok");
  const auto text = all_texts(*snapshot);
  EXPECT_THAT(text, HasSubstr("INSERT INTO people VALUES")) << "the texts are there";
  EXPECT_THAT(text, HasSubstr("SELECT pg_sleep($1), $2"));
  for (const auto* const secret : {"unter2", "424242", "434343", "hhhh"}) EXPECT_THAT(text, Not(HasSubstr(secret)));
}

TEST(CollectorLive, WithoutTheExtensionTheRestWorks) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_database("plain");
  live_server().superuser("plain").execute("DROP EXTENSION pg_stat_statements");
  Watched watched(target(conninfo));
  const auto snapshot = watched.wait([](const auto& s) { return status(s, "schema").runs > 0; }, "a round");
  EXPECT_EQ(status(*snapshot, "statements").outcome, Outcome::unsupported);
  EXPECT_EQ(status(*snapshot, "activity").outcome, Outcome::ok);
  EXPECT_EQ(status(*snapshot, "wal").outcome, Outcome::ok);
}

TEST(CollectorLive, ItStopsAtOnce) {
  PGSEXTANT_NEEDS_SERVER();
  Watched watched(target(live_server().conninfo()));
  watched.wait([](const auto& s) { return s.link.up; }, "it is up");
  EXPECT_LT(watched.stop(), 300ms);
}

TEST(CollectorLive, CollectOnceSeesEverythingOfItsDatabase) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_database("once");
  live_server().superuser("once").execute("CREATE TABLE t (id int PRIMARY KEY)");
  const SystemClock clock;
  const auto snapshot = collect_once(target(conninfo), clock);
  EXPECT_TRUE(snapshot.link.up);
  EXPECT_TRUE(all_ok(snapshot));
  ASSERT_EQ(snapshot.schemas.size(), 1U);
  EXPECT_EQ(snapshot.schemas[0]->name, "once");
  EXPECT_EQ(snapshot.schemas[0]->indexes.size(), 1U);
  ASSERT_EQ(snapshot.relations.size(), 1U);
}

TEST(CollectorLive, CollectOnceWithoutAServerSaysWhy) {
  const SystemClock clock;
  const auto nobody = pg::Conninfo::parse("host=127.0.0.1 port=1 dbname=shop user=monitor password=hunter2");
  const auto snapshot = collect_once(target(*nobody), clock);
  EXPECT_FALSE(snapshot.link.up);
  EXPECT_NE(snapshot.link.message, "");
  EXPECT_THAT(all_texts(snapshot), Not(HasSubstr("hunter2")));
  for (const auto& each : snapshot.sources) EXPECT_EQ(each.outcome, Outcome::unavailable) << each.id;
}

TEST_F(FaultsLive, AServerThatDiesLeavesItsDataAndComesBack) {
  Watched watched(target(server->conninfo()));
  auto snapshot = watched.wait(all_ok, "all sources are ok");
  const auto before = *snapshot->server.started;
  const auto wal = snapshot->wal.data;
  server->kill();
  snapshot = watched.wait([](const auto& s) { return !s.link.up; }, "the link is down");
  EXPECT_NE(snapshot->link.message, "");
  EXPECT_NE(snapshot->link.since, Timestamp{});
  snapshot = watched.wait(
      [](const auto& s) {
        return std::all_of(s.sources.begin(), s.sources.end(),
                           [](const auto& each) { return each.outcome == Outcome::unavailable; });
      },
      "all are unavailable");
  EXPECT_TRUE(snapshot->activity && snapshot->statements && snapshot->settings) << "old parts stay";
  EXPECT_EQ(snapshot->wal.data, wal);
  ASSERT_TRUE(server->restart());
  snapshot = watched.wait([&](const auto& s) { return s.link.up && all_ok(s) && *s.server.started > before; },
                          "it recovers", 40s);
  EXPECT_EQ(snapshot->link.message, "");
  EXPECT_NE(snapshot->wal.data, wal);
}

TEST_F(FaultsLive, AServerThatHangsIsATimeoutOfItsOwnThreadsAndRecovers) {
  auto options = target(server->conninfo());
  options.connect_timeout = 2s;
  Watched watched(options);
  Watched other(target(live_server().make_database("other"), "other"));
  watched.wait(all_ok, "all sources are ok");
  other.wait(all_ok, "all sources of the other are ok");
  const auto data = watched.latest()->activity.data;
  server->pause();
  const auto start = std::chrono::steady_clock::now();
  const auto runs = status(*other.latest(), "activity").runs;
  watched.wait([](const auto& s) { return status(s, "activity").outcome == Outcome::timeout; },
               "the fast lane times out");
  // A second until the next sample, and 3 s of client deadline.
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  EXPECT_NE(status(*watched.latest(), "activity").message, "");
  auto snapshot = watched.wait([](const auto& s) { return !s.link.up; }, "the link is down", 30s);
  EXPECT_NE(snapshot->link.message, "");
  EXPECT_TRUE(snapshot->activity) << "old parts stay";
  EXPECT_GE(status(*other.latest(), "activity").runs - runs, 3) << "the other server's lanes went on";
  server->resume();
  snapshot = watched.wait([&](const auto& s) { return s.link.up && all_ok(s) && s.activity.data != data; },
                          "it recovers", 60s);
}

TEST_F(FaultsLive, AHungServerDoesNotDelayTheStop) {
  Watched watched(target(server->conninfo()));
  watched.wait(all_ok, "all sources are ok");
  server->pause();
  std::this_thread::sleep_for(1500ms);  // both lanes wait for answers, or are about to
  EXPECT_LT(watched.stop(), 500ms);
}

TEST_F(FaultsLive, WithoutTheLibraryTheExtensionSaysSo) {
  // Created but not loaded: the view exists and refuses.
  auto superuser = std::make_optional(pg::Session::connect(server->conninfo(), test::unhurried()));
  superuser->execute("ALTER SYSTEM SET shared_preload_libraries = 'plpgsql'");
  superuser.reset();
  const auto restarted = server->restart();
  ASSERT_TRUE(restarted) << restarted.failure().message;
  Probe probe(server->conninfo());
  const auto report = probe.run("statements");
  if (live_server().server().major() < 18 || report.outcome != Outcome::ok) {
    EXPECT_EQ(report.outcome, Outcome::unsupported);
    EXPECT_THAT(report.shown.hint, HasSubstr("shared_preload_libraries"));
  }
}

}  // namespace
}  // namespace pgsextant::collector
