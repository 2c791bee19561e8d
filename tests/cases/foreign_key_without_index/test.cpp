#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "foreign_key_without_index";

World keyed(double rows = 1e6) {
  World world;
  world.table("products", 1000, {"id integer not null"});
  world.table("order_items", rows, {"order_id bigint", "product_id integer"});
  world.foreign_key("order_items_product_id_fkey", "order_items", {"product_id"}, "products", {"id"});
  return world;
}

TEST(ForeignKeyWithoutIndex, FiresWithTheIndexToCreate) {
  const auto findings = keyed().find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title),
            "Deleting from public.products reads all 1 M rows of public.order_items: foreign key "
            "order_items_product_id_fkey has no index behind it");
  EXPECT_EQ(findings[0].remedy_sql,
            "CREATE INDEX CONCURRENTLY order_items_product_id_idx ON public.order_items USING btree (product_id);");
  EXPECT_EQ(findings[0].severity, Severity::warning) << "how often is deleted is not known";
}

TEST(ForeignKeyWithoutIndex, IsOnlyInformationWhereNothingIsDeleted) {
  World world = keyed();
  world.table_counters("products").deleted = 0;
  EXPECT_EQ(world.find(rule).at(0).severity, Severity::info);
  world.table_counters("products").deleted = 1;
  EXPECT_EQ(world.find(rule).at(0).severity, Severity::warning);
}

TEST(ForeignKeyWithoutIndex, TheBoundaryIsTenThousandRows) {
  EXPECT_THAT(keyed(10'000).find(rule), SizeIs(1));
  EXPECT_THAT(keyed(9'999).find(rule), IsEmpty());
}

TEST(ForeignKeyWithoutIndex, CountsLiveRowsOfATableNeverAnalysed) {
  World world = keyed(-1);
  EXPECT_THAT(world.find(rule), IsEmpty()) << "nobody knows its size";
  world.table_counters("order_items").live = 10'000;
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(ForeignKeyWithoutIndex, AnIndexThatBeginsWithItsColumnsServes) {
  World world = keyed();
  world.index("order_items", "i", {"order_id", "product_id"});
  EXPECT_THAT(world.find(rule), SizeIs(1)) << "the key's column comes second";
  world.schema->indexes[0].definition.keys[0].column = "product_id";
  EXPECT_THAT(world.find(rule), IsEmpty());
  world.schema->indexes[0].valid = false;
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(ForeignKeyWithoutIndex, OfPartialIndexesOnlyNotNullServes) {
  World world = keyed();
  auto& index = world.index("order_items", "i", {"product_id"});
  index.definition.predicate = "(product_id IS NOT NULL)";
  EXPECT_THAT(world.find(rule), IsEmpty());
  world.schema->indexes[0].definition.predicate = "(quantity > 1)";
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(ForeignKeyWithoutIndex, TheOrderOfAKeysColumnsDoesNotMatter) {
  World world = keyed();
  world.schema->foreign_keys[0].columns = {"order_id", "product_id"};
  world.index("order_items", "i", {"product_id", "order_id"});
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(ForeignKeyWithoutIndex, StaysQuietWhenAnIndexCouldNotBeRead) {
  World world = keyed();
  world.schema->skipped.push_back({"public.order_items_product_id_idx", "its table is locked"});
  EXPECT_THAT(world.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
