#include "analyzer/plan_arithmetic.hpp"

#include <gtest/gtest.h>

#include <string>

#include "analyzer/plan_json.hpp"

namespace pgsextant::analyzer {
namespace {

constexpr double rounding = 1e-9;

Plan parsed(const std::string& root) {
  auto plans = parse_plan_json("{\"Plan\": " + root + "}");
  if (!plans.ok()) throw std::runtime_error(plans.failure().message);
  return std::move(plans->front());
}

/// A node with time and loops; `more` adds properties, `children` nodes.
std::string node(const std::string& type, double time, double loops, const std::string& more = {},
                 const std::string& children = {}) {
  return "{\"Node Type\": \"" + type +
         "\", \"Actual Startup Time\": 0.0, \"Actual Total Time\": " + std::to_string(time) +
         ", \"Actual Rows\": 1, \"Actual Loops\": " + std::to_string(loops) + (more.empty() ? "" : ", " + more) +
         (children.empty() ? "" : ", \"Plans\": [" + children + "]") + "}";
}

double exclusive(const std::vector<NodeFigures>& figures, std::size_t id) {
  return figures.at(id).exclusive_time->count();
}

double sum(const std::vector<NodeFigures>& figures) {
  double total = 0;
  for (const auto& f : figures) total += f.exclusive_time.value_or(Milliseconds{}).count();
  return total;
}

TEST(PlanArithmetic, TimesAndRowsArePerLoop) {
  // The inner side ran 100 times for 0.05 ms: 5 ms of the join's 12.
  const Plan plan = parsed(node("Nested Loop", 12, 1, "",
                                node("Seq Scan", 2, 1, "\"Rows Removed by Filter\": 7") + "," +
                                    node("Index Scan", 0.05, 100, "\"Rows Removed by Filter\": 3, \"Plan Rows\": 4")));
  const auto figures = compute_figures(plan);
  EXPECT_NEAR(figures[2].inclusive_time->count(), 5, rounding);
  EXPECT_NEAR(exclusive(figures, 0), 5, rounding);
  EXPECT_NEAR(exclusive(figures, 1), 2, rounding);
  EXPECT_EQ(figures[2].rows_total, 100);
  EXPECT_EQ(figures[1].rows_removed_total, 7);
  EXPECT_EQ(figures[2].rows_removed_total, 300);
  EXPECT_EQ(figures[2].row_misestimate, 0.25);
  EXPECT_FALSE(figures[1].row_misestimate.has_value()) << "no estimate was printed";
}

TEST(PlanArithmetic, WorkersRunSideBySide) {
  // Leader and two workers: 30 ms of scanning took 10 ms of the Gather's 11.
  const auto three = compute_figures(parsed(node("Gather", 11, 1, "\"Workers Launched\": 2", node("Seq Scan", 10, 3))));
  EXPECT_NEAR(exclusive(three, 0), 1, rounding);
  EXPECT_NEAR(exclusive(three, 1), 10, rounding);
  EXPECT_EQ(three[1].rows_total, 3);
  // One of the two workers came too late and ran nothing.
  const auto two = compute_figures(parsed(node("Gather", 11, 1, "\"Workers Launched\": 2", node("Seq Scan", 10, 2))));
  EXPECT_NEAR(exclusive(two, 1), 10, rounding);
}

TEST(PlanArithmetic, ANodeThatOnlyTheLeaderRanCountsItsShare) {
  // Parallel Append: 3 processes of 9 ms each, of which one spent 6 ms in a scan that is not parallel-aware.
  const auto figures =
      compute_figures(parsed(node("Gather", 10, 1, "", node("Append", 9, 3, "", node("Seq Scan", 6, 1)))));
  EXPECT_NEAR(figures[2].inclusive_time->count(), 2, rounding);
  EXPECT_NEAR(exclusive(figures, 1), 7, rounding);
  EXPECT_NEAR(sum(figures), 10, rounding);
}

TEST(PlanArithmetic, ACteCountsOnceInTheScanThatRanIt) {
  const std::string cte = "\"Parent Relationship\": \"InitPlan\", \"Subplan Name\": \"CTE big\"";
  const auto figures = compute_figures(
      parsed(node("Hash Join", 20, 1, "",
                  node("Seq Scan", 12, 1, cte) + "," + node("CTE Scan", 1, 1, "\"CTE Name\": \"big\"") + "," +
                      node("Hash", 14, 1, "", node("CTE Scan", 13.5, 1, "\"CTE Name\": \"big\"")))));
  EXPECT_NEAR(exclusive(figures, 0), 5, rounding);    // 20 − 1 − 14
  EXPECT_NEAR(exclusive(figures, 1), 12, rounding);   // the CTE itself
  EXPECT_NEAR(exclusive(figures, 2), 1, rounding);    // read what was there
  EXPECT_NEAR(exclusive(figures, 4), 1.5, rounding);  // 13.5 − 12
  EXPECT_NEAR(sum(figures), 20, rounding);
}

TEST(PlanArithmetic, AnInitPlanCountsOnceInTheNodeThatAskedForIt) {
  for (const auto& [name, filter] : {std::pair{"InitPlan 1 (returns $1)", "(x = $1)"},
                                     std::pair{"InitPlan 1", "(x = (InitPlan 1).col1)"}}) {  // before 17, and since
    const std::string init = "\"Parent Relationship\": \"InitPlan\", \"Subplan Name\": \"" + std::string(name) + "\"";
    const auto figures = compute_figures(
        parsed(node("Aggregate", 10, 1, "",
                    node("Result", 6, 1, init) + "," + node("Seq Scan", 3, 1, R"x("Filter": "(y = $10)")x") + "," +
                        node("Seq Scan", 7, 1, "\"Filter\": \"" + std::string(filter) + "\""))));
    EXPECT_NEAR(exclusive(figures, 0), 0, rounding);
    EXPECT_NEAR(exclusive(figures, 1), 6, rounding);
    EXPECT_NEAR(exclusive(figures, 2), 3, rounding);
    EXPECT_NEAR(exclusive(figures, 3), 1, rounding);
    EXPECT_NEAR(sum(figures), 10, rounding);
  }
}

TEST(PlanArithmetic, TheLeaderComputesInitPlansForItsWorkers) {
  const std::string init = R"x("Parent Relationship": "InitPlan", "Subplan Name": "InitPlan 1 (returns $0)")x";
  const auto figures = compute_figures(parsed(node(
      "Gather", 20, 1, "", node("Result", 8, 1, init) + "," + node("Seq Scan", 10, 2, R"x("Filter": "(x = $0)")x"))));
  EXPECT_NEAR(exclusive(figures, 0), 2, rounding);
  EXPECT_NEAR(exclusive(figures, 2), 10, rounding);
  EXPECT_NEAR(sum(figures), 20, rounding);
}

TEST(PlanArithmetic, ANegativeRemainderIsKept) {
  const auto figures = compute_figures(parsed(node("Limit", 1.0, 1, "", node("Sort", 1.002, 1))));
  EXPECT_NEAR(exclusive(figures, 0), -0.002, rounding);
  EXPECT_NEAR(sum(figures), 1, rounding);
}

TEST(PlanArithmetic, SaysNothingThatThePlanDoesNotSay) {
  const auto estimated = compute_figures(parsed(R"({"Node Type": "Sort", "Total Cost": 12.0, "Plan Rows": 5,
      "Plans": [{"Node Type": "Seq Scan", "Total Cost": 10.0}]})"));
  EXPECT_FALSE(estimated[0].inclusive_time.has_value());
  EXPECT_FALSE(estimated[0].rows_total.has_value());
  EXPECT_FALSE(estimated[0].row_misestimate.has_value());
  EXPECT_EQ(estimated[0].exclusive_cost, 2);
  const auto timing_off =
      compute_figures(parsed(R"({"Node Type": "Result", "Actual Rows": 3, "Actual Loops": 2, "Plan Rows": 1})"));
  EXPECT_FALSE(timing_off[0].exclusive_time.has_value());
  EXPECT_EQ(timing_off[0].rows_total, 6);
  const auto never = compute_figures(parsed(node("Result", 0, 0, "\"Plan Rows\": 9")));
  EXPECT_EQ(never[0].inclusive_time, Milliseconds(0));
  EXPECT_FALSE(never[0].row_misestimate.has_value()) << "a node that never ran refutes no estimate";
}

TEST(PlanArithmetic, ALimitBelowItsChildsCostIsFree) {
  const auto figures = compute_figures(parsed(
      R"({"Node Type": "Limit", "Total Cost": 1.0, "Plans": [{"Node Type": "Seq Scan", "Total Cost": 100.0}]})"));
  EXPECT_EQ(figures[0].exclusive_cost, 0);
}

}  // namespace
}  // namespace pgsextant::analyzer
