#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/live/collector/support.hpp"

namespace pgsextant::collector {
namespace {

using test::live_server;
using testing::HasSubstr;
using testing::Not;

QueryId id_of(pg::Session& superuser, std::string_view text) {
  const auto rows = superuser.query("SELECT queryid FROM pg_stat_statements WHERE query = $1", {std::string(text)});
  return rows.empty() ? QueryId{} : QueryId{rows.integer(0, 0)};
}

const StatementTotals* totals_of(const Snapshot& snapshot, QueryId id) {
  for (const auto& each : snapshot.statements->entries)
    if (each.key.query == id) return &each;
  return nullptr;
}

class StatementsLive : public testing::Test {
 protected:
  void SetUp() override {
    PGSEXTANT_NEEDS_SERVER();
    conninfo = live_server().make_database("statements");
    superuser.emplace(live_server().superuser("statements"));
    superuser->execute("SELECT pg_stat_statements_reset()");
  }

  std::optional<pg::Conninfo> conninfo;
  std::optional<pg::Session> superuser;
};
using StatementTextsLive = StatementsLive;

TEST_F(StatementsLive, DeltasAreWhatWasRun) {
  auto session = application(*conninfo);
  session.execute(
      "CREATE TABLE items (id int PRIMARY KEY, name text); INSERT INTO items SELECT g, 'n' FROM generate_series(1, "
      "100) g");
  const auto ask = [&](int times) {
    for (int i = 0; i < times; ++i) session.query("SELECT id, name FROM items WHERE id <= 7");
  };
  ask(1);
  Probe probe(*conninfo);
  probe.must_run("statements");
  const auto before = *probe.snapshot().statements;
  const auto id = id_of(*superuser, "SELECT id, name FROM items WHERE id <= $1");
  ASSERT_TRUE(id);
  ask(25);
  probe.must_run("statements");
  const auto delta = diff(before, *probe.snapshot().statements, Seconds(1));
  ASSERT_TRUE(delta);
  const auto found = std::find_if(delta->entries.begin(), delta->entries.end(),
                                  [&](const auto& each) { return each.key.query == id; });
  ASSERT_NE(found, delta->entries.end());
  EXPECT_EQ(found->counters.calls, 25);
  EXPECT_EQ(found->counters.rows, 25 * 7);
  EXPECT_GT(found->counters.shared_hit.value, 0);
  EXPECT_GT(found->counters.exec_time, Milliseconds::zero());
  const auto* const totals = totals_of(probe.snapshot(), id);
  const auto rows = superuser->query(
      "SELECT userid, dbid, calls, total_exec_time, mean_exec_time, stddev_exec_time, min_exec_time, max_exec_time, "
      "shared_blks_hit FROM pg_stat_statements WHERE queryid = $1",
      {std::to_string(id.value)});
  EXPECT_EQ(totals->key.user.value, rows.integer(0, 0));
  EXPECT_EQ(totals->key.database.value, rows.integer(0, 1));
  EXPECT_TRUE(totals->key.toplevel);
  EXPECT_EQ(totals->counters.calls, rows.integer(0, 2));
  EXPECT_DOUBLE_EQ(totals->counters.exec_time.count(), rows.real(0, 3));
  EXPECT_DOUBLE_EQ(totals->mean_exec.count(), rows.real(0, 4));
  EXPECT_DOUBLE_EQ(totals->stddev_exec.count(), rows.real(0, 5));
  EXPECT_DOUBLE_EQ(totals->min_exec.count(), rows.real(0, 6));
  EXPECT_DOUBLE_EQ(totals->max_exec.count(), rows.real(0, 7));
  EXPECT_EQ(totals->counters.shared_hit.value, rows.integer(0, 8));
}

TEST_F(StatementsLive, AResetIsNoDelta) {
  Probe probe(*conninfo);
  probe.must_run("statements");
  const auto before = *probe.snapshot().statements;
  superuser->execute("SELECT pg_stat_statements_reset()");
  probe.must_run("statements");
  EXPECT_EQ(diff(before, *probe.snapshot().statements, Seconds(1)), std::nullopt);
  if (live_server().server().major() >= 14) {
    EXPECT_NE(probe.snapshot().statements->stats_reset, std::nullopt);
    EXPECT_EQ(probe.snapshot().statements->dealloc, 0);
  }
  EXPECT_EQ(probe.snapshot().statements->max_entries, 5000) << "the extension's default";
}

TEST_F(StatementsLive, TheExtensionIsFoundInWhateverSchemaItIs) {
  superuser->execute(
      R"(DROP EXTENSION pg_stat_statements; CREATE SCHEMA "my ""ext"; CREATE EXTENSION pg_stat_statements SCHEMA "my ""ext")");
  Probe probe(*conninfo);
  probe.must_run("statements");
  probe.must_run("statement_texts");
  EXPECT_FALSE(probe.snapshot().statements->entries.empty());
  EXPECT_FALSE(probe.snapshot().texts->empty());
}

TEST_F(StatementsLive, WithoutTheExtensionItSaysHowToGetIt) {
  superuser->execute("DROP EXTENSION pg_stat_statements");
  Probe probe(*conninfo);
  const auto report = probe.run("statements");
  EXPECT_EQ(report.outcome, Outcome::unsupported);
  EXPECT_THAT(report.shown.hint, HasSubstr("CREATE EXTENSION pg_stat_statements"));
  EXPECT_THAT(report.shown.hint, HasSubstr("shared_preload_libraries"));
  EXPECT_FALSE(probe.snapshot().statements) << "never read is not empty";
}

TEST_F(StatementsLive, AnOldVersionOfTheExtensionIsReadWithItsOwnVariant) {
  if (live_server().server().major() < 14) GTEST_SKIP() << "1.8 is this server's own version";
  superuser->execute("DROP EXTENSION pg_stat_statements; CREATE EXTENSION pg_stat_statements VERSION '1.8'");
  application(*conninfo).query("SELECT 4711 AS number");
  Probe probe(*conninfo);
  probe.must_run("statements");
  probe.must_run("statement_texts");
  EXPECT_EQ(probe.snapshot().statements->stats_reset, std::nullopt) << "1.8 has no pg_stat_statements_info";
  const auto* const totals = totals_of(probe.snapshot(), id_of(*superuser, "SELECT $1 AS number"));
  ASSERT_NE(totals, nullptr);
  EXPECT_EQ(totals->counters.calls, 1);
}

TEST_F(StatementsLive, AnExtensionTooOldSaysHowToUpdateIt) {
  superuser->execute("DROP EXTENSION pg_stat_statements; CREATE EXTENSION pg_stat_statements VERSION '1.7'");
  Probe probe(*conninfo);
  const auto report = probe.run("statements");
  EXPECT_EQ(report.outcome, Outcome::unsupported);
  EXPECT_EQ(report.shown.hint, "ALTER EXTENSION pg_stat_statements UPDATE;");
}

TEST_F(StatementsLive, WithoutPgMonitorStatementsOfOthersAreMissingAndThatIsSaid) {
  application(*conninfo).query("SELECT 'hunter2' AS others");
  const auto poor = live_server().make_monitor("poor_statements", "x", "statements");
  superuser->execute("REVOKE pg_monitor FROM poor_statements");
  application(poor).query("SELECT 42 AS mine");
  Probe probe(poor);
  for (const auto* const id : {"statements", "statement_texts"}) {
    const auto report = probe.run(id);
    EXPECT_EQ(report.outcome, Outcome::ok) << id;
    EXPECT_EQ(report.shown.outcome, Outcome::denied) << id;
    EXPECT_THAT(report.shown.hint, HasSubstr("GRANT pg_monitor")) << id;
  }
  const auto mine = id_of(*superuser, "SELECT $1 AS mine");
  const auto others = id_of(*superuser, "SELECT $1 AS others");
  ASSERT_NE(totals_of(probe.snapshot(), mine), nullptr);
  EXPECT_EQ(totals_of(probe.snapshot(), others), nullptr);
  EXPECT_EQ(*probe.snapshot().text(mine), "SELECT $1 AS mine");
  for (const auto& [id, text] : *probe.snapshot().texts) EXPECT_THAT(text, Not(HasSubstr("insufficient"))) << id.value;
}

TEST_F(StatementTextsLive, TextsKeepTheNumbersOfTheirParameters) {
  auto session = application(*conninfo);
  session.execute("CREATE TABLE orders (id int, total numeric, status text)");
  session.query("SELECT id FROM orders WHERE status = 'open' AND total > 10 ORDER BY 1 LIMIT 5");
  session.query("SELECT id FROM orders WHERE total BETWEEN $2 AND $1", {"5", "1"});
  Probe probe(*conninfo);
  probe.must_run("statements");
  probe.must_run("statement_texts");
  for (const auto* const text : {"SELECT id FROM orders WHERE status = $1 AND total > $2 ORDER BY 1 LIMIT $3",
                                 "SELECT id FROM orders WHERE total BETWEEN $2 AND $1"}) {
    const auto id = id_of(*superuser, text);
    ASSERT_TRUE(id) << text;
    ASSERT_NE(probe.snapshot().text(id), nullptr) << text;
    EXPECT_EQ(*probe.snapshot().text(id), text);
  }
}

TEST_F(StatementTextsLive, UtilityStatementsAreMasked) {
  auto session = application(*conninfo);
  session.execute("DROP ROLE IF EXISTS masked");
  session.execute("CREATE ROLE masked PASSWORD 'hunter2'");
  session.execute("ALTER ROLE masked PASSWORD 'hunter3'");
  session.execute("SET application_name = 'hunter4'");
  session.execute("DROP ROLE masked");
  Probe probe(*conninfo);
  probe.must_run("statements");
  probe.must_run("statement_texts");
  std::string all;
  for (const auto& [id, text] : *probe.snapshot().texts) all += text + "\n";
  EXPECT_THAT(all, Not(HasSubstr("hunter")));
  EXPECT_THAT(all, HasSubstr("CREATE ROLE masked PASSWORD $1"));
}

TEST_F(StatementTextsLive, ATextIsFetchedOnceAndGoesWithItsStatement) {
  application(*conninfo).query("SELECT 1 AS first");
  Probe probe(*conninfo);
  const auto round = [&] {
    probe.must_run("statements");
    probe.must_run("statement_texts");
  };
  round();
  round();  // our own statements are new only in the first round
  const auto first = id_of(*superuser, "SELECT $1 AS first");
  round();
  const auto* const known = probe.snapshot().texts.data.get();
  round();
  EXPECT_EQ(probe.snapshot().texts.data.get(), known) << "nothing new, nothing fetched";
  ASSERT_NE(probe.snapshot().text(first), nullptr);
  superuser->execute("SELECT pg_stat_statements_reset()");
  application(*conninfo).query("SELECT 2, 3 AS second");
  round();
  EXPECT_EQ(probe.snapshot().text(first), nullptr);
  EXPECT_NE(probe.snapshot().text(id_of(*superuser, "SELECT $1, $2 AS second")), nullptr);
}

}  // namespace
}  // namespace pgsextant::collector
