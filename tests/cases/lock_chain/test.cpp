#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "lock_chain";

/// 1 blocks 2, and 2 blocks 3 and 4.
World chain(double longest = 42) {
  World world;
  world.session(1, "idle in transaction", Seconds(50)).text = "UPDATE orders SET status = $1";
  for (const int pid : {2, 3, 4}) world.session(pid, "active", Seconds(1));
  world.wait(2, 1, Seconds(longest));
  world.wait(3, 2, Seconds(3));
  world.wait(4, 2, Seconds(2));
  return world;
}

TEST(LockChain, FiresOnceForTheRoot) {
  World world = chain();
  world.activity->waits[0].relation = "public.orders";
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Session 1 (shop-web) blocks 3 sessions, the longest for 42 s");
  EXPECT_THAT(findings[0].why, HasSubstr("UPDATE orders"));
  EXPECT_THAT(findings[0].why, HasSubstr("ShareLock on public.orders"));
  EXPECT_EQ(findings[0].remedy_sql, "SELECT pg_terminate_backend(1);") << "idle: there is nothing to cancel";
  EXPECT_EQ(figure(findings[0], "age of its transaction"), 50);
}

TEST(LockChain, ABusyRootIsCancelledFirst) {
  World world = chain();
  world.activity->sessions[0].state = "active";
  EXPECT_EQ(world.find(rule).at(0).remedy_sql, "SELECT pg_cancel_backend(1);\n-- or\nSELECT pg_terminate_backend(1);");
}

TEST(LockChain, EveryRootHasItsOwn) {
  World world = chain();
  world.session(10, "active", Seconds(100));
  world.wait(11, 10, Seconds(7));
  EXPECT_THAT(world.find(rule), SizeIs(2));
}

TEST(LockChain, TheBoundaries) {
  EXPECT_THAT(chain(4.9).find(rule), IsEmpty());
  EXPECT_EQ(chain(5).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(chain(59).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(chain(60).find(rule).at(0).severity, Severity::critical);
}

TEST(LockChain, APreparedTransactionHasNoSession) {
  World world;
  world.wait(2, 0, Seconds(100));
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_THAT(findings[0].title, HasSubstr("A prepared transaction blocks"));
}

TEST(LockChain, StaysQuietForCyclesAndWithoutFreshSessions) {
  World cycle;
  cycle.wait(1, 2, Seconds(10));
  cycle.wait(2, 1, Seconds(10));
  EXPECT_THAT(cycle.find(rule), IsEmpty());
  World stale = chain();
  stale.collected_at = ago(Seconds(61));
  EXPECT_THAT(stale.find(rule), IsEmpty());
  World unseen;
  EXPECT_THAT(unseen.find(rule), IsEmpty());
}

TEST(LockChain, StaysQuietWhenNobodyKnowsSinceWhen) {
  World world = chain();
  for (auto& wait : world.activity->waits) wait.since.reset();
  EXPECT_THAT(world.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
