#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "redundant_index";

World beginning() {
  World world;
  world.table("customers", 1e6, {"country text", "city text"});
  world.index("customers", "short_idx", {"country"});
  world.index("customers", "long_idx", {"country", "city"});
  return world;
}

TEST(RedundantIndex, FiresForTheShorterOne) {
  const auto findings = beginning().find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Index short_idx takes 16 MB and is the beginning of long_idx");
  EXPECT_EQ(findings[0].severity, Severity::info);
}

TEST(RedundantIndex, TheBoundaryIsAMegabyte) {
  World world = beginning();
  world.schema->indexes[0].pages = Blocks{128};
  EXPECT_THAT(world.find(rule), SizeIs(1));
  world.schema->indexes[0].pages = Blocks{127};
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(RedundantIndex, StaysQuietWhereTheShorterOneDoesMoreOrElse) {
  const auto quiet_after = [](void (*change)(Index& shorter, Index& longer)) {
    World world = beginning();
    change(world.schema->indexes[0], world.schema->indexes[1]);
    return world.find(rule).empty();
  };
  EXPECT_TRUE(quiet_after([](Index& s, Index&) { s.unique = true; }));
  EXPECT_TRUE(quiet_after([](Index& s, Index&) { s.constraint = true; }));
  EXPECT_TRUE(quiet_after([](Index& s, Index&) { s.replica_identity = true; }));
  EXPECT_TRUE(quiet_after([](Index& s, Index&) { s.definition.predicate = "(newsletter)"; }));
  EXPECT_TRUE(quiet_after([](Index& s, Index&) { s.definition.keys[0].descending = true; }));
  EXPECT_TRUE(quiet_after([](Index& s, Index&) { s.definition.include = {"email"}; }));
  EXPECT_TRUE(quiet_after([](Index& s, Index&) { s.definition.keys[0].column = "city"; }));
  EXPECT_TRUE(quiet_after([](Index&, Index& l) { l.definition.method = "gist"; }));
  EXPECT_TRUE(quiet_after([](Index&, Index& l) { l.valid = false; }));
  EXPECT_TRUE(quiet_after([](Index&, Index& l) { l.definition.keys.pop_back(); })) << "equal: duplicate_index";
}

TEST(RedundantIndex, StaysQuietWithoutASchema) {
  World world = beginning();
  world.schema.reset();
  EXPECT_THAT(world.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
