// Expected values: EXPLAIN of PostgreSQL 15.20 with real indexes on the table of orders_schema.hpp.

#include "twin/planner_cost.hpp"

#include <gtest/gtest.h>

namespace pgsextant::twin {
namespace {

constexpr double printed = 0.01;  // EXPLAIN rounds to two decimals

const RelationSize orders{3252, 200000};
const RelationSize customer_index{232, 200000};  // root at level 1
const RelationSize created_index{551, 200000};   // root at level 2

IndexScanInput by_customer() {
  IndexScanInput scan;
  scan.heap = orders;
  scan.index = customer_index;
  scan.selectivity = scan.boundary_selectivity = 1.0 / 19997;
  scan.correlation = 0.0007163056;
  scan.index_conditions = 1;
  return scan;
}

IndexScanInput since() {
  IndexScanInput scan;
  scan.heap = orders;
  scan.index = created_index;
  scan.selectivity = scan.boundary_selectivity = 1.0 / 3;
  scan.correlation = -0.9999984;
  scan.index_conditions = 1;
  return scan;
}

TEST(PlannerCost, BitmapScanOfAnEquality) {
  const auto access = btree_access_cost(by_customer(), {});
  EXPECT_NEAR(access.total, 4.37, printed);
  const auto scan = bitmap_scan_cost(by_customer(), access, {});
  EXPECT_NEAR(scan.startup, 4.37, printed);
  EXPECT_NEAR(scan.total, 42.83, printed);
}

TEST(PlannerCost, IndexScanWithAFilter) {
  auto input = by_customer();
  input.filter_conditions = 1;
  const auto scan = index_scan_cost(input, btree_access_cost(input, {}), {});
  EXPECT_NEAR(scan.startup, 0.29, printed);
  EXPECT_NEAR(scan.total, 44.49, printed);
}

TEST(PlannerCost, CorrelatedRangeReadsPagesInOrder) {
  const auto scan = index_scan_cost(since(), btree_access_cost(since(), {}), {});
  EXPECT_NEAR(scan.startup, 0.42, printed);
  EXPECT_NEAR(scan.total, 2990.13, printed);
}

TEST(PlannerCost, BitmapScanOfARange) {
  const auto access = btree_access_cost(since(), {});
  EXPECT_NEAR(access.total, 1236.42, printed);
  const auto scan = bitmap_scan_cost(since(), access, {});
  EXPECT_NEAR(scan.startup, 1253.09, printed);
  EXPECT_NEAR(scan.total, 5338.43, printed);
}

// Nested Loop over 1,000 rows of a table of 5 pages: its inner side.
TEST(PlannerCost, RepeatedScansShareTheirPages) {
  auto input = by_customer();
  input.loops = 1000;
  const auto access = btree_access_cost(input, {});
  EXPECT_NEAR(index_scan_cost(input, access, {}).total, 14.41, printed);
  EXPECT_NEAR(access.total, 1.30, printed);
  EXPECT_NEAR(bitmap_scan_cost(input, access, {}).total, 17.00, printed);
}

// gincostestimate() knows the real counts from the index's meta page; this one takes the shares of a stale index.
TEST(PlannerCost, GinContainment) {
  IndexScanInput input;
  input.heap = orders;
  input.index = {272, 200000};
  input.selectivity = input.boundary_selectivity = 0.01;
  input.index_conditions = 1;
  const auto access = gin_access_cost(input, {});
  EXPECT_NEAR(access.total, 27.00, 27.00 * 0.15);
  EXPECT_NEAR(bitmap_scan_cost(input, access, {}).total, 3024.15, 3024.15 * 0.01);
}

TEST(PlannerCost, PagesFetchedNeverExceedTheTableThatFitsTheCache) {
  EXPECT_EQ(index_pages_fetched(1e9, 3252, 232, {}), 3252);
  EXPECT_EQ(index_pages_fetched(1, 3252, 232, {}), 1);
}

// Mackert and Lohman: with a cache of a tenth of the table, pages are read again and again.
TEST(PlannerCost, ASmallCacheReadsPagesAgain) {
  PlannerCosts small;
  small.cache_pages = 348;  // b = ceil(348 * 3252 / 3484) = 325
  // lim = 2*3252*325 / (2*3252 - 325) = 342.09…; 325 + (10000 - 342.09) * (3252 - 325) / 3252 = 9017.7…
  EXPECT_EQ(index_pages_fetched(10000, 3252, 232, small), 9018);
}

TEST(PlannerCost, BitmapBeyondWorkMemChecksWholePages) {
  PlannerCosts small;
  small.work_memory = 64 * 1024;  // 1,024 entries
  const auto access = btree_access_cost(since(), {});
  EXPECT_GT(bitmap_scan_cost(since(), access, small).total, bitmap_scan_cost(since(), access, {}).total);
}

TEST(PlannerCost, HeightOfABtree) {
  EXPECT_EQ(btree_height(1), 0);
  EXPECT_EQ(btree_height(232), 1);  // both as bt_metap() says
  EXPECT_EQ(btree_height(551), 2);
}

// get_parallel_divisor(): the leader helps, less so with more workers.
TEST(PlannerCost, ParallelDivisor) {
  EXPECT_DOUBLE_EQ(parallel_divisor(2, {}), 2.4);
  EXPECT_DOUBLE_EQ(parallel_divisor(4, {}), 4);
  PlannerCosts without_leader;
  without_leader.leader_participates = false;
  EXPECT_DOUBLE_EQ(parallel_divisor(2, without_leader), 2);
}

TEST(PlannerCost, SettingsInTheirOwnUnits) {
  Settings settings;
  settings.entries = {{"effective_cache_size", "1000", "8kB", "integer", "default"},
                      {"parallel_leader_participation", "off", "", "bool", "default"},
                      {"random_page_cost", "1.1", "", "real", "default"},
                      {"work_mem", "64", "kB", "integer", "default"}};
  const auto costs = planner_costs(settings);
  EXPECT_DOUBLE_EQ(costs.cache_pages, 1000);
  EXPECT_DOUBLE_EQ(costs.random_page, 1.1);
  EXPECT_DOUBLE_EQ(costs.seq_page, 1.0);
  EXPECT_DOUBLE_EQ(costs.work_memory, 65536);
  EXPECT_FALSE(costs.leader_participates);
}

}  // namespace
}  // namespace pgsextant::twin
