#include "collector/composition.hpp"

#include <gtest/gtest.h>

#include "collector/run.hpp"

namespace pgsextant::collector {
namespace {

using namespace std::chrono_literals;

class HandClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return time; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady_now() const override {
    return std::chrono::steady_clock::time_point(time.time_since_epoch());
  }
  Timestamp time{1000s};
};

ServerIdentity shop() {
  ServerIdentity server;
  server.name = "shop";
  server.cluster = "eu";
  return server;
}

class CompositionTest : public testing::Test {
 protected:
  const Failure down{Outcome::unavailable, "nobody listens", "start it"};
  HandClock clock;
  int published = 0;
  Composition composition{shop(), clock, [this](const auto&) { ++published; }};
};

TEST_F(CompositionTest, BeforeAnythingIsKnownItSaysSo) {
  const auto first = composition.latest();
  EXPECT_EQ(first->server.name, "shop");
  EXPECT_EQ(first->server.cluster, "eu");
  EXPECT_FALSE(first->link.up);
  EXPECT_EQ(first->link.since, Timestamp(1000s));
  ASSERT_EQ(first->sources.size(), sources().size());
  for (std::size_t i = 0; i < sources().size(); ++i) {
    EXPECT_EQ(first->sources[i].id, sources()[i]->id);
    EXPECT_EQ(first->sources[i].outcome, Outcome::unavailable);
    EXPECT_EQ(first->sources[i].last_run, std::nullopt);
  }
}

TEST_F(CompositionTest, AChangeIsPublishedAndLeavesEarlierSnapshotsAsTheyWere) {
  const auto before = composition.latest();
  clock.time += 5s;
  composition.update([](Snapshot& snapshot) { snapshot.server.in_recovery = true; });
  EXPECT_EQ(published, 1);
  EXPECT_FALSE(before->server.in_recovery);
  EXPECT_TRUE(composition.latest()->server.in_recovery);
  EXPECT_EQ(composition.latest()->composed_at, Timestamp(1005s));
}

TEST_F(CompositionTest, TheLinkIsUpWhileAnyLaneIs) {
  composition.connected(Lane::fast, 150004);
  EXPECT_TRUE(composition.latest()->link.up);
  EXPECT_EQ(composition.latest()->server.version, 150004);
  clock.time += 1s;
  composition.connected(Lane::slow, 150004);
  EXPECT_EQ(composition.latest()->link.connects, 2);
  EXPECT_EQ(composition.latest()->link.since, Timestamp(1000s)) << "of the present state, not of the last event";

  clock.time += 1s;
  composition.disconnected(Lane::slow, down);
  EXPECT_TRUE(composition.latest()->link.up);
  EXPECT_EQ(composition.latest()->link.message, "");

  clock.time += 1s;
  composition.disconnected(Lane::fast, down);
  EXPECT_FALSE(composition.latest()->link.up);
  EXPECT_EQ(composition.latest()->link.message, "nobody listens");
  EXPECT_EQ(composition.latest()->link.hint, "start it");
  EXPECT_EQ(composition.latest()->link.since, Timestamp(1003s));

  composition.connected(Lane::slow, 160001);
  EXPECT_TRUE(composition.latest()->link.up);
  EXPECT_EQ(composition.latest()->link.message, "");
  EXPECT_EQ(composition.latest()->server.version, 160001);
}

TEST_F(CompositionTest, ALostLinkKeepsTheParts) {
  composition.update([](Snapshot& snapshot) { snapshot.wal.data = std::make_shared<const Wal>(); });
  const auto* const wal = composition.latest()->wal.data.get();
  composition.connected(Lane::fast, 150000);
  composition.disconnected(Lane::fast, down);
  EXPECT_EQ(composition.latest()->wal.data.get(), wal);
}

TEST_F(CompositionTest, StatusesCountRunsFailuresAndTheLastSuccess) {
  const auto& source = *sources()[0];
  RunReport good;
  good.shown.outcome = Outcome::ok;
  good.at = Timestamp(1001s);
  good.duration = 30ms;
  RunReport bad;
  bad.outcome = bad.shown.outcome = Outcome::timeout;
  bad.shown.message = "too slow";
  bad.at = Timestamp(1002s);
  composition.update([&](Snapshot& snapshot) { record(snapshot, source, good, true); });
  composition.update([&](Snapshot& snapshot) { record(snapshot, source, bad, false); });
  const auto status = composition.latest()->sources[0];
  EXPECT_EQ(status.outcome, Outcome::timeout);
  EXPECT_EQ(status.message, "too slow");
  EXPECT_EQ(status.runs, 2);
  EXPECT_EQ(status.failures, 1);
  EXPECT_EQ(status.last_run, Timestamp(1002s));
  EXPECT_EQ(status.last_success, Timestamp(1001s));

  composition.update([&](Snapshot& snapshot) { record_unasked(snapshot, source, down); });
  EXPECT_EQ(composition.latest()->sources[0].outcome, Outcome::unavailable);
  EXPECT_EQ(composition.latest()->sources[0].runs, 2) << "not a run";
}

TEST_F(CompositionTest, WhatIsMissingFromAGoodAnswerIsShownButNoFailure) {
  const auto& source = *sources()[1];
  RunReport partial;
  partial.shown = {Outcome::denied, "3 sessions are hidden", "GRANT pg_monitor"};
  composition.update([&](Snapshot& snapshot) { record(snapshot, source, partial, true); });
  const auto status = composition.latest()->sources[1];
  EXPECT_EQ(status.outcome, Outcome::denied);
  EXPECT_EQ(status.hint, "GRANT pg_monitor");
  EXPECT_EQ(status.failures, 0);
  EXPECT_NE(status.last_success, std::nullopt);
}

}  // namespace
}  // namespace pgsextant::collector
