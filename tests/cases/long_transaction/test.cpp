#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "long_transaction";

TEST(LongTransaction, Fires) {
  World world;
  world.session(1, "active", Seconds(5400)).text = "COPY orders TO STDOUT";
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Session 1 (shop-web) has had its transaction open for 1.5 h");
  EXPECT_EQ(findings[0].severity, Severity::warning);
}

TEST(LongTransaction, TheBoundaryIsFifteenMinutes) {
  World world;
  world.session(1, "active", Seconds(899));
  EXPECT_THAT(world.find(rule), IsEmpty());
  world.session(2, "active", Seconds(900));
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(LongTransaction, StaysQuietForOthersAndWithoutFreshSessions) {
  World others;
  others.session(1, "idle in transaction", Seconds(9000));
  others.session(2, "active", Seconds(9000)).backend_type = "walsender";
  others.session(3, "active", Seconds(9000)).transaction_start.reset();
  others.session(4, "active", Seconds(9000)).leader = BackendPid{3};
  EXPECT_THAT(others.find(rule), IsEmpty());
  World stale;
  stale.session(1, "active", Seconds(9000));
  stale.collected_at = ago(Seconds(61));
  EXPECT_THAT(stale.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
