#pragma once
// A table as PostgreSQL 15.20 described it, whose plans and index sizes the tests below were captured from:
//   CREATE TABLE orders (id bigint, customer_id int NOT NULL, status text, total numeric(10,2), created_at timestamptz,
//                        note text, doc jsonb);
//   INSERT … SELECT g, (g*7919)%20000, (array['new','paid','shipped','lost'])[1+least(3,g%50)], g%1000,
//                   now()-g*interval '1 min', repeat('x',g%60), jsonb_build_object('sku','s'||(g%5000),'n',g%7)
//   FROM generate_series(1,200000) g;  VACUUM ANALYZE orders;
// with jit off, plan_cache_mode=force_generic_plan and otherwise default settings. pg_class and pg_stats gave:

#include <string>
#include <utility>
#include <vector>

#include "core/model/schema.hpp"

namespace pgsextant::twin {

inline Column column_of(std::int16_t number, std::string name, std::string type, double distinct, double correlation,
                        std::int32_t width) {
  Column column;
  column.number = number;
  column.name = std::move(name);
  column.type = std::move(type);
  column.statistics = ColumnStatistics{0, width, distinct, correlation, std::nullopt};
  return column;
}

inline DatabaseSchema orders_schema() {
  Table orders;
  orders.oid = {16385};
  orders.schema = "public";
  orders.name = "orders";
  orders.pages = {3252};
  orders.tuples = 200000;
  orders.columns = {column_of(1, "id", "bigint", -1, 0.9999984, 8),
                    column_of(2, "customer_id", "integer", 19997, 0.0007163056, 4),
                    column_of(3, "status", "text", 4, 0.87956434, 5),
                    column_of(4, "total", "numeric(10,2)", 1000, -0.0071633356, 4),
                    column_of(5, "created_at", "timestamp with time zone", -1, -0.9999984, 8),
                    column_of(6, "note", "text", 60, 0.020678153, 30),
                    column_of(7, "doc", "jsonb", -0.174235, 0.013862354, 37)};
  DatabaseSchema schema;
  schema.name = "shop";
  schema.search_path = {"public"};
  schema.tables.push_back(std::move(orders));
  return schema;
}

inline IndexKey key_on(std::string column, bool descending = false) {
  IndexKey key;
  key.column = std::move(column);
  key.descending = descending;
  key.nulls_first = descending;
  return key;
}

inline IndexDefinition index_on(std::vector<IndexKey> keys, std::string method = "btree") {
  IndexDefinition index;
  index.schema = "public";
  index.table = "orders";
  index.method = std::move(method);
  index.keys = std::move(keys);
  return index;
}

}  // namespace pgsextant::twin
