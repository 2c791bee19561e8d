// The faults of plans: asked of PostgreSQL's own planner, with hypothetical indexes.

#include <gmock/gmock.h>

#include "tests/live/demo/running_shop.hpp"

namespace pgsextant::demo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct GenericPlan {
  std::string text;
  double cost = 0;
  double rows = 0;
};

bool has_hypopg(pg::Session& session) {
  return !session.query("SELECT 1 FROM pg_extension WHERE extname = 'hypopg'").empty();
}

/// The plan for parameters that nobody knows, with a hypothetical index if `index` is not empty.
GenericPlan generic_plan(pg::Session session, const std::string& statement, int parameters,
                         const std::string& index = "") {
  if (!index.empty()) session.query("SELECT hypopg_create_index($1)", {"CREATE INDEX ON " + index});
  session.query("SET plan_cache_mode = force_generic_plan");
  session.query("PREPARE asked AS " + statement);
  std::string nulls = "NULL";
  for (int i = 1; i < parameters; ++i) nulls += ", NULL";
  GenericPlan plan;
  const auto lines = session.query("EXPLAIN EXECUTE asked (" + nulls + ")");
  for (std::size_t row = 0; row < lines.size(); ++row) plan.text.append(lines.text(row, 0)).append("\n");
  // "Limit  (cost=0.42..2.64 rows=1 width=40)"
  plan.cost = std::stod(plan.text.substr(plan.text.find("..") + 2));
  plan.rows = std::stod(plan.text.substr(plan.text.find("rows=") + 5));
  return plan;
}

/// Highest $n of a statement.
int parameters_of(const std::string& statement) {
  int count = 0;
  while (statement.find("$" + std::to_string(count + 1)) != std::string::npos) ++count;
  return count;
}

class PlanFaults : public RunningShop {
 protected:
  static GenericPlan plan_of(const Fault& fault, const std::string& index = "") {
    return generic_plan(primary(), fault.statement, parameters_of(fault.statement), index);
  }
};

TEST_F(PlanFaults, ReadWholeTablesForWantOfAnIndex) {
  for (const auto& fault : faults()) {
    if (fault.kind == Fault::Kind::missing_index) {
      EXPECT_THAT(plan_of(fault).text, HasSubstr("Seq Scan on")) << fault.id;
    }
  }
}

TEST_F(PlanFaults, GoAwayWithTheIndex) {
  auto session = primary();
  if (!has_hypopg(session)) GTEST_SKIP() << "hypopg is not installed";
  int tried = 0;
  for (const auto& fault : faults()) {
    // hypopg knows no GIN.
    if (fault.kind != Fault::Kind::missing_index || fault.index.find("USING") != std::string::npos) continue;
    ++tried;
    const auto before = plan_of(fault);
    const auto after = plan_of(fault, fault.index);
    EXPECT_THAT(after.text, HasSubstr("btree_")) << fault.id;  // hypopg's own names
    EXPECT_THAT(after.text, Not(HasSubstr("Seq Scan"))) << fault.id;
    EXPECT_THAT(after.text, Not(HasSubstr("Sort"))) << fault.id;
    EXPECT_LT(after.cost * 10, before.cost) << fault.id;
  }
  EXPECT_EQ(tried, 4);
}

TEST_F(PlanFaults, WantTheColumnsInTheirOrder) {
  auto session = primary();
  if (!has_hypopg(session)) GTEST_SKIP() << "hypopg is not installed";
  const auto& events = fault("events_of_kind_in_week");
  EXPECT_LT(plan_of(events, events.index).cost * 2, plan_of(events, "events (occurred_at, kind)").cost);
  EXPECT_LT(plan_of(events, events.index).cost * 2, plan_of(events, "events (occurred_at)").cost);
}

TEST_F(PlanFaults, SearchJsonWithoutGin) {
  EXPECT_TRUE(
      primary()
          .query("SELECT 1 FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam "
                 "JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) "
                 "WHERE indrelid = 'products'::regclass AND attname = 'attributes'")
          .empty());
}

TEST_F(PlanFaults, TakeCountryAndCityForIndependent) {
  const std::string statement = "SELECT id, email, full_name FROM customers WHERE country = $1 AND city = $2";
  const auto plan = generic_plan(primary(), statement, 2);
  EXPECT_THAT(plan.text, HasSubstr("customers_country_city_idx"));  // slow it is not
  double actual = 0;
  ASSERT_TRUE(eventually(std::chrono::seconds(20), [&] {
    auto session = primary();
    const auto rows =
        session.query("SELECT rows::float8 / calls FROM pg_stat_statements WHERE query = $1", {statement});
    if (!rows.empty()) actual = rows.real(0, 0);
    return !rows.empty();
  }));
  EXPECT_GE(actual, plan.rows * 10);
  EXPECT_GE(actual, plan.rows + 100);
}

}  // namespace
}  // namespace pgsextant::demo
