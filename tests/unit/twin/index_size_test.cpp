// Expected values: pg_class.relpages of real indexes of PostgreSQL 15.20 on the table of orders_schema.hpp.

#include "twin/index_size.hpp"

#include <gtest/gtest.h>

#include "orders_schema.hpp"

namespace pgsextant::twin {
namespace {

double pages_of(const IndexDefinition& index) {
  const auto schema = orders_schema();
  const auto pages = index_pages(index, schema.tables.front());
  EXPECT_TRUE(pages.ok());
  return pages.ok() ? static_cast<double>(pages->value) : 0;
}

TEST(IndexSize, DeduplicationOfTenRowsAValue) { EXPECT_NEAR(pages_of(index_on({key_on("customer_id")})), 232, 5); }
TEST(IndexSize, DeduplicationOfFewValues) { EXPECT_NEAR(pages_of(index_on({key_on("status")})), 171, 4); }
TEST(IndexSize, UniqueValues) { EXPECT_NEAR(pages_of(index_on({key_on("created_at")})), 551, 6); }
TEST(IndexSize, TwoColumnsWithPadding) {
  EXPECT_NEAR(pages_of(index_on({key_on("customer_id"), key_on("created_at", true)})), 773, 8);
}
TEST(IndexSize, GinIsWithinAFactorOfThree) {
  const double pages = pages_of(index_on({key_on("doc")}, "gin"));
  EXPECT_GT(pages, 272 / 3.0);
  EXPECT_LT(pages, 272 * 3.0);
}

TEST(IndexSize, NumericIsNeverDeduplicated) {
  // The same number of different values and nearly the same width, without posting lists.
  EXPECT_GT(pages_of(index_on({key_on("total")})), 3 * pages_of(index_on({key_on("status")})) / 2);
}

TEST(IndexSize, IncludeForbidsDeduplication) {
  auto index = index_on({key_on("status")});
  index.include = {"id"};
  EXPECT_GT(pages_of(index), 3 * pages_of(index_on({key_on("status")})));
}

TEST(IndexSize, AnExpressionIsTakenToBeAsWideAsItsColumnAndWithoutRepetition) {
  IndexKey lower;
  lower.expression = "lower(status)";
  const double pages = pages_of(index_on({lower}));
  // 200,000 tuples of 16 bytes and a line pointer, 7,333 bytes to a leaf: 546 leaves.
  EXPECT_NEAR(pages, 546, 6);
}

TEST(IndexSize, PartialIndexHoldsItsShareOfTheRows) {
  auto schema = orders_schema();
  schema.tables.front().columns[1].statistics->null_fraction = 0.9;
  auto index = index_on({key_on("created_at")});
  index.predicate = "customer_id IS NOT NULL";
  const auto pages = index_pages(index, schema.tables.front());
  ASSERT_TRUE(pages.ok());
  EXPECT_NEAR(static_cast<double>(pages->value), 55, 3);
}

TEST(IndexSize, OnlyMethodsItKnows) {
  const auto schema = orders_schema();
  const auto pages = index_pages(index_on({key_on("created_at")}, "gist"), schema.tables.front());
  ASSERT_FALSE(pages.ok());
  EXPECT_EQ(pages.failure().outcome, Outcome::unsupported);
}

TEST(IndexSize, NeverAnalysedTableIsNotGuessed) {
  auto schema = orders_schema();
  schema.tables.front().tuples = -1;
  const auto pages = index_pages(index_on({key_on("id")}), schema.tables.front());
  ASSERT_FALSE(pages.ok());
  EXPECT_EQ(pages.failure().outcome, Outcome::unsupported);
  EXPECT_EQ(pages.failure().hint, "ANALYZE public.orders");
}

TEST(IndexSize, EmptyTable) {
  auto schema = orders_schema();
  schema.tables.front().tuples = 0;
  const auto pages = index_pages(index_on({key_on("id")}), schema.tables.front());
  ASSERT_TRUE(pages.ok());
  EXPECT_LE(pages->value, 2);
}

}  // namespace
}  // namespace pgsextant::twin
