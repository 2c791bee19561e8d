#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "connections_near_limit";

World connected(int sessions, const std::string& state = "active") {
  World world;
  for (int pid = 1; pid <= sessions; ++pid) world.session(pid, state, Seconds(1));
  return world;  // of 100
}

TEST(ConnectionsNearLimit, Fires) {
  const auto findings = connected(85).find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].title, "85 of 100 connections are in use");
}

TEST(ConnectionsNearLimit, TheBoundaries) {
  EXPECT_THAT(connected(79).find(rule), IsEmpty());
  EXPECT_EQ(connected(80).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(connected(94).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(connected(95).find(rule).at(0).severity, Severity::critical);
}

TEST(ConnectionsNearLimit, IdleOnesWantAPooler) {
  EXPECT_THAT(connected(85, "idle").find(rule).at(0).remedy, HasSubstr("pooler in front"));
}

TEST(ConnectionsNearLimit, StaysQuietForBackgroundProcessesAndWithoutFreshSessions) {
  World background = connected(79);
  for (int pid = 100; pid < 120; ++pid) background.session(pid, "", Seconds(1)).backend_type = "walsender";
  EXPECT_THAT(background.find(rule), IsEmpty());
  World unlimited = connected(85);
  unlimited.activity->max_connections = 0;
  EXPECT_THAT(unlimited.find(rule), IsEmpty());
  World stale = connected(99);
  stale.collected_at = ago(Seconds(61));
  EXPECT_THAT(stale.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
