#pragma once
// A shop's schema and statistics, as a capture would hold them, and a server around it for tests to change.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/snapshot.hpp"
#include "core/window.hpp"

namespace pgsextant::advisor {

inline constexpr Oid shop_database{5};
inline constexpr Oid orders{100}, events{101}, products{102}, customers{103}, countries{104}, items{105};

inline Column column(std::string name, std::string type, double distinct, double null_fraction = 0,
                     std::optional<double> top_frequency = std::nullopt) {
  Column c;
  c.name = std::move(name);
  c.type = std::move(type);
  ColumnStatistics statistics;
  statistics.distinct = distinct;
  statistics.null_fraction = null_fraction;
  statistics.top_frequency = top_frequency;
  statistics.average_width = 8;
  c.statistics = statistics;
  return c;
}

inline Table table(Oid oid, std::string name, double rows, std::vector<Column> columns) {
  Table t;
  t.oid = oid;
  t.schema = "public";
  t.name = std::move(name);
  t.tuples = rows;
  t.pages = {static_cast<std::int64_t>(rows / 100) + 1};
  std::int16_t number = 0;
  for (Column& c : columns) c.number = ++number;
  t.columns = std::move(columns);
  return t;
}

/// "(a, b DESC)" as an existing B-tree.
inline Index index_on(Oid oid, const Table& on, std::string name, const std::vector<std::string>& columns) {
  Index index;
  index.oid = oid;
  index.table = on.oid;
  index.name = std::move(name);
  index.definition.schema = on.schema;
  index.definition.table = on.name;
  for (const auto& c : columns) {
    IndexKey key;
    key.column = c;
    index.definition.keys.push_back(std::move(key));
  }
  index.pages = {1000};
  index.tuples = on.tuples;
  return index;
}

inline Index primary_key(Oid oid, const Table& on) {
  Index index = index_on(oid, on, on.name + "_pkey", {"id"});
  index.primary = index.unique = index.constraint = index.definition.unique = true;
  return index;
}

inline DatabaseSchema shop_schema() {
  DatabaseSchema schema;
  schema.database = shop_database;
  schema.name = "shop";
  schema.search_path = {"public"};
  schema.tables = {
      table(orders, "orders", 1'000'000,
            {column("id", "bigint", -1), column("customer_id", "bigint", 50'000),
             column("created_at", "timestamp with time zone", -1),
             column("shipped_at", "timestamp with time zone", -0.98, 0.02), column("tracking_code", "text", -1),
             column("status", "text", 5, 0, 0.6), column("total", "numeric(10,2)", 20'000),
             column("gift", "boolean", 2, 0, 0.99), column("note", "json", 0)}),
      table(events, "events", 2'000'000,
            {column("id", "bigint", -1), column("kind", "text", 40),
             column("occurred_at", "timestamp with time zone", -0.9), column("payload", "jsonb", 0),
             column("active_during", "tstzrange", -1)}),
      table(products, "products", 50'000,
            {column("id", "bigint", -1), column("attributes", "jsonb", 0), column("tags", "text[]", 0),
             column("title", "text", -1), column("search", "tsvector", 0)}),
      table(customers, "customers", 100'000,
            {column("id", "bigint", -1), column("email", "text", -1), column("country_id", "integer", 200),
             column("created_at", "timestamp with time zone", -1)}),
      table(countries, "countries", 200, {column("id", "integer", -1), column("name", "text", -1)}),
      table(items, "items", 3'000'000,
            {column("id", "bigint", -1), column("order_id", "bigint", 1'000'000),
             column("product_id", "bigint", 50'000), column("quantity", "integer", 10)}),
  };
  std::uint32_t oid = 200;
  for (const Table& t : schema.tables) schema.indexes.push_back(primary_key(Oid{oid++}, t));
  return schema;
}

/// A server whose only database is the shop.
struct ShopServer {
  DatabaseSchema schema = shop_schema();
  RelationCounters counters{shop_database, {}, {}};
  DatabaseTotals database;
  Replication replication;
  Statements statements;
  StatementTexts texts;
  Window window;

  static constexpr Timestamp now{std::chrono::days(20'000)};

  ShopServer() {
    database.oid = shop_database;
    database.name = "shop";
    database.stats_reset = now - std::chrono::minutes(10);
    window.tables.push_back({shop_database, Seconds(3600), {}});
    window.statements.length = Seconds(3600);
  }

  [[nodiscard]] Snapshot snapshot() const {
    Snapshot s;
    s.server.name = "test";
    s.schemas.push_back({std::make_shared<DatabaseSchema>(schema), now, now});
    s.relations.push_back({std::make_shared<RelationCounters>(counters), now, now});
    s.databases = {std::make_shared<std::vector<DatabaseTotals>>(1, database), now, now};
    s.replication = {std::make_shared<Replication>(replication), now, now};
    s.texts = {std::make_shared<StatementTexts>(texts), now, now};
    return s;
  }
};

}  // namespace pgsextant::advisor
