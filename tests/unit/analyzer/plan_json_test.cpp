#include "analyzer/plan_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace pgsextant::analyzer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string message_of(std::string_view text) {
  const auto plans = parse_plan_json(text);
  return plans.ok() ? "accepted" : plans.failure().message;
}

// As PostgreSQL 15 prints EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON), cut down by hand.
constexpr std::string_view analysed = R"json([
  {
    "Plan": {
      "Node Type": "Sort",
      "Parallel Aware": false,
      "Startup Cost": 12.50,
      "Total Cost": 13.00,
      "Plan Rows": 200,
      "Plan Width": 8,
      "Actual Startup Time": 1.500,
      "Actual Total Time": 1.750,
      "Actual Rows": 190,
      "Actual Loops": 1,
      "Sort Key": ["a", "b DESC"],
      "Sort Method": "external merge",
      "Sort Space Used": 4096,
      "Sort Space Type": "Disk",
      "Shared Hit Blocks": 7,
      "Temp Written Blocks": 512,
      "Workers": [ {"Worker Number": 0} ],
      "Plans": [
        {
          "Node Type": "Seq Scan",
          "Parent Relationship": "Outer",
          "Parallel Aware": true,
          "Relation Name": "orders",
          "Schema": "public",
          "Alias": "o",
          "Filter": "(status = 'new'::text)",
          "Rows Removed by Filter": 10,
          "Actual Rows": 95.50,
          "Actual Loops": 2,
          "Made Up By A Fork": -1.50e1
        },
        { "Node Type": "Quantum Scan", "Parent Relationship": "InitPlan", "Subplan Name": "InitPlan 1 (returns $0)" }
      ]
    },
    "Settings": { "work_mem": "64kB" },
    "Planning": { "Shared Hit Blocks": 3 },
    "Planning Time": 0.250,
    "Triggers": [
      { "Trigger Name": "t", "Constraint Name": "c", "Relation": "orders", "Time": 0.500, "Calls": 3 }
    ],
    "JIT": { "Functions": 4, "Timing": { "Generation": 0.5, "Total": 9.25 } },
    "Execution Time": 2.000
  }
])json";

TEST(PlanJson, ReadsEveryPartOfAnAnalysedPlan) {
  const auto plans = parse_plan_json(analysed);
  ASSERT_TRUE(plans.ok()) << plans.failure().message;
  ASSERT_EQ(plans->size(), 1U);
  const Plan& plan = plans->front();
  EXPECT_TRUE(plan.executed());
  EXPECT_EQ(plan.planning_time, Milliseconds(0.25));
  EXPECT_EQ(plan.execution_time, Milliseconds(2));
  EXPECT_EQ(plan.jit_time, Milliseconds(9.25));
  EXPECT_EQ(plan.settings.at("work_mem"), "64kB");
  EXPECT_EQ(plan.other.at("Planning"), R"({ "Shared Hit Blocks": 3 })");
  ASSERT_EQ(plan.triggers.size(), 1U);
  EXPECT_EQ(plan.triggers[0].relation, "orders");
  EXPECT_EQ(plan.triggers[0].calls, 3);
  EXPECT_EQ(plan.triggers[0].time, Milliseconds(0.5));

  const PlanNode& sort = *plan.root;
  EXPECT_EQ(sort.type, "Sort");
  EXPECT_EQ(sort.startup_cost, 12.5);
  EXPECT_EQ(sort.rows_estimated, 200);
  EXPECT_EQ(sort.width, 8);
  EXPECT_EQ(sort.total_time, Milliseconds(1.75));
  EXPECT_THAT(sort.sort_keys, ElementsAre("a", "b DESC"));
  EXPECT_EQ(sort.sort_space_kb, 4096);
  ASSERT_TRUE(sort.buffers.has_value());
  EXPECT_EQ(sort.buffers->shared_hit, Blocks{7});
  EXPECT_EQ(sort.buffers->temp_written, Blocks{512});
  EXPECT_EQ(sort.other.at("Workers"), R"([ {"Worker Number": 0} ])");

  ASSERT_EQ(sort.children.size(), 2U);
  const PlanNode& scan = *sort.children[0];
  EXPECT_TRUE(scan.parallel_aware);
  EXPECT_EQ(scan.relation, "orders");
  EXPECT_EQ(scan.rows_per_loop, 95.5);
  EXPECT_EQ(scan.removed_by_filter, 10);
  EXPECT_FALSE(scan.buffers.has_value());
  EXPECT_EQ(scan.other.at("Made Up By A Fork"), "-1.50e1");
  EXPECT_EQ(sort.children[1]->type, "Quantum Scan");
  EXPECT_EQ(sort.children[1]->relation_to_parent, "InitPlan");
}

TEST(PlanJson, NumbersNodesDepthFirstAndAnewInEveryPlan) {
  const auto plans =
      parse_plan_json(R"([{"Plan":{"Node Type":"A","Plans":[{"Node Type":"B","Plans":[{"Node Type":"C"}]},
      {"Node Type":"D"}]}}, {"Plan":{"Node Type":"E"}}])");
  ASSERT_TRUE(plans.ok()) << plans.failure().message;
  std::string order;
  for_each_node(*plans->front().root,
                [&](const PlanNode& node, const PlanNode*) { order += node.type + std::to_string(node.id) + " "; });
  EXPECT_EQ(order, "A0 B1 C2 D3 ");
  EXPECT_EQ(plans->back().root->id, 0);
}

