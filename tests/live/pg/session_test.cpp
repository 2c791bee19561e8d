#include "pg/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/support/live_server.hpp"

namespace pgsextant::pg {
namespace {

using namespace std::chrono_literals;
using test::live_server;
using testing::HasSubstr;
using testing::Not;

class SessionLive : public testing::Test {
 protected:
  void SetUp() override { PGSEXTANT_NEEDS_SERVER(); }
};

/// What the statement threw; fails the test when it did not.
Failure failure_of(Session& session, const std::string& sql) {
  try {
    session.query(sql);
  } catch (const Error& error) {
    return error.failure();
  }
  ADD_FAILURE() << "no error: " << sql;
  return {};
}

class Stopwatch {
 public:
  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin_);
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

TEST_F(SessionLive, AnswersAQuery) {
  auto session = live_server().session();
  const auto rows = session.query("SELECT $1::int + 1, $2::text", {"41", std::nullopt});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.integer(0, 0), 42);
  EXPECT_TRUE(rows.is_null(0, 1));
  EXPECT_EQ(session.server_version() / 10000, live_server().server().major());
  EXPECT_EQ(session.query("SELECT pg_backend_pid()").integer(0, 0), session.backend_pid());
  EXPECT_FALSE(session.options_dropped());
  EXPECT_EQ(session.query("SELECT 1 WHERE false").size(), 0U);
}

TEST_F(SessionLive, ItsBoundsAreInForceFromTheStart) {
  SessionOptions options;
  options.statement_timeout = 1234ms;
  options.client_deadline = 4321ms;
  options.lock_timeout = 77ms;
  options.settings = {{"search_path", "\"a b\", \"c\\d\""}, {"work_mem", "2MB"}};
  auto session = live_server().session(options);
  const auto setting = [&](const char* name) {
    return std::string(session.query("SELECT setting FROM pg_settings WHERE name = $1", {name}).text(0, 0));
  };
  EXPECT_EQ(setting("statement_timeout"), "1234");
  EXPECT_EQ(setting("lock_timeout"), "77");
  EXPECT_EQ(setting("idle_in_transaction_session_timeout"), "4321");
  EXPECT_EQ(setting("default_transaction_read_only"), "on");
  EXPECT_EQ(setting("jit"), "off");
  EXPECT_EQ(setting("search_path"), "\"a b\", \"c\\d\"");
  EXPECT_EQ(setting("work_mem"), "2048");
  EXPECT_EQ(setting("application_name"), "pgsextant");
  EXPECT_EQ(setting("client_encoding"), "UTF8");
  // They came with the start-up packet: RESET goes back to them.
  session.query("RESET statement_timeout");
  EXPECT_EQ(setting("statement_timeout"), "1234");
}

TEST_F(SessionLive, OptionsOfTheConnectionStringStayUnlessTheyAreBounds) {
  const auto conninfo = live_server().conninfo().with("options", "-c geqo_seed=0.25 -c statement_timeout=0");
  auto session = Session::connect(conninfo);
  EXPECT_EQ(session.query("SHOW geqo_seed").text(0, 0), "0.25");
  EXPECT_EQ(session.query("SHOW statement_timeout").text(0, 0), "5s");
}

TEST_F(SessionLive, StatementsCarryTheMarker) {
  auto session = live_server().session();
  const auto rows = session.query("SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()");
  EXPECT_TRUE(rows.text(0, 0).starts_with(query_marker));
}

TEST_F(SessionLive, RefusesToWrite) {
  auto session = live_server().session();
  const auto failure = failure_of(session, "CREATE TABLE t ()");
  EXPECT_EQ(failure.outcome, Outcome::invalid_input);
  EXPECT_THAT(failure.message, HasSubstr("25006"));
  EXPECT_TRUE(session.usable());
  EXPECT_THROW(session.execute("SELECT 1"), std::logic_error);
}

TEST_F(SessionLive, RefusesASecondStatement) {
  auto session = live_server().session();
  const auto failure = failure_of(session, "SELECT 1; SELECT 2");
  EXPECT_EQ(failure.outcome, Outcome::invalid_input);
  EXPECT_THAT(failure.message, HasSubstr("42601"));
}

TEST_F(SessionLive, WithoutReadOnlyItWritesAndRunsScripts) {
  auto session = live_server().superuser();
  session.execute("CREATE TEMP TABLE t (a int); INSERT INTO t VALUES (1), (2)");
  EXPECT_EQ(session.query("SELECT sum(a) FROM t").integer(0, 0), 3);
}

TEST_F(SessionLive, StatementTimeoutIsATimeoutAndTheSessionGoesOn) {
  SessionOptions options;
  options.statement_timeout = 100ms;
  auto session = live_server().session(options);
  const Stopwatch watch;
  EXPECT_EQ(failure_of(session, "SELECT pg_sleep(20)").outcome, Outcome::timeout);
  EXPECT_LT(watch.elapsed(), 2s);
  EXPECT_EQ(session.query("SELECT 1").integer(0, 0), 1);
}

TEST_F(SessionLive, ALockThatSomebodyHoldsIsNotWaitedFor) {
  auto holder = live_server().superuser();
  holder.execute("DROP TABLE IF EXISTS held; CREATE TABLE held (a int)");
  holder.execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE");
  auto session = live_server().session();
  const Stopwatch watch;
  EXPECT_EQ(failure_of(session, "SELECT pg_relation_size('held')").outcome, Outcome::locked);
  EXPECT_GE(watch.elapsed(), 100ms);
  EXPECT_LT(watch.elapsed(), 1500ms);
  holder.execute("ROLLBACK; DROP TABLE held");
  EXPECT_TRUE(session.usable());
}

TEST_F(SessionLive, OutcomesOfOtherErrors) {
  live_server().make_monitor("narrow", "narrow");
  auto session = Session::connect(live_server().server().tcp_conninfo("postgres", "narrow", "narrow"));
  EXPECT_EQ(failure_of(session, "SELECT * FROM nowhere.at_all").outcome, Outcome::unsupported);
  EXPECT_EQ(failure_of(session, "SELECT no_such_function()").outcome, Outcome::unsupported);
  EXPECT_EQ(failure_of(session, "SELECT no_such_column FROM pg_class").outcome, Outcome::unsupported);
  EXPECT_EQ(failure_of(session, "SELECT 1/0").outcome, Outcome::invalid_input);
  const auto denied = failure_of(session, "SELECT rolpassword FROM pg_authid");
  EXPECT_EQ(denied.outcome, Outcome::denied);
  EXPECT_THAT(denied.message, HasSubstr("pg_authid"));
  EXPECT_THAT(denied.hint, HasSubstr("GRANT pg_monitor TO \"narrow\""));
  EXPECT_EQ(session.query("SELECT 1").integer(0, 0), 1);
}

TEST_F(SessionLive, ErrorsDoNotShowData) {
  auto session = live_server().superuser();
  session.execute(
      "CREATE TEMP TABLE t (a int PRIMARY KEY, b text CHECK (b <> 'x')); INSERT INTO t VALUES (4711);"
      "CREATE FUNCTION pg_temp.leak() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hunter2'; END $$");
  for (const auto* const sql :
       {"SELECT 'hunter2'::int", "SELECT 'hunter2", "SELECT '{hunter2'::int[]", "SELECT 'hunter2'::timestamptz",
        "INSERT INTO t VALUES (4711)", "INSERT INTO t SELECT a + 1, 'x' FROM t", "SELECT pg_temp.leak()",
        "SELECT 'hunter2'::jsonb", "SELECT hunter2 hunter2 hunter2"}) {
    SCOPED_TRACE(sql);
    const auto failure = failure_of(session, sql);
    EXPECT_THAT(failure.message, Not(HasSubstr("hunter2")));
    EXPECT_THAT(failure.message, Not(HasSubstr("4711")));
    EXPECT_THAT(failure.message, HasSubstr("SQLSTATE"));
    EXPECT_THAT(failure.message, Not(HasSubstr("\n")));
  }
}

TEST_F(SessionLive, AZeroByteIsRefusedHere) {
  auto session = live_server().session();
  EXPECT_THROW(session.query(std::string("SELECT 1\0 + 1", 13)), Error);
  EXPECT_THROW(session.query("SELECT $1", {std::string("a\0b", 3)}), Error);
  EXPECT_TRUE(session.usable());
}

TEST_F(SessionLive, ConversionsAgreeWithTheServer) {
  auto session = live_server().session();
  const auto rows = session.query(R"(
      SELECT 9223372036854775807, 0.1::float8, 'infinity'::float8, true, false, NULL::int,
             extract(epoch from timestamptz '2026-11-21 09:37:01.123456+00'),
             extract(epoch from 'infinity'::timestamptz),
             ARRAY['a', NULL, 'NULL', '', 'x,y', '{z}', 'q"q', 'b\b', ' s '], '{}'::int[], '[0:1]={7,8}'::int[])");
  EXPECT_EQ(rows.integer(0, 0), 9223372036854775807);
  EXPECT_EQ(rows.real(0, 1), 0.1);
  EXPECT_EQ(rows.real(0, 2), std::numeric_limits<double>::infinity());
  EXPECT_TRUE(rows.boolean(0, 3));
  EXPECT_FALSE(rows.boolean(0, 4));
  EXPECT_FALSE(rows.maybe_integer(0, 5));
  EXPECT_EQ(format_utc(*rows.maybe_epoch(0, 6)), "2026-11-21T09:37:01Z");
  EXPECT_EQ(rows.maybe_epoch(0, 6)->time_since_epoch().count() % 1000000, 123456);
  EXPECT_FALSE(rows.maybe_epoch(0, 7));
  EXPECT_EQ(rows.array(0, 8), (std::vector<std::string>{"a", "", "NULL", "", "x,y", "{z}", "q\"q", "b\\b", " s "}));
  EXPECT_TRUE(rows.array(0, 9).empty());
  EXPECT_EQ(rows.array(0, 10), (std::vector<std::string>{"7", "8"}));
}

TEST_F(SessionLive, HostileNamesOfDatabasesAndRoles) {
  const std::string name = "a'b\"c\\d e=f host=evil ünï$$;--";
  live_server().make_database(name);
  const auto conninfo = live_server().make_monitor(name, name, name);
  auto session = Session::connect(conninfo);
  const auto rows = session.query("SELECT current_database(), session_user");
  EXPECT_EQ(rows.text(0, 0), name);
  EXPECT_EQ(rows.text(0, 1), name);
  auto admin = live_server().superuser();
  admin.execute("DROP DATABASE " + test::identifier(name) + " WITH (FORCE)");
  admin.execute("DROP ROLE " + test::identifier(name));
}

TEST_F(SessionLive, InterruptEndsARunningQuery) {
  auto session = live_server().session();
  std::thread other([&] {
    std::this_thread::sleep_for(100ms);
    session.interrupt();
  });
  const Stopwatch watch;
  EXPECT_EQ(failure_of(session, "SELECT pg_sleep(4)").outcome, Outcome::unavailable);
  EXPECT_LT(watch.elapsed(), 2s);
  other.join();
  EXPECT_FALSE(session.usable());
  EXPECT_EQ(failure_of(session, "SELECT 1").outcome, Outcome::unavailable);
}

TEST_F(SessionLive, TheClientsDeadlineEndsTheSession) {
  SessionOptions options;
  options.statement_timeout = 10s;
  options.client_deadline = 200ms;
  auto session = live_server().session(options);
  const Stopwatch watch;
  EXPECT_EQ(failure_of(session, "SELECT pg_sleep(9)").outcome, Outcome::timeout);
  EXPECT_GE(watch.elapsed(), 200ms);
  EXPECT_LT(watch.elapsed(), 700ms);
  EXPECT_FALSE(session.usable());
  EXPECT_EQ(failure_of(session, "SELECT 1").outcome, Outcome::unavailable);
}

TEST_F(SessionLive, ATerminatedBackendIsUnavailableAndIsNotReplaced) {
  auto session = live_server().session();
  live_server().superuser().query("SELECT pg_terminate_backend($1::int)", {std::to_string(session.backend_pid())});
  const auto failure = failure_of(session, "SELECT 1");
  EXPECT_EQ(failure.outcome, Outcome::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("57P01")) << "what the server said last";
  EXPECT_FALSE(session.usable());
  EXPECT_EQ(failure_of(session, "SELECT 1").outcome, Outcome::unavailable);
}

TEST_F(SessionLive, ABackendTerminatedInAQuerySaysWhy) {
  auto session = live_server().session();
  std::thread other([pid = std::to_string(session.backend_pid())] {
    std::this_thread::sleep_for(100ms);
    live_server().superuser().query("SELECT pg_terminate_backend($1::int)", {pid});
  });
  const auto failure = failure_of(session, "SELECT pg_sleep(4)");
  other.join();
  EXPECT_EQ(failure.outcome, Outcome::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("57P01"));
  EXPECT_FALSE(session.usable());
}

TEST_F(SessionLive, ManySessionsShareTheWatchdog) {
  std::vector<std::thread> threads;
  std::atomic<int> timeouts = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      SessionOptions options;
      options.client_deadline = 150ms;
      auto session = live_server().session(options);
      for (int query = 0; query < 20; ++query) session.query("SELECT 1");
      if (i % 2 == 0 && failure_of(session, "SELECT pg_sleep(3)").outcome == Outcome::timeout) ++timeouts;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(timeouts, 4);
}

}  // namespace
}  // namespace pgsextant::pg
