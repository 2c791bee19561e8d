#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "duplicate_index";

World twins() {
  World world;
  world.table("order_items", 1e6, {"order_id bigint"});
  world.index("order_items", "older_idx", {"order_id"});
  world.index("order_items", "newer_idx", {"order_id"});
  return world;
}

TEST(DuplicateIndex, TheNewerOfTwoEqualsGoes) {
  const auto findings = twins().find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Index newer_idx duplicates older_idx and takes 16 MB");
  EXPECT_EQ(findings[0].remedy_sql, "DROP INDEX CONCURRENTLY public.newer_idx;");
  EXPECT_EQ(findings[0].key, "duplicate_index/shop/index/public.newer_idx");
}

TEST(DuplicateIndex, WhatEnforcesAConstraintStays) {
  World world = twins();
  world.schema->indexes[1].unique = world.schema->indexes[1].definition.unique = true;
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].object.name, "public.older_idx");
}

TEST(DuplicateIndex, OfTwoConstraintsThePrimaryKeyStays) {
  World world = twins();
  for (auto& index : world.schema->indexes) index.unique = index.constraint = true;
  world.schema->indexes[1].primary = true;
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].remedy_sql, "ALTER TABLE public.order_items DROP CONSTRAINT older_idx;");
}

TEST(DuplicateIndex, OfThreeEqualsTwoGo) {
  World world = twins();
  world.index("order_items", "newest_idx", {"order_id"});
  EXPECT_THAT(world.find(rule), SizeIs(2));
}

TEST(DuplicateIndex, AnyDifferenceCounts) {
  const auto quiet_after = [](void (*change)(Index&)) {
    World world = twins();
    change(world.schema->indexes[1]);
    return world.find(rule).empty();
  };
  EXPECT_TRUE(quiet_after([](Index& i) { i.definition.predicate = "(quantity > 1)"; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.definition.method = "hash"; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.definition.include = {"quantity"}; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.definition.keys[0].descending = true; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.definition.keys[0].operator_class = "int8_minmax_ops"; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.definition.keys.emplace_back().column = "product_id"; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.valid = false; }));
}

TEST(DuplicateIndex, StaysQuietWithoutASchema) {
  World world = twins();
  world.schema.reset();
  EXPECT_THAT(world.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
