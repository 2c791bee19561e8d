#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "correlated_columns";

/// 200,000 customers; the search returns 2,000 rows where 50 are expected.
World mailing(double expected = 50, std::int64_t returned = 2000) {
  World world;
  world.table("customers", 200'000, {"country text", "city text"});
  world.statement(5, "SELECT id, email FROM customers WHERE country = $1 AND city = $2", 10, returned * 10);
  world.plan(5, R"({"Plan": {"Node Type": "Index Scan", "Relation Name": "customers", "Plan Rows": )" +
                    std::to_string(expected) + "}}");
  return world;
}

TEST(CorrelatedColumns, FiresWithTheStatisticsToCreate) {
  const auto findings = mailing().find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title),
            "A search of public.customers by city, country returns 2 k rows where the planner expects 50");
  EXPECT_EQ(findings[0].remedy_sql,
            "CREATE STATISTICS public.customers_city_country_stx (dependencies, mcv) ON city, country FROM "
            "public.customers;\nANALYZE public.customers;");
  EXPECT_EQ(findings[0].object.name, "public.customers");
}

TEST(CorrelatedColumns, BothThresholdsHaveToBeReached) {
  EXPECT_THAT(mailing(200).find(rule), SizeIs(1)) << "exactly ten times";
  EXPECT_THAT(mailing(201).find(rule), IsEmpty()) << "less than ten times";
  EXPECT_THAT(mailing(10, 110).find(rule), SizeIs(1)) << "exactly 100 rows more";
  EXPECT_THAT(mailing(10, 109).find(rule), IsEmpty()) << "less than 100 rows more";
}

TEST(CorrelatedColumns, StaysQuietWhenCommonValuesExplainIt) {
  World world = mailing();
  auto& columns = world.schema->tables[0].columns;
  columns[0].statistics.emplace().top_frequency = 0.1;
  columns[1].statistics.emplace().top_frequency = 0.1;  // 200,000 × 0.1 × 0.1 = 2,000: independent columns reach it
  EXPECT_THAT(world.find(rule), IsEmpty());
  columns[1].statistics->top_frequency = 0.01;
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(CorrelatedColumns, StaysQuietWhenThePlannerWasTold) {
  World world = mailing();
  world.schema->extended_statistics.push_back({"s", world.schema->tables[0].oid, {"city", "country"}, "d"});
  EXPECT_THAT(world.find(rule), SizeIs(1)) << "ndistinct alone does not help a WHERE";
  world.schema->extended_statistics[0].kinds = "df";
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(CorrelatedColumns, StaysQuietWhereOtherThingsExplainTheEstimate) {
  for (const auto* text : {
           "SELECT id FROM customers WHERE country = $1",
           "SELECT id FROM customers WHERE country = $1 AND city = $2 LIMIT $3",
           "SELECT count(*) FROM customers WHERE country = $1 AND city = $2",
           "SELECT country FROM customers WHERE country = $1 AND city = $2 GROUP BY country",
           "SELECT id FROM customers WHERE country = $1 AND city = ANY ($2)",
           "SELECT id FROM customers WHERE country = $1 AND city IN ($2, $3)",
           "SELECT id FROM customers WHERE country = $1 AND city = $2 AND id > $3",
           "SELECT id FROM customers WHERE country = $1 AND lower(city) = $2",
           "SELECT c.id FROM customers c JOIN orders o ON true WHERE c.country = $1 AND c.city = $2",
           "UPDATE customers SET newsletter = $3 WHERE country = $1 AND city = $2",
       }) {
    World world = mailing();
    world.texts[QueryId{5}] = text;
    EXPECT_THAT(world.find(rule), IsEmpty()) << text;
  }
}

TEST(CorrelatedColumns, StaysQuietWithoutPlanTextOrCalls) {
  World no_plan = mailing();
  no_plan.plans.clear();
  EXPECT_THAT(no_plan.find(rule), IsEmpty());
  World no_text = mailing();
  no_text.texts.clear();
  EXPECT_THAT(no_text.find(rule), IsEmpty());
  World no_calls = mailing();
  no_calls.window.statements.entries.clear();
  EXPECT_THAT(no_calls.find(rule), IsEmpty());
  World no_schema = mailing();
  no_schema.schema.reset();
  EXPECT_THAT(no_schema.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
