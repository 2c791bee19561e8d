#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "replication_lag";
constexpr std::int64_t mb = 1 << 20;

World standby(std::optional<double> seconds, std::optional<std::int64_t> bytes) {
  World world;
  Standby standby;
  standby.application = "replica1";
  standby.client = "10.0.0.2";
  standby.state = "streaming";
  if (seconds) standby.replayed.seconds = Seconds(*seconds);
  if (bytes) standby.replayed.bytes = Bytes{*bytes};
  world.replication.emplace().standbys = {standby};
  return world;
}

World own(const std::string& status, std::optional<double> lag) {
  World world;
  world.server.in_recovery = true;
  auto& replication = world.replication.emplace();
  replication.in_recovery = true;
  replication.receiver.emplace().status = status;
  if (lag) replication.receiver->replay_lag = Seconds(*lag);
  return world;
}

TEST(ReplicationLag, FiresAsThePrimarySeesIt) {
  const auto findings = standby(30, 80 * mb).find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Standby replica1 is 30 s and 80 MB behind in replay");
  EXPECT_EQ(findings[0].key, "replication_lag//standby/replica1/10.0.0.2");
}

TEST(ReplicationLag, EitherMeasureReachesTheBoundaries) {
  EXPECT_THAT(standby(9.9, 64 * mb - 1).find(rule), IsEmpty());
  EXPECT_EQ(standby(10, 0).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(standby(0, 64 * mb).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(standby(299, 1023 * mb).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(standby(300, 0).find(rule).at(0).severity, Severity::critical);
  EXPECT_EQ(standby(0, 1024 * mb).find(rule).at(0).severity, Severity::critical);
}

TEST(ReplicationLag, FiresAsTheStandbySeesItself) {
  World world = own("streaming", 30);
  EXPECT_EQ(plain(world.find(rule).at(0).title), "This standby is 30 s behind in replay");
  world.replication->receiver->replay_paused = true;
  EXPECT_EQ(world.find(rule).at(0).remedy_sql, "SELECT pg_wal_replay_resume();");
  EXPECT_THAT(own("streaming", 9).find(rule), IsEmpty());
}

TEST(ReplicationLag, ACutLinkIsNoNumberOfSeconds) {
  const auto findings = own("", std::nullopt).find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].title, "This standby receives no WAL: no WAL receiver runs");
  EXPECT_THAT(findings[0].evidence, IsEmpty());
}

TEST(ReplicationLag, StaysQuietForBackupsUnknownLagsAndOldObservations) {
  World backup = standby(1000, 5000 * mb);
  backup.replication->standbys[0].state = "backup";
  EXPECT_THAT(backup.find(rule), IsEmpty());
  EXPECT_THAT(standby(std::nullopt, std::nullopt).find(rule), IsEmpty());
  World stale = standby(1000, 0);
  stale.collected_at = ago(Seconds(61));
  EXPECT_THAT(stale.find(rule), IsEmpty());
  EXPECT_THAT(World().find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
