#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "wraparound";
constexpr std::int64_t half = 1LL << 30;

World aged(std::int64_t xids, std::int64_t mxids = 0) {
  World world;
  auto& database = world.database();
  database.frozen_xid_age = xids;
  database.min_mxid_age = mxids;
  return world;
}

TEST(Wraparound, FiresAndNamesTheTableThatHoldsItBack) {
  World world = aged(half);
  world.table("young", 1);
  world.table("old", 1);
  world.table_counters("young").frozen_xid_age = 5;
  world.table_counters("old").frozen_xid_age = half;
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Database shop has used 50 % of its transaction ids since it was last frozen");
  EXPECT_EQ(findings[0].remedy_sql, "VACUUM (FREEZE, VERBOSE) public.old;");
}

TEST(Wraparound, TheBoundaries) {
  EXPECT_THAT(aged(half - 1).find(rule), IsEmpty());
  EXPECT_EQ(aged(half).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(aged(half + half / 2 - 1).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(aged(half + half / 2).find(rule).at(0).severity, Severity::critical);
}

TEST(Wraparound, MultixactsCountToo) {
  EXPECT_THAT(plain(aged(5, half).find(rule).at(0).title), HasSubstr("50 % of its multixacts"));
}

TEST(Wraparound, StaysQuietWithoutData) { EXPECT_THAT(World().find(rule), IsEmpty()); }

}  // namespace
}  // namespace pgsextant::analyzer::cases
