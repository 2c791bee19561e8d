#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "missing_primary_key";

TEST(MissingPrimaryKey, Fires) {
  World world;
  world.table("log", 5000, {"at timestamptz not null"});
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Table public.log has 5 k rows and no primary key");
}

TEST(MissingPrimaryKey, TheBoundaryIsAThousandRows) {
  World world;
  world.table("log", 1000);
  EXPECT_THAT(world.find(rule), SizeIs(1));
  world.schema->tables[0].tuples = 999;
  EXPECT_THAT(world.find(rule), IsEmpty());
  world.schema->tables[0].tuples = -1;
  EXPECT_THAT(world.find(rule), IsEmpty()) << "nobody knows its size";
}

TEST(MissingPrimaryKey, AUniqueIndexOverNotNullColumnsIdentifiesToo) {
  World world;
  world.table("log", 5000, {"at timestamptz not null"});
  world.index("log", "log_at_idx", {"at"}).unique = true;
  EXPECT_THAT(world.find(rule), IsEmpty());
  world.schema->tables[0].columns[0].not_null = false;
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(MissingPrimaryKey, StaysQuietForKeysPartitionsUnloggedTablesAndViews) {
  const auto quiet_after = [](void (*change)(Table&)) {
    World world;
    change(world.table("log", 5000));
    return world.find(rule).empty();
  };
  EXPECT_TRUE(quiet_after([](Table& t) { t.partition = true; }));
  EXPECT_TRUE(quiet_after([](Table& t) { t.persistence = 'u'; }));
  EXPECT_TRUE(quiet_after([](Table& t) { t.kind = 'm'; }));
  World keyed;
  keyed.table("log", 5000);
  keyed.index("log", "log_pkey", {"id"}).primary = true;
  EXPECT_THAT(keyed.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
