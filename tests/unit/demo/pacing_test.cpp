#include "demo/load/pacing.hpp"

#include <gtest/gtest.h>

#include <set>

namespace pgsextant::demo {
namespace {

TEST(Random, DrawsTheSameForTheSameSeed) {
  Random one(7);
  Random same(7);
  Random other(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const auto drawn = one.between(1, 1'000'000);
    EXPECT_EQ(drawn, same.between(1, 1'000'000));
    differs = differs || drawn != other.between(1, 1'000'000);
  }
  EXPECT_TRUE(differs);
}

TEST(Random, DrawsBothEndsAndNothingBeyond) {
  Random random(1);
  std::set<std::int64_t> even;
  std::set<std::int64_t> skewed;
  for (int i = 0; i < 1000; ++i) {
    even.insert(random.between(3, 5));
    skewed.insert(random.popular(3, 5));
  }
  EXPECT_EQ(even, (std::set<std::int64_t>{3, 4, 5}));
  EXPECT_EQ(skewed, even);
}

TEST(Random, PrefersThePopular) {
  // u³ < 1/8 wherever u < 1/2: half of the draws.
  Random random(2);
  int popular = 0;
  for (int i = 0; i < 10'000; ++i) popular += random.popular(1, 8000) <= 1000 ? 1 : 0;
  EXPECT_NEAR(popular, 5000, 300);
}

TEST(Random, SpreadsIntervalsAroundTheirMean) {
  Random random(3);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto interval = random.around(Interval{2}).count();
    EXPECT_GE(interval, 1);
    EXPECT_LE(interval, 3);
    sum += interval;
  }
  EXPECT_NEAR(sum / 10'000, 2, 0.05);
}

TEST(Sleeping, EndsAtOnceWhenAskedToStop) {
  std::stop_source source;  // NOLINT(misc-const-correctness): a stop is requested
  source.request_stop();
  EXPECT_FALSE(sleep_for(source.get_token(), Interval{3600}));
}

TEST(Sleeping, DoesNotWaitForThePast) {
  EXPECT_TRUE(sleep_until(std::stop_token{}, std::chrono::steady_clock::now() - std::chrono::seconds(1)));
}

}  // namespace
}  // namespace pgsextant::demo
