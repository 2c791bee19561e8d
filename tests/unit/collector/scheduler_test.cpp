#include "collector/scheduler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgsextant::collector {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const Source every_second{.id = "second", .cadence = 1s};
const Source every_ten{.id = "ten", .cadence = 10s};
const Source hourly{.id = "hour", .cadence = 1h};

class SchedulerTest : public testing::Test {
 protected:
  Scheduler make(std::span<const Source* const> sources, double factor = 1) { return {sources, factor, 7, now}; }

  /// Runs what is due, each taking no time, until `end`; counts the runs of each source.
  std::vector<int> runs_until(Scheduler& scheduler, Scheduler::Time end, std::size_t sources) {
    std::vector<int> runs(sources);
    while (now <= end) {
      for (const auto i : scheduler.due(now)) {
        ++runs[i];
        scheduler.finished(i, Outcome::ok, now);
      }
      now = *scheduler.next();
    }
    return runs;
  }

  Scheduler::Time now{std::chrono::hours(100)};
};

TEST_F(SchedulerTest, EverythingIsDueAtOnceInTheOrderOfTheList) {
  const Source* const all[] = {&every_ten, &every_second, &hourly};
  EXPECT_THAT(make(all).due(now), ElementsAre(0, 1, 2));
}

TEST_F(SchedulerTest, NothingIsScheduledForNoSources) {
  const auto scheduler = make({});
  EXPECT_THAT(scheduler.due(now), IsEmpty());
  EXPECT_EQ(scheduler.next(), std::nullopt);
}

TEST_F(SchedulerTest, EachSourceKeepsItsOwnCadence) {
  const Source* const all[] = {&every_second, &every_ten, &hourly};
  auto scheduler = make(all);
  // From 0 to 3600 s inclusive.
  EXPECT_THAT(runs_until(scheduler, now + 1h, 3), ElementsAre(3601, 361, 2));
}

TEST_F(SchedulerTest, TheCadenceFactorStretchesEveryCadence) {
  const Source* const all[] = {&every_second, &every_ten};
  auto scheduler = make(all, 2.5);
  EXPECT_THAT(runs_until(scheduler, now + 100s, 2), ElementsAre(41, 5));
}

TEST_F(SchedulerTest, AShortRunDoesNotShiftTheRhythm) {
  const Source* const all[] = {&every_second};
  auto scheduler = make(all);
  scheduler.finished(0, Outcome::ok, now + 300ms);
  EXPECT_EQ(scheduler.next(), now + 1s);
}

TEST_F(SchedulerTest, ARunThatOutlastsItsCadenceIsFollowedByAPauseNotByAPileUp) {
  const Source* const all[] = {&every_second};
  auto scheduler = make(all);
  scheduler.finished(0, Outcome::ok, now + 5s);
  EXPECT_EQ(scheduler.next(), now + 6s);
  EXPECT_THAT(scheduler.due(now + 5s), IsEmpty());
}

TEST_F(SchedulerTest, ARunThatEndsExactlyWhenTheNextIsDueIsLate) {
  const Source* const all[] = {&every_second};
  auto scheduler = make(all);
  scheduler.finished(0, Outcome::ok, now + 1s);
  EXPECT_EQ(scheduler.next(), now + 2s);
}

TEST_F(SchedulerTest, AFailingSourceBacksOffToAMinuteAndComesBackToItsCadence) {
  const Source* const all[] = {&every_second};
  auto scheduler = make(all);
  // Doubling from the cadence, less up to a fifth.
  for (const auto most : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
    scheduler.finished(0, Outcome::timeout, now);
    EXPECT_GE(*scheduler.next() - now, std::chrono::duration<double>(most) * 0.8);
    EXPECT_LE(*scheduler.next() - now, most);
    now = *scheduler.next();
  }
  scheduler.finished(0, Outcome::ok, now);
  EXPECT_EQ(scheduler.next(), now + 1s);
  scheduler.finished(0, Outcome::unavailable, now + 1s);
  EXPECT_LE(*scheduler.next(), now + 2s) << "an earlier row of failures counts no more";
}

TEST_F(SchedulerTest, ARareSourceIsRetriedSoonerThanItsCadence) {
  const Source* const all[] = {&hourly};
  auto scheduler = make(all);
  scheduler.finished(0, Outcome::locked, now);
  EXPECT_GE(*scheduler.next() - now, 8s);
  EXPECT_LE(*scheduler.next() - now, 10s);
}

TEST_F(SchedulerTest, WhatIsRefusedIsAskedAgainEveryFiveMinutesOnly) {
  const Source* const all[] = {&every_second, &every_second, &hourly};
  auto scheduler = make(all);
  scheduler.finished(0, Outcome::unsupported, now);
  scheduler.finished(1, Outcome::denied, now);
  scheduler.finished(2, Outcome::denied, now);
  EXPECT_THAT(scheduler.due(now + 5min - 1ms), IsEmpty());
  EXPECT_THAT(scheduler.due(now + 5min), ElementsAre(0, 1));
  EXPECT_THAT(scheduler.due(now + 1h), ElementsAre(0, 1, 2));
}

TEST_F(SchedulerTest, AReconnectMakesEverythingDueAndForgetsFailures) {
  const Source* const all[] = {&every_second, &hourly};
  auto scheduler = make(all);
  scheduler.finished(0, Outcome::unsupported, now);
  for (int i = 0; i < 5; ++i) scheduler.finished(1, Outcome::timeout, now);
  now += 3s;
  scheduler.reconnected(now);
  EXPECT_THAT(scheduler.due(now), ElementsAre(0, 1));
  scheduler.finished(1, Outcome::timeout, now);
  EXPECT_LE(*scheduler.next(), now + 10s);
}

TEST_F(SchedulerTest, AStretchHoldsFromTheNextRunOn) {
  const Source* const all[] = {&every_second};
  auto scheduler = make(all);
  scheduler.finished(0, Outcome::ok, now);
  scheduler.stretch(4);
  EXPECT_EQ(scheduler.next(), now + 1s);
  scheduler.finished(0, Outcome::ok, now + 1s);
  EXPECT_EQ(scheduler.next(), now + 5s);
  scheduler.stretch(1);
  scheduler.finished(0, Outcome::ok, now + 5s);
  EXPECT_EQ(scheduler.next(), now + 6s);
}

TEST_F(SchedulerTest, TheSameSeedGivesTheSameDelaysAndAnotherSeedOthers) {
  const Source* const all[] = {&every_ten};
  const auto delay = [&](std::uint64_t seed) {
    Scheduler scheduler(all, 1, seed, now);
    scheduler.finished(0, Outcome::timeout, now);
    return *scheduler.next() - now;
  };
  EXPECT_EQ(delay(1), delay(1));
  EXPECT_NE(delay(1), delay(1'000'003));
}

TEST(BackoffTest, NeverExceedsAMinuteHoweverOftenItFails) {
  Backoff backoff(3);
  for (int failures = 1; failures < 2000; ++failures) {
    const auto delay = backoff.delay(1s, failures);
    EXPECT_LE(delay, 60s);
    EXPECT_GE(delay, 800ms);
  }
}

}  // namespace
}  // namespace pgsextant::collector