TEST(PlanJson, ReadsTheObjectOfAutoExplain) {
  const auto plans = parse_plan_json(R"({"Query Text": "SELECT\n1;", "Plan": {"Node Type": "Result"}})");
  ASSERT_TRUE(plans.ok()) << plans.failure().message;
  EXPECT_EQ(plans->front().query, "SELECT\n1;");
  EXPECT_FALSE(plans->front().executed());
}

// PostgreSQL before 13 prints "Workers" twice for a parallel sort with BUFFERS (TRAPS.md).
TEST(PlanJson, LosesNoRepeatedName) {
  const auto plans = parse_plan_json(
      R"({"Plan": {"Node Type": "Sort", "Workers": [1], "Workers": [2], "Filter": "a", "Filter": "b"}})");
  ASSERT_TRUE(plans.ok()) << plans.failure().message;
  const PlanNode& root = *plans->front().root;
  EXPECT_EQ(root.other.at("Workers"), "[1]");
  EXPECT_EQ(root.other.at("Workers (2)"), "[2]");
  EXPECT_EQ(root.filter, "a");
  EXPECT_EQ(root.other.at("Filter"), "\"b\"");
}

TEST(PlanJson, SaysWhereAndWhatWasExpected) {
  struct Case {
    std::string_view text, place, expected;
  };
  for (const Case& c : {
           Case{"", "line 1, column 1:", "unexpected end of input"},
           Case{"QUERY PLAN", "line 1, column 1:", "invalid literal"},
           Case{"[]", "line 1, column 2:", "expected at least one plan"},
           Case{"7", "line 1, column 1:", "expected an array of plans"},
           Case{"[\"Utility Statement\"]", "line 1, column 20:", "expected an object with a property \"Plan\""},
           Case{"{}", "line 1, column 2:", "expected a property \"Plan\""},
           Case{"{\"Plan\": 0}", "", "expected an object for \"Plan\""},
           Case{"{\"Plan\": {}}", "line 1, column 11:", "expected a property \"Node Type\""},
           Case{"{\"Plan\":\n{\"Node Type\": \"A\",\n \"Plan Rows\": \"many\"}}",
                "line 3, column 20:", "expected a number for \"Plan Rows\""},
           Case{"{\"Plan\": {\"Node Type\": \"A\", \"Plan Width\": 99999999999}}", "",
                "expected an integer for \"Plan Width\""},
           Case{"{\"Plan\": {\"Node Type\": \"A\", \"Total Cost\": 1e999}}", "", "expected a number that fits"},
           Case{"{\"Plan\": {\"Node Type\": \"A\", \"Plans\": {}}}", "", "expected an array for \"Plans\""},
           Case{"{\"Plan\": {\"Node Type\": \"A\", \"Plans\": [1]}}", "", "expected plan nodes"},
           Case{"{\"Plan\": {\"Node Type\": \"A\", \"Output\": \"x\"}}", "",
                "expected an array of strings for \"Output\""},
           Case{"{\"Plan\": {\"Node Type\": \"A\", \"Output\": [3]}}", "", "expected a string for \"Output\""},
           Case{"{\"Plan\": {\"Node Type\": \"A\"}, \"Plan\": {\"Node Type\": \"B\"}}", "", "expected one object"},
           Case{"[{\"Plan\": {\"Node Type\": \"A\"}}] (1 row)", "line 1, column 32:", "expected end of input"},
       }) {
    const std::string message = message_of(c.text);
    EXPECT_THAT(message, HasSubstr(c.place)) << c.text;
    EXPECT_THAT(message, HasSubstr(c.expected)) << c.text;
  }
}

TEST(PlanJson, ErrorsRepeatNothingOfTheQuery) {
  EXPECT_THAT(message_of("{\"Query Text\": \"SELECT 'hunter2\n"), testing::Not(HasSubstr("hunter2")));
}

std::string nested(int levels) {
  std::string text = R"({"Plan": )";
  for (int i = 1; i < levels; ++i) text += R"({"Node Type": "Append", "Plans": [)";
  text += R"({"Node Type": "Result"})";
  for (int i = 1; i < levels; ++i) text += "]}";
  return text + "}";
}

TEST(PlanJson, IsBounded) {
  EXPECT_EQ(message_of(nested(max_plan_depth)), "accepted");
  EXPECT_THAT(message_of(nested(max_plan_depth + 1)), HasSubstr("more than 500 levels"));

  std::string wide = R"({"Plan": {"Node Type": "Append", "Plans": [)";
  for (int i = 0; i < max_plan_nodes; ++i) wide += R"({"Node Type":"R"},)";
  EXPECT_THAT(message_of(wide), HasSubstr("more than 100000 nodes"));

  EXPECT_THAT(message_of(R"({"Extra": )" + std::string(1000, '[')), HasSubstr("nested too deeply"));

  std::string repeated = R"({"Plan": {"Node Type": "R")";
  for (int i = 0; i < 200; ++i) repeated += R"(,"X":1)";
  EXPECT_THAT(message_of(repeated), HasSubstr("repeated too often"));

  EXPECT_THAT(message_of(std::string(max_plan_bytes + 1, ' ')), HasSubstr("64 MiB"));
}

}  // namespace
}  // namespace pgsextant::analyzer
