// The faults of the schema, and that there are no others: found with SQL that owes nothing to pgsextant's own.

#include <gmock/gmock.h>

#include <set>

#include "tests/live/demo/running_shop.hpp"

namespace pgsextant::demo {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> column(pg::Session session, std::string_view sql) {
  const auto rows = session.query(sql);
  std::vector<std::string> values;
  for (std::size_t row = 0; row < rows.size(); ++row) values.emplace_back(rows.text(row, 0));
  return values;
}

using SchemaFaults = RunningShop;

TEST_F(SchemaFaults, StandOnEnoughRows) {
  auto session = primary();
  std::int64_t rows = 0;
  for (const auto* table :
       {"customers", "products", "inventory", "orders", "order_items", "events", "wishlist_items"}) {
    rows += session.query(std::string("SELECT count(*) FROM ") + table).integer(0, 0);
  }
  EXPECT_GE(static_cast<double>(rows), 1'500'000 * test_scale);
}

TEST_F(SchemaFaults, StandOnStatistics) {
  EXPECT_THAT(
      column(primary(), "SELECT relname FROM pg_stat_user_tables WHERE last_vacuum IS NULL OR last_analyze IS NULL"),
      IsEmpty());
}

TEST_F(SchemaFaults, HaveOnePairOfEqualIndexes) {
  const auto duplicates = column(primary(), R"(
    SELECT string_agg('public.' || indexrelid::regclass::text, ' ' ORDER BY indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
    GROUP BY indrelid, relam, indkey::text, indclass::text, indoption::text, pg_get_expr(indpred, indrelid)
    HAVING count(*) > 1)");
  EXPECT_THAT(duplicates,
              ElementsAre("public.order_items_order_id_idx " + fault("order_items_indexed_twice").object.name));
}

TEST_F(SchemaFaults, HaveNoIndexThatBeginsLikeAnother) {
  // The pair of equal ones is found from both sides.
  EXPECT_THAT(column(primary(), R"(
    SELECT DISTINCT shorter.indexrelid::regclass::text FROM pg_index shorter JOIN pg_index longer
      ON shorter.indrelid = longer.indrelid AND shorter.indexrelid <> longer.indexrelid
      AND longer.indkey::text || ' ' LIKE shorter.indkey::text || ' %'
    JOIN pg_class ON pg_class.oid = shorter.indrelid WHERE relnamespace = 'public'::regnamespace ORDER BY 1)"),
              ElementsAre("order_items_order_id_idx", "order_items_order_idx"));
}

TEST_F(SchemaFaults, HaveOneUnusedIndex) {
  const auto unused = [&] {
    return column(primary(), R"(
      SELECT 'public.' || indexrelname FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid)
      WHERE idx_scan = 0 AND NOT indisunique)");
  };
  EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] { return unused().size() == 1; }));
  EXPECT_THAT(unused(), ElementsAre(fault("customers_phone_unused").object.name));
  EXPECT_GE(primary().query("SELECT pg_relation_size('customers_phone_idx')").real(0, 0), test_scale * (1 << 20));
}

TEST_F(SchemaFaults, HaveTwoForeignKeysWithoutIndex) {
  EXPECT_THAT(column(primary(), R"(
    SELECT conrelid::regclass || '.' || attname FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND cardinality(conkey) = 1
      AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = conrelid AND indkey[0] = conkey[1]) ORDER BY 1)"),
              ElementsAre("order_items.product_id", "orders.customer_id"));
  EXPECT_EQ(fault("order_items_product_without_index").object.name, "public.order_items");
  EXPECT_EQ(fault("orders_customer_without_index").object.name, "public.orders");
}

TEST_F(SchemaFaults, HaveOneKeyNearItsLimit) {
  EXPECT_THAT(column(primary(), R"(
    SELECT 'public.' || table_name || '.' || column_name FROM information_schema.columns
    JOIN pg_sequences ON sequencename = table_name || '_' || column_name || '_seq'
    WHERE columns.data_type = 'integer' AND last_value > 0.9 * 2147483647)"),
              ElementsAre(fault("events_key_near_limit").object.name));
}

TEST_F(SchemaFaults, HaveAPrimaryKeyEverywhere) {
  EXPECT_THAT(column(primary(), R"(
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary))"),
              IsEmpty());
}

TEST_F(SchemaFaults, LeaveTheToolsOfLoadingBehind) {
  EXPECT_THAT(column(primary(), "SELECT nspname FROM pg_namespace WHERE nspname = 'load'"), IsEmpty());
  // ALTER SYSTEM's file has nothing left to say.
  EXPECT_THAT(column(primary(),
                     "SELECT name FROM pg_settings WHERE name IN ('fsync', 'autovacuum') "
                     "AND setting <> 'on'"),
              IsEmpty());
}

TEST_F(SchemaFaults, AreReadByARoleThatCannotWrite) {
  try {
    auto session = primary();
    session.query("SET default_transaction_read_only = off");
    session.query("DELETE FROM wishlist_items");
    FAIL() << "the monitoring role deleted rows";
  } catch (const pg::Error& error) {
    EXPECT_EQ(error.sqlstate(), "42501");
  }
}

}  // namespace
}  // namespace pgsextant::demo
