#include "sql/shape.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace pgsextant::sql {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A small shop.
class Shop final : public ColumnResolver {
 public:
  [[nodiscard]] bool has_column(std::string_view, std::string_view table, std::string_view column) const override {
    const auto all = columns("", table);
    return std::ranges::find(all, column) != all.end();
  }
  [[nodiscard]] std::vector<std::string> columns(std::string_view, std::string_view table) const override {
    static const std::map<std::string, std::vector<std::string>, std::less<>> tables{
        {"orders", {"id", "customer_id", "created_at", "shipped_at", "total"}},
        {"customers", {"customer_id", "email", "name", "active"}},
        {"items", {"order_id", "product_id", "quantity"}},
        {"products", {"product_id", "attributes", "tags", "title"}},
    };
    const auto found = tables.find(table);
    return found == tables.end() ? std::vector<std::string>{} : found->second;
  }
};

Shape shape_of(std::string_view text) {
  static const Shop shop;
  auto result = shape(text, &shop);
  EXPECT_TRUE(result.ok()) << text;
  return result.ok() ? *std::move(result) : Shape{};
}

std::string_view name(PredicateKind kind) {
  static const std::map<PredicateKind, std::string_view> names{
      {PredicateKind::equality, "equality"},     {PredicateKind::range, "range"},
      {PredicateKind::is_null, "is_null"},       {PredicateKind::is_not_null, "is_not_null"},
      {PredicateKind::boolean, "boolean"},       {PredicateKind::contains, "contains"},
      {PredicateKind::overlaps, "overlaps"},     {PredicateKind::has_key, "has_key"},
      {PredicateKind::text_match, "text_match"}, {PredicateKind::full_text, "full_text"},
      {PredicateKind::other, "other"},
  };
  return names.at(kind);
}

/// "orders: equality customer_id = $; range created_at >= $ | join customer_id customers.customer_id"
std::string asks(const Shape& shape, std::size_t i = 0) {
  const TableUse& table = shape.tables.at(i);
  std::string text = table.table + ":";
  const char* separator = " ";
  for (const auto& p : table.predicates) {
    text += separator;
    separator = "; ";
    text += name(p.kind);
    if (p.negated) text += " not";
    if (!p.column.empty()) text += " " + p.column;
    if (!p.expression.empty()) text += " (" + p.expression + ")";
    if (!p.operator_name.empty()) text += " " + p.operator_name;
    if (p.parameter) text += " $";
    if (!p.constant_sql.empty()) text += " [" + p.constant_sql + "]";
  }
  for (const auto& join : table.joins) {
    text += " | join " + join.column + " " + shape.tables.at(static_cast<std::size_t>(join.other_table)).table + "." +
            join.other_column;
  }
  return text;
}

std::string keys(const std::vector<SortKey>& sort) {
  std::string text;
  for (const auto& key : sort) {
    if (!text.empty()) text += ", ";
    text += key.column.empty() ? "(" + key.expression + ")" : key.column;
    if (key.descending) text += " DESC";
    if (key.nulls_first != key.descending) text += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  }
  return text;
}

struct Case {
  std::string_view condition, expected;
};

