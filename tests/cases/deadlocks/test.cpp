#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "deadlocks";

TEST(Deadlocks, Fires) {
  World world;
  world.database_window(Seconds(900)).deadlocks = 3;
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "3 deadlocks in shop within 15 min");
  EXPECT_EQ(findings[0].key, "deadlocks/shop/database/shop");
}

TEST(Deadlocks, OneADayIsTheLeast) {
  World world;
  world.database_window(Seconds(10 * 86400)).deadlocks = 10;
  EXPECT_THAT(world.find(rule), SizeIs(1));
  world.window.databases[0].counters.deadlocks = 9;
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(Deadlocks, CountsWhenTheWindowsLengthIsNotKnown) {
  World world;
  world.database_window(Seconds(0)).deadlocks = 1;
  EXPECT_EQ(plain(world.find(rule).at(0).title), "1 deadlock in shop");
}

TEST(Deadlocks, StaysQuietWithoutAnyAndWithoutData) {
  World none;
  none.database_window();
  EXPECT_THAT(none.find(rule), IsEmpty());
  EXPECT_THAT(World().find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
