#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "selective_seq_scan";

std::string scan(double rows, const std::string& more = {}) {
  return R"({"Plan": {"Node Type": "Seq Scan", "Relation Name": "orders", "Alias": "o", "Filter": "x = 1",
      "Plan Rows": )" +
         std::to_string(rows) + more + "}}";
}

/// Under a Gather with two workers.
std::string parallel_scan(const std::string& more) {
  return R"({"Plan": {"Node Type": "Gather", "Workers Planned": 2, "Actual Rows": 30, "Actual Loops": 1, "Plans": [
      {"Node Type": "Seq Scan", "Parallel Aware": true, "Relation Name": "orders", "Alias": "orders", "Filter": "x = 1")" +
         more + "}]}}";
}

TEST(SelectiveSeqScan, FiresByEstimateAgainstTheTablesRows) {
  World world;
  world.table("orders", 1.5e6);
  world.statement(7, "SELECT * FROM orders WHERE tracking_code = $1", 10, 10, 900);
  world.statement(8, "SELECT 1", 10, 10, 100);
  world.plan(7, scan(12));
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Sequential scan on public.orders reads 1.5 M rows to keep 12");
  EXPECT_EQ(findings[0].key, "selective_seq_scan/shop/table/public.orders/7");
  EXPECT_EQ(findings[0].statement, QueryId{7});
  EXPECT_DOUBLE_EQ(findings[0].load_share.value(), 0.9);
  EXPECT_EQ(findings[0].evidence[0].basis, Basis::estimated);
}

TEST(SelectiveSeqScan, FiresByWhatAnExecutedScanDid) {
  World world;
  world.schema.reset();  // as for a plan from a file
  world.plan(0, scan(1, R"(, "Actual Rows": 12, "Actual Loops": 1, "Rows Removed by Filter": 1499988)"));
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(figure(findings[0], "rows scanned"), 1.5e6);
  EXPECT_EQ(findings[0].evidence[0].basis, Basis::measured);
}

TEST(SelectiveSeqScan, AddsUpWhatTheProcessesOfAParallelScanDid) {
  World world;
  world.plan(0, parallel_scan(R"(, "Actual Rows": 10, "Actual Loops": 3, "Rows Removed by Filter": 9990)"));
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(figure(findings[0], "rows scanned"), 30'000);
}

TEST(SelectiveSeqScan, AScanOnTheInnerSideIsJudgedByOneRun) {
  World world;  // 5,000 rows each time, however often
  world.plan(0, scan(1, R"(, "Actual Rows": 1, "Actual Loops": 100, "Rows Removed by Filter": 4999)"));
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(SelectiveSeqScan, TheBoundaryIsFivePercent) {
  World world;
  world.table("orders", 100'000);
  world.plan(7, scan(4999));
  EXPECT_THAT(world.find(rule), SizeIs(1));
  world.plans.clear();
  world.plan(7, scan(5000));
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(SelectiveSeqScan, TheTableHasToBeOfSomeSize) {
  World world;
  world.table("orders", 9999);
  world.plan(7, scan(1));
  EXPECT_THAT(world.find(rule), IsEmpty());
  world.schema->tables[0].pages = Blocks{1000};  // few rows, but wide
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(SelectiveSeqScan, RowsOfAPartialScanAreThoseOfOneProcess) {
  World world;  // 2.4 times 2,500 rows are 6 % of the table: PostgreSQL divides by 2 workers + 0.4 of a leader
  world.table("orders", 100'000);
  world.plan(7, R"({"Plan": {"Node Type": "Gather", "Workers Planned": 2, "Plans": [{"Node Type": "Seq Scan",
      "Parallel Aware": true, "Relation Name": "orders", "Alias": "orders", "Filter": "x", "Plan Rows": 2500}]}})");
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(SelectiveSeqScan, StaysQuietWithoutAFilterAndForIndexScans) {
  World world;
  world.table("orders", 1.5e6);
  world.plan(7, R"({"Plan": {"Node Type": "Seq Scan", "Relation Name": "orders", "Plan Rows": 1}})");
  world.plan(8, R"({"Plan": {"Node Type": "Index Scan", "Relation Name": "orders", "Filter": "x", "Plan Rows": 1}})");
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(SelectiveSeqScan, StaysQuietWhenTheTablesRowsAreNotKnown) {
  World world;
  world.plan(7, scan(1));
  EXPECT_THAT(world.find(rule), IsEmpty()) << "the table is not in the schema";
  world.table("orders", -1);
  EXPECT_THAT(world.find(rule), IsEmpty()) << "never analysed";
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