TEST(Shape, ClassifiesConditions) {
  const std::vector<Case> cases{
      {"customer_id = $1", "orders: equality customer_id = $"},
      {"$1 = customer_id", "orders: equality customer_id = $"},
      {"orders.customer_id = $1::bigint", "orders: equality customer_id = $"},
      {"total = 5", "orders: equality total = [total = 5]"},
      {"total in ($1, $2)", "orders: equality total = $"},
      {"total = any($1)", "orders: equality total = $"},
      {"total = any($1::int[])", "orders: equality total = $"},
      {"total is not distinct from $1", "orders: equality total = $"},
      {"total = $1 or total = $2 or total in ($3, $4)", "orders: equality total = $"},
      {"total = 1 or total = 2", "orders: equality total = [total = 1 OR total = 2]"},
      {"total = $1 or id = $2", "orders: other OR $"},
      {"total < $1 and total >= $2", "orders: range total < $; range total >= $"},
      {"$1 < total", "orders: range total > $"},
      {"created_at between $1 and $2", "orders: range created_at BETWEEN $"},
      {"created_at not between $1 and $2", "orders: other created_at NOT BETWEEN $"},
      {"total <> $1", "orders: other total <> $"},
      {"total not in ($1, $2)", "orders: other total <> $"},
      {"shipped_at is null", "orders: is_null shipped_at IS NULL [shipped_at IS NULL]"},
      {"orders.shipped_at is not null", "orders: is_not_null shipped_at IS NOT NULL [shipped_at IS NOT NULL]"},
      {"not (shipped_at is null)", "orders: is_not_null shipped_at IS NOT NULL [NOT shipped_at IS NULL]"},
      {"(id, total) = ($1, $2)", "orders: equality id = $; equality total = $"},
      {"(id, total) in (($1, $2), ($3, $4))", "orders: equality id = $; equality total = $"},
      {"(created_at, id) < ($1, $2)", "orders: range created_at < $"},
      {"id::text = $1", "orders: equality (id::text) = $"},
      {"id + 1 = $1", "orders: equality (id + 1) = $"},
      {"created_at > now()", "orders: range created_at >"},
      {"created_at > current_date", "orders: range created_at >"},
      {"id = total", "orders: other id = [id = total]"},
      {"id = (select max(customer_id) from customers)", "orders: equality id = $"},
      {"1 = 1", "orders:"},
  };
  for (const auto& [condition, expected] : cases) {
    EXPECT_EQ(asks(shape_of("select id from orders where " + std::string(condition))), expected) << condition;
  }
}

TEST(Shape, ClassifiesConditionsOnOtherTypes) {
  EXPECT_EQ(asks(shape_of("select 1 from customers where active")), "customers: boolean active [active]");
  EXPECT_EQ(asks(shape_of("select 1 from customers c where not c.active")),
            "customers: boolean not active [NOT active]");
  EXPECT_EQ(asks(shape_of("select 1 from customers where active is false")),
            "customers: boolean not active [active IS FALSE]");
  EXPECT_EQ(asks(shape_of("select 1 from customers c where lower(c.email) = $1")),
            "customers: equality (lower(email)) = $");
  EXPECT_EQ(asks(shape_of("select 1 from customers where name like $1")), "customers: text_match name ~~ $");
  EXPECT_EQ(asks(shape_of("select 1 from customers where name ilike $1")), "customers: text_match name ~~* $");
  EXPECT_EQ(asks(shape_of("select 1 from customers where name not like $1")), "customers: other name !~~ $");
  EXPECT_EQ(asks(shape_of("select 1 from customers where name ~ $1")), "customers: text_match name ~ $");
  EXPECT_EQ(asks(shape_of("select 1 from products where attributes @> $1")), "products: contains attributes @> $");
  EXPECT_EQ(asks(shape_of("select 1 from products where $1 <@ attributes")), "products: contains attributes @> $");
  EXPECT_EQ(asks(shape_of("select 1 from products where tags && $1")), "products: overlaps tags && $");
  EXPECT_EQ(asks(shape_of("select 1 from products where attributes ? $1")), "products: has_key attributes ? $");
  EXPECT_EQ(asks(shape_of("select 1 from products where to_tsvector(title) @@ $1")),
            "products: full_text (to_tsvector(title)) @@ $");
  EXPECT_EQ(asks(shape_of("select 1 from products where attributes ->> $1 = $2")),
            "products: equality (attributes ->> $1) = $");
}

TEST(Shape, KnowsWhichExpressionsAnIndexMayHold) {
  const auto immutable = [](std::string_view condition) {
    return shape_of("select 1 from customers where " + std::string(condition)).tables.at(0).predicates.at(0).immutable;
  };
  EXPECT_TRUE(immutable("lower(email) = $1"));
  EXPECT_FALSE(immutable("lower(email || $2) = $1"));
  EXPECT_FALSE(immutable("to_char(email, 'x') = $1"));
  EXPECT_FALSE(immutable("my_function(email) = $1"));
  EXPECT_FALSE(immutable("email::date = $1"));
}

