#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "durability_off";

TEST(DurabilityOff, FiresForEach) {
  World world;
  world.setting("fsync", "off");
  world.setting("full_page_writes", "off");
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_EQ(findings[0].title, "Setting fsync is off: a crash of the machine can corrupt every database");
  EXPECT_EQ(findings[0].severity, Severity::critical);
  EXPECT_EQ(findings[1].object.name, "full_page_writes");
  EXPECT_EQ(findings[1].severity, Severity::warning);
}

TEST(DurabilityOff, StaysQuietWhenOnOrUnknown) {
  World on;
  on.setting("fsync", "on");
  on.setting("synchronous_commit", "off");
  EXPECT_THAT(on.find(rule), IsEmpty());
  EXPECT_THAT(World().find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
