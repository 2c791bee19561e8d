#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "invalid_index";

World left_behind() {
  World world;
  world.table("orders", 1e6, {"status text"});
  world.index("orders", "orders_status_idx", {"status"}).valid = false;
  world.session(1, "idle", Seconds(1));
  return world;
}

TEST(InvalidIndex, Fires) {
  const auto findings = left_behind().find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Index orders_status_idx of public.orders is invalid and takes 16 MB");
  EXPECT_THAT(findings[0].remedy_sql, HasSubstr("REINDEX INDEX CONCURRENTLY public.orders_status_idx;"));
}

TEST(InvalidIndex, StaysQuietWhileAnIndexIsBeingBuilt) {
  for (const auto* text :
       {"CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status)",
        "  create unique index\n concurrently x on orders (status)", "REINDEX TABLE CONCURRENTLY orders"}) {
    World world = left_behind();
    world.session(2, "active", Seconds(10)).text = text;
    EXPECT_THAT(world.find(rule), IsEmpty()) << text;
    world.activity->sessions.back().state = "idle";
    EXPECT_THAT(world.find(rule), SizeIs(1)) << "it has ended: " << text;
  }
}

TEST(InvalidIndex, StaysQuietForValidOnesAndWhenSessionsAreNotSeen) {
  World valid = left_behind();
  valid.schema->indexes[0].valid = true;
  EXPECT_THAT(valid.find(rule), IsEmpty());
  World unseen = left_behind();
  unseen.activity.reset();
  EXPECT_THAT(unseen.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