TEST(Shape, JoinsAreKeysOfBothTables) {
  const auto shape =
      shape_of("select * from orders o join customers c on c.customer_id = o.customer_id where email = $1");
  EXPECT_EQ(asks(shape, 0), "orders: | join customer_id customers.customer_id");
  EXPECT_EQ(asks(shape, 1), "customers: equality email = $ | join customer_id orders.customer_id");
  EXPECT_EQ(asks(shape_of("select 1 from orders, items where id = order_id")), "orders: | join id items.order_id");
}

TEST(Shape, UsingAndNaturalJoin) {
  for (const auto* text : {"select * from orders join customers using (customer_id) where customer_id = $1",
                           "select * from orders natural join customers where customer_id = $1"}) {
    const auto shape = shape_of(text);
    EXPECT_EQ(asks(shape, 0), "orders: equality customer_id = $ | join customer_id customers.customer_id") << text;
    EXPECT_EQ(asks(shape, 1), "customers: | join customer_id orders.customer_id") << text;
  }
}

TEST(Shape, OuterJoinsFilterOnlyTheirNullableSide) {
  const auto shape = shape_of(
      "select * from customers c left join orders o on o.customer_id = c.customer_id and o.total > $1 and c.active");
  EXPECT_FALSE(shape.tables.at(0).outer_nullable);
  EXPECT_TRUE(shape.tables.at(1).outer_nullable);
  EXPECT_EQ(asks(shape, 0), "customers: | join customer_id orders.customer_id");
  EXPECT_EQ(asks(shape, 1), "orders: range total > $ | join customer_id customers.customer_id");

  const auto right = shape_of(
      "select * from orders o right join customers c on o.customer_id = c.customer_id and o.total > $1 and c.active");
  EXPECT_TRUE(right.tables.at(0).outer_nullable);
  EXPECT_FALSE(right.tables.at(1).outer_nullable);
  EXPECT_EQ(asks(right, 0), "orders: range total > $ | join customer_id customers.customer_id");
  EXPECT_EQ(asks(right, 1), "customers: | join customer_id orders.customer_id");
}

TEST(Shape, CorrelatedConditionsJoinTheInnerTable) {
  const auto shape =
      shape_of("select * from orders o where exists (select 1 from items where order_id = o.id and quantity > $1)");
  EXPECT_EQ(asks(shape, 0), "orders:");
  EXPECT_EQ(asks(shape, 1), "items: range quantity > $ | join order_id orders.id");
}

TEST(Shape, InSubqueryJoinsBothTables) {
  const auto shape = shape_of("select * from orders where id in (select order_id from items where product_id = $1)");
  EXPECT_EQ(asks(shape, 0), "orders: | join id items.order_id");
  EXPECT_EQ(asks(shape, 1), "items: equality product_id = $ | join order_id orders.id");
  EXPECT_EQ(asks(shape_of("select 1 from orders where id not in (select order_id from items)")), "orders:");
}

TEST(Shape, ACorrelatedSubqueryIsNoValueForItsOwnTable) {
  const auto shape =
      shape_of("select 1 from orders o where o.total = (select max(quantity) from items where order_id = o.id)");
  EXPECT_EQ(asks(shape, 0), "orders:");
}

TEST(Shape, CteNamesShadowTables) {
  const auto shape = shape_of(
      "with orders as (select customer_id, email from customers where active) select * from orders where email = $1");
  ASSERT_EQ(shape.tables.size(), 1U);
  EXPECT_EQ(asks(shape), "customers: boolean active [active]; equality email = $");
  const auto qualified = shape_of("with orders as (select 1) select * from public.orders");
  ASSERT_EQ(qualified.tables.size(), 1U);
  EXPECT_EQ(qualified.tables.at(0).schema, "public");
}

TEST(Shape, RecursiveCtesSeeThemselves) {
  const auto shape = shape_of(
      "with recursive r as (select id from orders where id = $1 union all "
      "select o.id from orders o join r on o.customer_id = r.id) select * from r");
  ASSERT_EQ(shape.tables.size(), 2U);
  EXPECT_EQ(asks(shape, 0), "orders: equality id = $");
  EXPECT_EQ(asks(shape, 1), "orders: equality customer_id = $");
}

