#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "low_cache_hit";

World reading(std::int64_t hit, std::int64_t read) {
  World world;
  auto& counters = world.database_window();
  counters.blocks_hit = Blocks{hit};
  counters.blocks_read = Blocks{read};
  return world;
}

TEST(LowCacheHit, Fires) {
  const auto findings = reading(30'000, 20'000).find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Database shop finds only 60 % of its pages in shared buffers");
}

TEST(LowCacheHit, TheBoundaries) {
  EXPECT_THAT(reading(40'000, 10'000).find(rule), IsEmpty()) << "80 %";
  EXPECT_THAT(reading(39'999, 10'000).find(rule), SizeIs(1));
  EXPECT_THAT(reading(0, 9'999).find(rule), IsEmpty()) << "too little reading to judge";
}

TEST(LowCacheHit, StaysQuietWhenTheReadsDidNotTouchADisk) {
  World world = reading(0, 100'000);
  world.setting("track_io_timing", "on");
  world.window.databases[0].counters.read_time = Milliseconds(9'999);  // just below 0.1 ms each
  EXPECT_THAT(world.find(rule), IsEmpty());
  world.window.databases[0].counters.read_time = Milliseconds(10'000);
  EXPECT_THAT(world.find(rule), SizeIs(1));
  world.settings->entries[0].value = "off";
  world.window.databases[0].counters.read_time = Milliseconds(0);
  EXPECT_THAT(world.find(rule), SizeIs(1)) << "not timed is not fast";
}

TEST(LowCacheHit, StaysQuietWithoutAWindow) { EXPECT_THAT(World().find(rule), IsEmpty()); }

}  // namespace
}  // namespace pgsextant::analyzer::cases
