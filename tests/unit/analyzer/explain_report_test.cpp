#include "analyzer/explain_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "analyzer/plan_json.hpp"

namespace pgsextant::analyzer {
namespace {

using testing::HasSubstr;
using testing::Not;

std::shared_ptr<const Plan> parsed(std::string_view text) {
  auto plans = parse_plan_json(text);
  if (!plans.ok()) throw std::runtime_error(plans.failure().message);
  return std::make_shared<const Plan>(std::move(plans->front()));
}

std::string report(std::string_view text, bool colours = false) {
  const auto plan = parsed(text);
  std::string shown = explain_text(*plan, find_in_plan(plan), colours);
  constexpr std::string_view narrow = "\u202F";
  for (auto at = shown.find(narrow); at != std::string::npos; at = shown.find(narrow))
    shown.replace(at, narrow.size(), " ");
  return shown;
}

constexpr std::string_view executed = R"json({"Plan": {"Node Type": "Limit", "Plan Rows": 10, "Total Cost": 2000,
    "Actual Startup Time": 4.0, "Actual Total Time": 4.0, "Actual Rows": 10, "Actual Loops": 1, "Plans": [
      {"Node Type": "Seq Scan", "Relation Name": "orders", "Alias": "o", "Filter": "(customer_id = 7)", "Plan Rows": 200,
       "Actual Startup Time": 0.0, "Actual Total Time": 3.0, "Actual Rows": 10, "Actual Loops": 1,
       "Rows Removed by Filter": 1499990, "Total Cost": 1900},
      {"Node Type": "Index Scan", "Index Name": "i", "Relation Name": "t", "Alias": "t", "Plan Rows": 5,
       "Actual Startup Time": 0.0, "Actual Total Time": 0.0, "Actual Rows": 0, "Actual Loops": 0, "Total Cost": 8}]},
    "Planning Time": 0.5, "Execution Time": 4.2})json";

TEST(ExplainText, SaysFirstWhatWasFoundThenShowsWhereTheTimeWent) {
  const std::string text = report(executed);
  EXPECT_THAT(text, HasSubstr("execution 4.2 ms, planning 500 µs"));
  const auto finding = text.find("warning: Sequential scan on orders reads 1.5 M rows to keep 10 (3 ms of 4.2 ms)");
  const auto scan = text.find("├─ Seq Scan on orders o  20× fewer rows than expected");
  ASSERT_NE(finding, std::string::npos) << text;
  ASSERT_NE(scan, std::string::npos) << text;
  EXPECT_LT(finding, scan);
  EXPECT_THAT(text, HasSubstr("     1 ms ██▌          25 %         10         10  Limit\n"))
      << "4 ms less the scan's 3";
  EXPECT_THAT(text, HasSubstr("     3 ms ███████▌     75 %         10        200  ├─ Seq Scan"));
  EXPECT_THAT(text, HasSubstr("filter: (customer_id = 7) (removes 1.5 M rows)"));
  EXPECT_THAT(text, HasSubstr("└─ Index Scan using i on t (never executed)"));
}

TEST(ExplainText, ShowsCostsWithoutAnalyze) {
  const std::string text =
      report(R"({"Plan": {"Node Type": "Sort", "Total Cost": 100, "Plan Rows": 7, "Sort Key": ["a", "b"],
      "Plans": [{"Node Type": "Seq Scan", "Relation Name": "t", "Alias": "t", "Total Cost": 60, "Plan Rows": 7}]}})");
  EXPECT_THAT(text, HasSubstr("the plan was not executed"));
  EXPECT_THAT(text, HasSubstr("own cost"));
  EXPECT_THAT(text, HasSubstr("       40 ████         40 %                     7  Sort\n"));
  EXPECT_THAT(text, HasSubstr("by a, b"));
  EXPECT_THAT(text, HasSubstr("Nothing found"));
}

TEST(ExplainText, ZeroRowsPerLoopSayNothingAboutManyLoops) {
  EXPECT_THAT(report(R"({"Plan": {"Node Type": "Index Scan", "Plan Rows": 1, "Actual Total Time": 0.001,
      "Actual Rows": 0, "Actual Loops": 1000}})"),
              Not(HasSubstr("none of the rows")));
  EXPECT_THAT(report(R"({"Plan": {"Node Type": "Index Scan", "Plan Rows": 1000, "Actual Total Time": 0.001,
      "Actual Rows": 0, "Actual Loops": 1}})"),
              HasSubstr("none of the rows expected"));
}

TEST(ExplainText, ColoursOnlyWhenAsked) {
  EXPECT_THAT(report(executed, true), HasSubstr("\x1b[31m"));
  EXPECT_THAT(report(executed, false), Not(HasSubstr("\x1b")));
}

TEST(ExplainText, APlanCannotCommandTheTerminal) {
  const std::string text =
      report(R"({"Plan": {"Node Type": "Seq Scan", "Relation Name": "t\u001b[2J\u0007", "Alias": "t",
      "Filter": "a\u009b2J\n"}})");
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\x07")));
  EXPECT_THAT(text, Not(HasSubstr("\u009b")));
  EXPECT_THAT(text, HasSubstr("t?[2J?"));
}

TEST(ExplainText, ShowsTriggersAndWhatASortTookOnDisk) {
  const std::string text =
      report(R"({"Plan": {"Node Type": "Sort", "Actual Total Time": 5, "Actual Rows": 1, "Actual Loops": 1,
      "Sort Space Type": "Disk", "Sort Space Used": 2048},
      "Triggers": [{"Trigger Name": "RI_1", "Constraint Name": "orders_fkey", "Relation": "orders", "Time": 12.5, "Calls": 3}]})");
  EXPECT_THAT(text, HasSubstr("12.5 ms  trigger orders_fkey on orders, 3 calls"));
  EXPECT_THAT(text, HasSubstr("sorts in Disk, 2 MB"));
  EXPECT_THAT(text, HasSubstr("warning: Sort writes 2 MB of temporary files"));
}

}  // namespace
}  // namespace pgsextant::analyzer
