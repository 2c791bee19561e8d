#include "twin/index_match.hpp"

#include <gtest/gtest.h>

#include "orders_schema.hpp"

namespace pgsextant::twin {
namespace {

std::optional<IndexMatch> match(const IndexDefinition& index, const std::string& where) {
  const auto schema = orders_schema();
  const auto shape = sql::shape("SELECT * FROM orders WHERE " + where);
  EXPECT_TRUE(shape.ok());
  return match_index(index, schema.tables.front(), shape->tables.front(), {});
}

TEST(IndexMatch, EqualityThenRangeBoundTheIndex) {
  const auto found = match(index_on({key_on("customer_id"), key_on("created_at")}),
                           "customer_id = $1 AND created_at > $2 AND total = $3");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->conditions, 2);
  EXPECT_EQ(found->filters, 1);
  EXPECT_FALSE(found->all_served);
  EXPECT_EQ(found->fixed_keys, 1U);
  EXPECT_DOUBLE_EQ(found->selectivity, 1.0 / 19997 / 3);  // 1/n_distinct, DEFAULT_INEQ_SEL
  EXPECT_DOUBLE_EQ(found->boundary_selectivity, found->selectivity);
}

TEST(IndexMatch, BehindARangeAConditionOnlyFilters) {
  const auto found =
      match(index_on({key_on("created_at"), key_on("customer_id")}), "customer_id = $1 AND created_at > $2");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->conditions, 2);
  EXPECT_DOUBLE_EQ(found->boundary_selectivity, 1.0 / 3);
  EXPECT_DOUBLE_EQ(found->selectivity, 1.0 / 19997 / 3);
  EXPECT_EQ(found->fixed_keys, 0U);
}

TEST(IndexMatch, WithoutTheLeadingColumnItServesNothing) {
  const auto found = match(index_on({key_on("status"), key_on("customer_id")}), "customer_id = $1");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->conditions, 0);
  EXPECT_DOUBLE_EQ(found->selectivity, 1);
}

TEST(IndexMatch, TwoBoundsAreARange) {
  const auto found = match(index_on({key_on("created_at")}), "created_at > $1 AND created_at < $2");
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->selectivity, 0.005);  // DEFAULT_RANGE_INEQ_SEL
}

TEST(IndexMatch, PartialIndexNeedsItsPredicateInTheStatement) {
  auto index = index_on({key_on("created_at")});
  index.predicate = "note IS NULL";
  EXPECT_FALSE(match(index, "created_at > $1"));
  const auto found = match(index, "created_at > $1 AND note IS NULL");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->conditions, 1);
  EXPECT_EQ(found->filters, 0);
  EXPECT_TRUE(found->all_served);
}

TEST(IndexMatch, GinServesContainmentAndNotEquality) {
  const auto gin = index_on({key_on("doc")}, "gin");
  EXPECT_EQ(match(gin, "doc @> $1")->conditions, 1);
  EXPECT_EQ(match(gin, "doc = $1")->conditions, 0);
  EXPECT_EQ(match(index_on({key_on("doc")}), "doc @> $1")->conditions, 0);
}

TEST(IndexMatch, TrigramsServeLikeOnlyWithTheirOperatorClass) {
  auto gin = index_on({key_on("note")}, "gin");
  EXPECT_EQ(match(gin, "note LIKE $1")->conditions, 0);
  gin.keys.front().operator_class = "gin_trgm_ops";
  EXPECT_EQ(match(gin, "note LIKE $1")->conditions, 1);
}

TEST(IndexMatch, OtherMethodsAreNotJudged) {
  EXPECT_FALSE(match(index_on({key_on("customer_id")}, "gist"), "customer_id = $1"));
}

TEST(IndexMatch, ExpressionKeysMatchTheSameExpression) {
  IndexKey lower;
  lower.expression = "lower(status)";
  EXPECT_EQ(match(index_on({lower}), "lower(status) = $1")->conditions, 1);
  EXPECT_EQ(match(index_on({lower}), "upper(status) = $1")->conditions, 0);
}

TEST(SortKeys, AsExplainPrintsThem) {
  EXPECT_EQ(read_sort_key("orders.created_at DESC").text, "created_at");
  EXPECT_TRUE(read_sort_key("orders.created_at DESC").descending);
  EXPECT_TRUE(read_sort_key("created_at DESC").nulls_first);
  EXPECT_FALSE(read_sort_key("created_at DESC NULLS LAST").nulls_first);
  EXPECT_TRUE(read_sort_key("created_at NULLS FIRST").nulls_first);
  EXPECT_EQ(read_sort_key("(lower(status))").text, "lower(status)");
}

TEST(SortKeys, DeliveredForwardBackwardAndBehindFixedKeys) {
  const auto index = index_on({key_on("customer_id"), key_on("created_at", true)});
  const auto fixed = *match(index, "customer_id = $1");
  const auto free = *match(index, "total = $1");
  const auto created_desc = std::vector{read_sort_key("created_at DESC")};
  const auto created_asc = std::vector{read_sort_key("created_at")};
  EXPECT_TRUE(delivers_order(index, fixed, created_desc));
  EXPECT_TRUE(delivers_order(index, fixed, created_asc));
  EXPECT_FALSE(delivers_order(index, free, created_desc));
  EXPECT_TRUE(delivers_order(index, free, {read_sort_key("customer_id"), read_sort_key("created_at DESC")}));
  EXPECT_TRUE(delivers_order(index, free, {read_sort_key("customer_id DESC"), read_sort_key("created_at")}));
  EXPECT_FALSE(delivers_order(index, free, {read_sort_key("customer_id"), read_sort_key("created_at")}));
  EXPECT_TRUE(delivers_order(index, fixed, {read_sort_key("customer_id"), read_sort_key("created_at DESC")}));
  EXPECT_FALSE(delivers_order(index, fixed, {read_sort_key("created_at DESC NULLS LAST")}));
}

}  // namespace
}  // namespace pgsextant::twin
