#include "web/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.hpp"
#include "web/pages/sparkline.hpp"
#include "web/readiness.hpp"

namespace pgsextant::web {
namespace {

using fixture::now;
using std::chrono::seconds;

TEST(StateLine, NamesWhatNeedsAttentionWorstFirst) {
  const StateLine state = state_line(fixture::shop(), now);
  EXPECT_EQ(state.health, Health::critical);
  EXPECT_EQ(state.sentence,
            "3 of 13 vital signs need attention: sessions blocked 3, replication lag 14.8\u202Fs, oldest transaction "
            "21\u202Fmin");
}

TEST(StateLine, SaysWhatIsUnknownInsteadOfCallingItHealthy) {
  Analysis analysis = fixture::analysis();
  for (Vital& vital : analysis.vitals)
    if (vital.health != Health::unknown) vital.health = Health::good;
  EXPECT_EQ(state_line(fixture::report(fixture::snapshot(), analysis), now).sentence,
            "No vital sign needs attention; 1 of 13 could not be read");
  analysis.vitals.pop_back();
  EXPECT_EQ(state_line(fixture::report(fixture::snapshot(), analysis), now).sentence, "All 12 vital signs are healthy");
  for (Vital& vital : analysis.vitals) vital.value.reset(), vital.health = Health::unknown;
  EXPECT_EQ(state_line(fixture::report(fixture::snapshot(), analysis), now).health, Health::unknown);
}

TEST(StateLine, AServerThatIsDownIsCriticalAndOneNotYetAskedIsNot) {
  EXPECT_EQ(state_line(fixture::down(), now).health, Health::critical);
  EXPECT_EQ(state_line(fixture::down(), now).sentence, "The server does not answer, for 4\u202Fmin");
  const ServerReport fresh{std::make_shared<const Snapshot>(), nullptr, nullptr};
  EXPECT_EQ(state_line(fresh, now).health, Health::unknown);
}

TEST(Statements, AreRankedByTimeOverRolesAndDatabases) {
  const StatementRanking ranking = rank_statements(fixture::shop());
  ASSERT_EQ(ranking.rows.size(), 6U);
  EXPECT_EQ(ranking.length.count(), 600);
  EXPECT_EQ(ranking.rows[0].query, fixture::orders_by_customer);
  EXPECT_EQ(ranking.rows[0].counters.calls, 9'120) << "a tenth of the totals, in the window";
  // 412.8 of 412.8 + 201.5 + 97.3 + 60.9 + 9.12 + 0.88 + 1.24 s
  EXPECT_NEAR(ranking.rows[0].share, 412.8 / 783.74, 1e-9);
  EXPECT_EQ(ranking.rows[4].counters.calls, 40) << "34 top-level and 6 nested";
}

TEST(Statements, BeforeThereIsAWindowTheTotalsCount) {
  ServerReport report = fixture::shop();
  report.analysis = nullptr;
  const StatementRanking ranking = rank_statements(report);
  EXPECT_EQ(ranking.length.count(), 0);
  EXPECT_EQ(ranking.rows[0].counters.calls, 91'200);
}

std::vector<std::pair<int, int>> shape(const Activity& activity) {
  std::vector<std::pair<int, int>> out;
  for (const BlockingRow& row : blocking_tree(activity)) out.emplace_back(row.depth, row.pid.value);
  return out;
}

TEST(BlockingTree, PutsEachWaiterUnderItsBlockerOnce) {
  using Shape = std::vector<std::pair<int, int>>;
  EXPECT_EQ(shape(*fixture::snapshot().activity), (Shape{{0, 4101}, {1, 4188}, {2, 4190}, {2, 4207}}));
  EXPECT_EQ(shape({}), Shape{});
}

TEST(BlockingTree, ACircleEndsAndNobodyIsLost) {
  using Shape = std::vector<std::pair<int, int>>;
  Activity activity;
  activity.waits = {{{1}, {{2}}, "", "", "", {}}, {{2}, {{1}}, "", "", "", {}}, {{3}, {{1}}, "", "", "", {}}};
  EXPECT_EQ(shape(activity), (Shape{{0, 1}, {1, 2}, {1, 3}}));
}

TEST(BlockingTree, APreparedTransactionIsARoot) {
  using Shape = std::vector<std::pair<int, int>>;
  Activity activity;
  activity.waits = {{{7}, {{0}}, "transactionid", "ShareLock", "", {}}};
  EXPECT_EQ(shape(activity), (Shape{{0, 0}, {1, 7}}));
}

TEST(RelativeTime, IsInWords) {
  EXPECT_EQ(relative_time(now - seconds{3}, now), "3\u202Fs ago");
  EXPECT_EQ(relative_time(now - seconds{89}, now), "89\u202Fs ago");
  EXPECT_EQ(relative_time(now - seconds{90}, now), "1\u202Fmin ago");
  EXPECT_EQ(relative_time(now - seconds{7260}, now), "2\u202Fh ago");
  EXPECT_EQ(relative_time(now - seconds{86400 * 5}, now), "5\u202Fd ago");
  EXPECT_EQ(relative_time(now + seconds{10}, now), "in 10\u202Fs");
}

TEST(ExactValue, HasAllItsDigits) {
  EXPECT_EQ(exact_value(431'964'160, Unit::bytes), "431,964,160 B");
  EXPECT_EQ(exact_value(-1234, Unit::bytes), "-1,234 B");
  EXPECT_EQ(exact_value(14.8123, Unit::seconds), "14.8123 s");
  EXPECT_EQ(exact_value(0.987, Unit::ratio), "98.7 %");
  EXPECT_EQ(exact_value(91'200, Unit::count), "91,200");
}

TEST(Sparkline, RunsFromTheFirstToTheLastMomentOnAScaleFromZero) {
  const Timestamp from = now - seconds{80};
  const auto lines = sparkline({{from, 0}, {from + seconds{40}, 5}, {now, 10}}, Unit::count, from, now);
  // 20 high with a margin of 1.5: zero at 18.5, the greatest at 1.5, half at 10.
  EXPECT_THAT(lines, testing::ElementsAre("0.0,18.5 40.0,10.0 80.0,1.5"));
}

TEST(Sparkline, AGapIsAGap) {
  const Timestamp from = now - seconds{3600};
  std::vector<SparkPoint> points;
  for (int i = 0; i < 10; ++i) points.push_back({from + seconds{10 * i}, 1});
  for (int i = 0; i < 10; ++i) points.push_back({now - seconds{90 - 10 * i}, 1});
  EXPECT_EQ(sparkline(points, Unit::count, from, now).size(), 2U);
  EXPECT_TRUE(sparkline({{now, 1}}, Unit::count, from, now).empty()) << "one point is no line";
}

TEST(Sparkline, NoiseOfARatioStaysSmall) {
  const Timestamp from = now - seconds{80};
  const auto lines = sparkline({{from, 0.990}, {now, 0.991}}, Unit::ratio, from, now);
  // 0.1 of a percentage point on a scale of 5: a fiftieth of the 17 units between the margins, around the middle.
  EXPECT_THAT(lines, testing::ElementsAre("0.0,10.2 80.0,9.8"));
}

TEST(Readiness, ReadyWithDataOrOnceEveryServerWasTried) {
  const ServerReport fresh{std::make_shared<const Snapshot>(), nullptr, nullptr};
  Snapshot refused;
  refused.server.name = "b";
  refused.link.message = "connection refused";
  const ServerReport tried{std::make_shared<const Snapshot>(refused), nullptr, nullptr};
  EXPECT_FALSE(assess_readiness({}).ready);
  EXPECT_FALSE(assess_readiness({fresh}).ready);
  EXPECT_FALSE(assess_readiness({fresh, tried}).ready);
  EXPECT_TRUE(assess_readiness({tried}).ready) << "it answered, if with a refusal";
  EXPECT_TRUE(assess_readiness({fresh, fixture::shop()}).ready);
  EXPECT_THAT(assess_readiness({fresh, tried}).detail, testing::HasSubstr("b: connection refused\n"));
  EXPECT_EQ(assess_readiness({fresh, tried}).summary, "not ready: 0 of 2 servers read\n");
}

}  // namespace
}  // namespace pgsextant::web
