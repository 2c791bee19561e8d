// The faults that only a living shop has.

#include <gmock/gmock.h>

#include <cmath>
#include <thread>

#include "tests/live/demo/running_shop.hpp"

namespace pgsextant::demo {
namespace {

using std::chrono::seconds;

class LoadFaults : public RunningShop {
 protected:
  /// True as soon as the query returns a row.
  static bool soon(seconds longest, std::string_view sql) {
    auto session = primary();
    return eventually(longest, [&] { return !session.query(sql).empty(); });
  }
};

TEST_F(LoadFaults, RunEveryStatementThatMissesAnIndex) {
  auto session = primary();
  for (const auto& fault : faults()) {
    if (fault.kind != Fault::Kind::missing_index) continue;
    EXPECT_TRUE(eventually(seconds(30), [&] {
      return !session.query("SELECT 1 FROM pg_stat_statements WHERE query = $1 AND calls >= 3", {fault.statement})
                  .empty();
    })) << fault.id;
  }
}

TEST_F(LoadFaults, KeepTheLoadModest) {
  auto session = primary();
  const auto totals = [&] { return session.query("SELECT sum(calls), sum(total_exec_time) FROM pg_stat_statements"); };
  const auto before = totals();
  std::this_thread::sleep_for(seconds(5));
  const auto after = totals();
  const auto rate = (after.real(0, 0) - before.real(0, 0)) / 5;
  EXPECT_GE(rate, 50);
  EXPECT_LE(rate, 110);
  EXPECT_LE(session.query("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'shop-%'").integer(0, 0),
            12);
}

TEST_F(LoadFaults, ForgetATransaction) {
  const std::string_view idle =
      "SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' AND application_name = 'shop-batch' "
      "AND backend_xid IS NOT NULL AND now() - state_change > interval '5 s'";
  ASSERT_TRUE(soon(seconds(15), idle));
}

TEST_F(LoadFaults, MakeThreeSessionsWaitInLine) {
  EXPECT_TRUE(soon(seconds(25), R"(
    SELECT last.pid FROM pg_stat_activity last
    JOIN pg_stat_activity middle ON middle.pid = ANY (pg_blocking_pids(last.pid))
    JOIN pg_stat_activity first ON first.pid = ANY (pg_blocking_pids(middle.pid))
    WHERE now() - last.state_change > interval '5 s' AND first.wait_event_type IS DISTINCT FROM 'Lock')"));
}

TEST_F(LoadFaults, Deadlock) {
  EXPECT_TRUE(soon(seconds(20), "SELECT 1 FROM pg_stat_database WHERE datname = 'shop' AND deadlocks > 0"));
}

TEST_F(LoadFaults, SortOnDiskInOneStatement) {
  EXPECT_TRUE(soon(seconds(20), "SELECT 1 FROM pg_stat_statements WHERE temp_blks_written > 0"));
  const auto rows = primary().query("SELECT query FROM pg_stat_statements WHERE temp_blks_written > 0");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_THAT(std::string(rows.text(0, 0)), ::testing::HasSubstr("row_number() OVER"));
}

TEST_F(LoadFaults, FetchEachCustomerOfAList) {
  const std::string_view counts = R"(
    SELECT lists.rows, lookups.calls FROM pg_stat_statements lists, pg_stat_statements lookups
    WHERE lists.query = 'SELECT id, customer_id, status, total, created_at FROM orders ORDER BY id DESC LIMIT $1'
      AND lookups.query = 'SELECT id, full_name, email, phone, country, city FROM customers WHERE id = $1'
      AND lists.calls >= 5)";
  ASSERT_TRUE(soon(seconds(25), counts));
  const auto rows = primary().query(counts);
  EXPECT_NEAR(rows.real(0, 1) / rows.real(0, 0), 1, 0.1);
}

TEST_F(LoadFaults, WriteWithAndWithoutIndexes) {
  EXPECT_TRUE(
      soon(seconds(20), "SELECT 1 FROM pg_stat_user_tables WHERE relname = 'inventory' AND n_tup_hot_upd > 10"));
  EXPECT_TRUE(
      soon(seconds(20), "SELECT 1 FROM pg_stat_statements WHERE query LIKE 'INSERT INTO orders%' AND calls > 3"));
}

TEST_F(LoadFaults, HideNothingBehindTheMarker) {
  const auto rows = primary().query(
      "SELECT 1 FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid "
      "WHERE rolname = 'shop_app' AND query LIKE '/* pgsextant */ SELECT % FROM %'");
  EXPECT_TRUE(rows.empty());
}

TEST_F(LoadFaults, KeepThePasswordOutOfTheStatistics) {
  EXPECT_TRUE(primary().query("SELECT 1 FROM pg_stat_statements WHERE query ILIKE '%create role%'").empty());
}

TEST_F(LoadFaults, LeaveTheStandbyFifteenSecondsBehind) {
  EXPECT_TRUE(soon(seconds(45),
                   "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND replay_lag > interval '10 s' "
                   "AND pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) > 0"));
  auto copy = standby();
  EXPECT_TRUE(copy.query("SELECT pg_is_in_recovery()").boolean(0, 0));
  EXPECT_GT(copy.query("SELECT count(*) FROM orders").integer(0, 0), 0);
}

}  // namespace
}  // namespace pgsextant::demo