TEST(Shape, ConditionsReachThroughSubqueries) {
  const auto shape = shape_of("select * from (select * from orders) o where o.customer_id = $1 order by created_at");
  EXPECT_EQ(asks(shape), "orders: equality customer_id = $");
  EXPECT_EQ(keys(shape.tables.at(0).order_by), "created_at");
  // but not through a limit, nor to what is computed
  EXPECT_EQ(asks(shape_of("select * from (select * from orders limit 5) o where o.customer_id = $1")), "orders:");
  EXPECT_EQ(asks(shape_of("select * from (select max(total) as m from orders) o where o.m = $1")), "orders:");
}

TEST(Shape, EveryUnionArmCounts) {
  const auto shape =
      shape_of("select id from orders where total = $1 union all select customer_id from customers where email = $2");
  EXPECT_EQ(asks(shape, 0), "orders: equality total = $");
  EXPECT_EQ(asks(shape, 1), "customers: equality email = $");
}

TEST(Shape, LateralSeesItsLeft) {
  const auto shape = shape_of(
      "select * from customers c, lateral (select * from orders o where o.customer_id = c.customer_id "
      "order by created_at desc limit 3) x");
  EXPECT_EQ(asks(shape, 1), "orders: | join customer_id customers.customer_id");
  EXPECT_EQ(keys(shape.tables.at(1).order_by), "created_at DESC");
}

TEST(Shape, SortKeys) {
  const auto sort = [](std::string_view tail) {
    const auto shape = shape_of("select id, created_at as c, total from orders " + std::string(tail));
    return keys(shape.tables.at(0).order_by);
  };
  EXPECT_EQ(sort("order by created_at desc, id"), "created_at DESC, id");
  EXPECT_EQ(sort("order by created_at desc nulls last"), "created_at DESC NULLS LAST");
  EXPECT_EQ(sort("order by created_at nulls first"), "created_at NULLS FIRST");
  EXPECT_EQ(sort("order by c"), "created_at");
  EXPECT_EQ(sort("order by 3 desc"), "total DESC");
  EXPECT_EQ(sort("order by random()"), "");
  EXPECT_EQ(sort("order by total, random()"), "");
  EXPECT_EQ(sort("order by abs(total)"), "(abs(total))");
  const auto joined =
      shape_of("select * from orders o join customers c using (customer_id) order by o.created_at, c.name");
  EXPECT_THAT(joined.tables.at(0).order_by, IsEmpty());
}

TEST(Shape, GroupKeys) {
  const auto group = [](std::string_view text) { return keys(shape_of(text).tables.at(0).group_by); };
  EXPECT_EQ(group("select customer_id, count(*) from orders group by customer_id"), "customer_id");
  EXPECT_EQ(group("select customer_id, count(*) from orders group by 1"), "customer_id");
  EXPECT_EQ(group("select distinct customer_id, total from orders"), "customer_id, total");
  EXPECT_EQ(group("select distinct on (customer_id) * from orders order by customer_id, created_at"), "customer_id");
  EXPECT_EQ(group("select distinct * from orders"), "");
  EXPECT_EQ(group("select id from orders group by grouping sets ((id), ())"), "");
}

TEST(Shape, TopLevelFacts) {
  EXPECT_TRUE(shape_of("select * from orders limit $1").limited);
  EXPECT_TRUE(shape_of("select * from orders fetch first row only").limited);
  EXPECT_FALSE(shape_of("select * from orders").limited);
  EXPECT_FALSE(shape_of("select * from orders limit null").limited);
  EXPECT_FALSE(shape_of("select * from (select * from orders limit 1) x").limited);
  EXPECT_TRUE(shape_of("select count(*) from orders").aggregates);
  EXPECT_TRUE(shape_of("select max(total) from orders").aggregates);
  EXPECT_TRUE(shape_of("select total from orders group by total").aggregates);
  EXPECT_FALSE(shape_of("select sum(total) over (partition by id) from orders").aggregates);
  EXPECT_FALSE(shape_of("select (select count(*) from items) from orders").aggregates);
  EXPECT_TRUE(shape_of("select unnest(tags) from products").set_returning);
  EXPECT_FALSE(shape_of("select tags from products").set_returning);
}

