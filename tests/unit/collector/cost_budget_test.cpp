#include "collector/cost_budget.hpp"

#include <gtest/gtest.h>

namespace pgsextant::collector {
namespace {

using namespace std::chrono_literals;

/// A lane that asks every second / stretch for `seconds`, each time for `cost`.
double run(CostBudget& budget, CostBudget::Time& now, CostBudget::Duration cost, int seconds) {
  double stretch = budget.add({}, now);
  const auto end = now + std::chrono::seconds(seconds);
  while (now < end) {
    now += std::chrono::duration_cast<CostBudget::Duration>(1s * stretch);
    stretch = budget.add(cost, now);
  }
  return stretch;
}

class CostBudgetTest : public testing::Test {
 protected:
  CostBudget::Time now{std::chrono::hours(5)};
  CostBudget budget{now};
};

TEST_F(CostBudgetTest, BelowTheBudgetNothingIsStretched) {
  // 4 % of the time.
  EXPECT_DOUBLE_EQ(run(budget, now, 40ms, 600), 1);
}

TEST_F(CostBudgetTest, ACostOfTwentyPercentStretchesFourfoldAndStaysThere) {
  EXPECT_NEAR(run(budget, now, 200ms, 61), 4, 0.2);
  EXPECT_NEAR(run(budget, now, 200ms, 600), 4, 0.4);
}

TEST_F(CostBudgetTest, ItComesBackWhenTheQueriesDo) {
  run(budget, now, 200ms, 120);
  EXPECT_DOUBLE_EQ(run(budget, now, 1ms, 600), 1);
}

TEST_F(CostBudgetTest, OneExpensiveRunIsAveragedOverAMinute) {
  EXPECT_DOUBLE_EQ(budget.add(2s, now + 2s), 1) << "not before the minute is over";
  EXPECT_DOUBLE_EQ(budget.add({}, now + 60s), 1) << "2 of 60 seconds are within 5 %";
}

TEST_F(CostBudgetTest, ALaneNeverGoesBlind) {
  EXPECT_DOUBLE_EQ(run(budget, now, 10s, 3600), CostBudget::longest_stretch);
}

}  // namespace
}  // namespace pgsextant::collector
