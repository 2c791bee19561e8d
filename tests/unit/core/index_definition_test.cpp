// Expected statements: what pg_get_indexdef() of PostgreSQL 15 printed for the same indexes, except where noted.
#include "core/index_definition.hpp"

#include <gtest/gtest.h>

namespace pgsextant {
namespace {

IndexDefinition on_orders(std::vector<IndexKey> keys) {
  IndexDefinition index;
  index.schema = "public";
  index.table = "orders";
  index.keys = std::move(keys);
  return index;
}

IndexKey column(std::string name) {
  IndexKey key;
  key.column = std::move(name);
  return key;
}

IndexKey expression(std::string sql) {
  IndexKey key;
  key.expression = std::move(sql);
  return key;
}

IndexKey descending(IndexKey key) {
  key.descending = true;
  key.nulls_first = true;
  return key;
}

TEST(CreateStatement, PlainColumn) {
  EXPECT_EQ(create_statement(on_orders({column("customer_id")}), "orders_customer_id_idx", false),
            "CREATE INDEX orders_customer_id_idx ON public.orders USING btree (customer_id)");
}

TEST(CreateStatement, NullsAreNamedOnlyWhereTheyDifferFromTheDefault) {
  auto key = descending(column("created_at"));
  EXPECT_EQ(create_statement(on_orders({column("customer_id"), key}), "i", false),
            "CREATE INDEX i ON public.orders USING btree (customer_id, created_at DESC)");
  key.nulls_first = false;
  EXPECT_EQ(create_statement(on_orders({column("customer_id"), key}), "i", false),
            "CREATE INDEX i ON public.orders USING btree (customer_id, created_at DESC NULLS LAST)");
  key = column("customer_id");
  key.nulls_first = true;
  EXPECT_EQ(create_statement(on_orders({key}), "i", false),
            "CREATE INDEX i ON public.orders USING btree (customer_id NULLS FIRST)");
}

TEST(CreateStatement, UniqueCoveringPartial) {
  auto index = on_orders({column("id")});
  index.unique = true;
  index.include = {"status", "Group"};
  index.predicate = "(status <> 'done'::text)";
  EXPECT_EQ(create_statement(index, "orders_id_status_Group_idx", false),
            "CREATE UNIQUE INDEX \"orders_id_status_Group_idx\" ON public.orders USING btree (id) INCLUDE (status, "
            "\"Group\") WHERE (status <> 'done'::text)");
}

TEST(CreateStatement, MethodAndOperatorClass) {
  auto index = on_orders({column("doc")});
  index.method = "gin";
  index.keys[0].operator_class = "jsonb_path_ops";
  EXPECT_EQ(create_statement(index, "orders_doc_idx", false),
            "CREATE INDEX orders_doc_idx ON public.orders USING gin (doc jsonb_path_ops)");
}

// PostgreSQL leaves the parentheses of a plain function call out; with them the statement is the same.
TEST(CreateStatement, ExpressionsAreParenthesised) {
  auto key = descending(expression("lower(status)"));
  key.operator_class = "text_pattern_ops";
  EXPECT_EQ(create_statement(on_orders({key, expression("id + 1")}), "i", false),
            "CREATE INDEX i ON public.orders USING btree ((lower(status)) text_pattern_ops DESC, (id + 1))");
}

TEST(CreateStatement, HostileNamesAreQuoted) {
  IndexDefinition index;
  index.schema = "we ird";
  index.table = "Big \"T";
  index.keys = {column("a"), column("c,d")};
  index.predicate = "(b > 0)";
  EXPECT_EQ(create_statement(index, "Big \"T_a_c,d_idx", false),
            "CREATE INDEX \"Big \"\"T_a_c,d_idx\" ON \"we ird\".\"Big \"\"T\" USING btree (a, \"c,d\") WHERE (b > 0)");
}

TEST(CreateStatement, ConcurrentlyAndWithoutName) {
  const auto index = on_orders({column("id")});
  EXPECT_EQ(create_statement(index, "i", true), "CREATE INDEX CONCURRENTLY i ON public.orders USING btree (id)");
  EXPECT_EQ(create_statement(index, "", false), "CREATE INDEX ON public.orders USING btree (id)");
}

TEST(Describe, NamesTableAndKeys) {
  auto index = on_orders({column("customer_id"), descending(column("created_at"))});
  EXPECT_EQ(describe(index), "orders (customer_id, created_at DESC)");
  index.predicate = "status = 'open'";
  EXPECT_EQ(describe(index), "orders (customer_id, created_at DESC) WHERE status = 'open'");
}

TEST(Describe, SaysWhatIsUnusual) {
  auto index = on_orders({column("tags")});
  index.method = "gin";
  index.schema = "sales";
  EXPECT_EQ(describe(index), "sales.orders USING gin (tags)");
  index = on_orders({column("id")});
  index.unique = true;
  index.include = {"Total"};
  EXPECT_EQ(describe(index), "unique orders (id) INCLUDE (\"Total\")");
}

}  // namespace
}  // namespace pgsextant
