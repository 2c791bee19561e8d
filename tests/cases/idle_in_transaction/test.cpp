#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "idle_in_transaction";

TEST(IdleInTransaction, FiresAndSaysWhoWaits) {
  World world;
  auto& session = world.session(4711, "idle in transaction", Seconds(180));
  session.text = "UPDATE inventory SET reserved = $1";
  session.xmin_age = 17;
  world.wait(4712, 4711, Seconds(1));
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title),
            "Session 4711 (shop-web) has been idle in a transaction for 3 min and blocks 1 session");
  EXPECT_THAT(findings[0].why, HasSubstr("shop_app"));
  EXPECT_EQ(findings[0].remedy_sql, "SELECT pg_terminate_backend(4711);");
  EXPECT_EQ(figure(findings[0], "transactions since its snapshot"), 17);
}

TEST(IdleInTransaction, ItsKeyIsTheSessionAndNothingMeasured) {
  World world;
  world.session(4711, "idle in transaction", Seconds(180));
  const auto before = world.find(rule).at(0).key;
  world.activity->sessions[0].state_change = ago(Seconds(900));
  EXPECT_EQ(world.find(rule).at(0).key, before);
  world.activity->sessions[0].backend_start = ago(Seconds(1000));  // the pid is used again
  EXPECT_NE(world.find(rule).at(0).key, before);
}

TEST(IdleInTransaction, TheBoundaries) {
  const auto after = [](double seconds) {
    World world;
    world.session(1, "idle in transaction (aborted)", Seconds(seconds));
    return world.find(rule);
  };
  EXPECT_THAT(after(59.9), IsEmpty());
  EXPECT_EQ(after(60).at(0).severity, Severity::warning);
  EXPECT_EQ(after(599).at(0).severity, Severity::warning);
  EXPECT_EQ(after(600).at(0).severity, Severity::critical);
}

TEST(IdleInTransaction, StaysQuietForOthersAndWithoutFreshSessions) {
  World others;
  others.session(1, "idle", Seconds(9000));
  others.session(2, "active", Seconds(9000));
  others.session(3, "", Seconds(9000)).state_change.reset();
  EXPECT_THAT(others.find(rule), IsEmpty());

  World stale;
  stale.session(1, "idle in transaction", Seconds(9000));
  stale.collected_at = ago(Seconds(61));
  EXPECT_THAT(stale.find(rule), IsEmpty());
  stale.collected_at = present;
  stale.link.up = false;
  EXPECT_THAT(stale.find(rule), IsEmpty());
  stale.link.up = true;
  stale.activity.reset();
  EXPECT_THAT(stale.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
