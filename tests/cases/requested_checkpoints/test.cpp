#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "requested_checkpoints";

World checkpoints(std::int64_t timed, std::int64_t requested) {
  World world;
  auto& counters = world.window.wal.emplace().counters;
  counters.checkpoints_timed = timed;
  counters.checkpoints_requested = requested;
  return world;
}

TEST(RequestedCheckpoints, Fires) {
  World world = checkpoints(1, 5);
  world.setting("max_wal_size", "1024", "MB");
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "5 of 6 checkpoints came before their time because WAL was full");
  EXPECT_EQ(findings[0].remedy_sql, "ALTER SYSTEM SET max_wal_size = '2048MB';\nSELECT pg_reload_conf();");
}

TEST(RequestedCheckpoints, TheBoundaries) {
  EXPECT_THAT(checkpoints(0, 3).find(rule), SizeIs(1));
  EXPECT_THAT(checkpoints(0, 2).find(rule), IsEmpty());
  EXPECT_THAT(checkpoints(5, 5).find(rule), IsEmpty());
  EXPECT_THAT(checkpoints(5, 6).find(rule), SizeIs(1));
}

TEST(RequestedCheckpoints, StaysQuietOnStandbysAndWithoutData) {
  World standby = checkpoints(0, 9);
  standby.server.in_recovery = true;
  EXPECT_THAT(standby.find(rule), IsEmpty());
  EXPECT_THAT(World().find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