TEST(Shape, ColumnsRead) {
  const auto shape = shape_of(
      "select o.total, upper(name) from orders o join customers using (customer_id) "
      "where o.total > $1 order by created_at");
  EXPECT_THAT(shape.tables.at(0).columns_read, ElementsAre("created_at", "customer_id", "total"));
  EXPECT_THAT(shape.tables.at(1).columns_read, ElementsAre("customer_id", "name"));
  EXPECT_FALSE(shape.tables.at(0).all_columns);
  EXPECT_TRUE(shape_of("select * from orders").tables.at(0).all_columns);
  EXPECT_TRUE(shape_of("select o.* from orders o, items").tables.at(0).all_columns);
  EXPECT_FALSE(shape_of("select o.* from orders o, items").tables.at(1).all_columns);
  EXPECT_TRUE(shape_of("select row_to_json(o) from orders o").tables.at(0).all_columns);
  EXPECT_FALSE(shape_of("select count(*) from orders").tables.at(0).all_columns);
}

TEST(Shape, Updates) {
  const auto shape = shape_of(
      "update orders o set total = $1, shipped_at = now() from customers c "
      "where o.customer_id = c.customer_id and c.email = $2 returning o.id");
  EXPECT_TRUE(shape.tables.at(0).target);
  EXPECT_THAT(shape.tables.at(0).columns_written, ElementsAre("shipped_at", "total"));
  EXPECT_EQ(asks(shape, 0), "orders: | join customer_id customers.customer_id");
  EXPECT_EQ(asks(shape, 1), "customers: equality email = $ | join customer_id orders.customer_id");
}

TEST(Shape, Deletes) {
  const auto shape = shape_of("delete from items using orders where order_id = id and created_at < $1");
  EXPECT_TRUE(shape.tables.at(0).target);
  EXPECT_EQ(asks(shape, 0), "items: | join order_id orders.id");
  EXPECT_EQ(asks(shape, 1), "orders: range created_at < $ | join id items.order_id");
}

TEST(Shape, Inserts) {
  const auto shape = shape_of(
      "insert into items (order_id, quantity) select id, $1 from orders where customer_id = $2 "
      "on conflict (order_id) do update set quantity = excluded.quantity + items.quantity");
  EXPECT_TRUE(shape.tables.at(0).target);
  EXPECT_THAT(shape.tables.at(0).columns_written, ElementsAre("order_id", "quantity"));
  EXPECT_EQ(asks(shape, 1), "orders: equality customer_id = $");
  EXPECT_FALSE(shape.tables.at(1).target);
}

TEST(Shape, Merges) {
  const auto shape =
      shape_of("merge into items i using orders o on i.order_id = o.id when matched then update set quantity = $1");
  EXPECT_TRUE(shape.tables.at(0).target);
  EXPECT_THAT(shape.tables.at(0).columns_written, ElementsAre("quantity"));
  EXPECT_EQ(asks(shape, 0), "items: | join order_id orders.id");
}

TEST(Shape, ATableJoinedToItselfIsTwo) {
  const auto shape = shape_of("select 1 from orders a join orders b on a.id = b.customer_id");
  ASSERT_EQ(shape.tables.size(), 2U);
  EXPECT_EQ(asks(shape, 0), "orders: | join id orders.customer_id");
  EXPECT_EQ(asks(shape, 1), "orders: | join customer_id orders.id");
}

TEST(Shape, AmbiguousColumnsAreLeftOut) {
  const auto shape = shape_of("select 1 from orders, customers where customer_id = $1 and nowhere = $2");
  EXPECT_EQ(asks(shape, 0), "orders:");
  EXPECT_EQ(asks(shape, 1), "customers:");
}

TEST(Shape, WithoutResolverOnlyASingleTableResolves) {
  EXPECT_EQ(asks(*shape("select 1 from t where a = $1")), "t: equality a = $");
  EXPECT_EQ(asks(*shape("select 1 from t, u where a = $1 and t.b = $2")), "t: equality b = $");
}

TEST(Shape, SystemColumnsAreNoColumns) { EXPECT_EQ(asks(*shape("select 1 from t where ctid = $1")), "t:"); }

TEST(Shape, FailsAsInspectDoes) {
  EXPECT_FALSE(shape("select 1; select 2").ok());
  EXPECT_FALSE(shape("selec").ok());
  EXPECT_THAT(shape("vacuum t")->tables, IsEmpty());
}

}  // namespace
}  // namespace pgsextant::sql
