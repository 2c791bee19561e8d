#include "orders_database.hpp"

#include <map>

namespace pgsextant::twin {
namespace {

constexpr std::string_view orders_sql = R"(
SET log_statement = none;
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, status text, total numeric(10,2),
                     created_at timestamptz NOT NULL, shipped_at timestamptz, email text, doc jsonb);
INSERT INTO orders
SELECT g, (g * 7919) % 20000, (array['new', 'paid', 'shipped', 'lost'])[1 + g % 4], g % 1000,
       timestamptz '2024-01-01' + g * interval '1 min', CASE WHEN g % 50 <> 0 THEN timestamptz '2024-06-01' END,
       'User' || g || '@example.org', jsonb_build_object('sku', 's' || (g % 5000), 'n', g % 7)
FROM generate_series(1, 200000) AS g;
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, country text NOT NULL);
INSERT INTO customers SELECT g, 'c' || g, 'x' || g % 200 FROM generate_series(0, 19999) AS g;
VACUUM ANALYZE orders, customers;
)";

void run_all(pg::Session& session, std::string_view sql) {
  // VACUUM refuses to share a text with other statements.
  for (auto end = sql.find(";\n"); end != std::string_view::npos; end = sql.find(";\n")) {
    session.execute(sql.substr(0, end));
    sql.remove_prefix(end + 2);
  }
}

Column read_column(const pg::Rows& rows, std::size_t row) {
  Column column;
  column.number = static_cast<std::int16_t>(rows.integer(row, 1));
  column.name = rows.text(row, 2);
  column.type = rows.text(row, 3);
  if (rows.is_null(row, 4)) return column;
  column.statistics = ColumnStatistics{rows.real(row, 4), static_cast<std::int32_t>(rows.integer(row, 5)),
                                       rows.real(row, 6), rows.maybe_real(row, 7), rows.maybe_real(row, 8)};
  return column;
}

}  // namespace

bool hypopg_available() {
  auto session = orders_server().superuser();
  return session.query("SELECT count(*) FROM pg_available_extensions WHERE name = 'hypopg'").integer(0, 0) > 0;
}

pg::Conninfo orders_database(std::string_view name, bool hypopg) {
  static std::map<std::string, pg::Conninfo, std::less<>> made;
  if (const auto found = made.find(name); found != made.end()) return found->second;
  auto& server = orders_server();
  server.make_database(name);
  auto superuser = server.superuser(name);
  run_all(superuser, orders_sql);
  if (hypopg && hypopg_available()) superuser.execute("CREATE SCHEMA ext; CREATE EXTENSION hypopg SCHEMA ext");
  const auto role = "reader_" + std::string(name);
  auto conninfo = server.make_monitor(role, "secret", name);
  superuser.execute("GRANT pg_read_all_data TO " + test::identifier(role));
  return made.emplace(name, std::move(conninfo)).first->second;
}

DatabaseSchema read_schema(std::string_view database) {
  auto session = orders_server().session({}, database);
  DatabaseSchema schema;
  schema.name = database;
  schema.search_path = {"public"};
  const auto tables = session.query(
      "SELECT oid::bigint, relname, relpages, reltuples FROM pg_class "
      "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY oid");
  for (std::size_t row = 0; row < tables.size(); ++row) {
    Table table;
    table.oid = {static_cast<std::uint32_t>(tables.integer(row, 0))};
    table.schema = "public";
    table.name = tables.text(row, 1);
    table.pages = {tables.integer(row, 2)};
    table.tuples = tables.real(row, 3);
    schema.tables.push_back(std::move(table));
  }
  const auto columns = session.query(
      "SELECT attrelid::bigint, attnum, a.attname, format_type(atttypid, atttypmod), null_frac, avg_width, n_distinct, "
      "correlation, most_common_freqs[1] FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid "
      "LEFT JOIN pg_stats s ON s.schemaname = 'public' AND s.tablename = relname AND s.attname = a.attname "
      "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 ORDER BY 1, 2");
  for (std::size_t row = 0; row < columns.size(); ++row) {
    for (auto& table : schema.tables) {
      if (table.oid.value == columns.integer(row, 0)) table.columns.push_back(read_column(columns, row));
    }
  }
  return schema;
}

RealIndex with_real_index(std::string_view database, const IndexDefinition& index, std::string_view statement) {
  auto superuser = orders_server().superuser(database);
  superuser.execute(create_statement(index, "pgsextant_live", false));
  superuser.execute("ANALYZE " + quote_identifier(index.table));  // of an expression index
  auto session = orders_server().session(planning_options(), database);
  const auto plan = explain_generic(session, statement);
  RealIndex real;
  EXPECT_TRUE(plan.ok()) << (plan.ok() ? "" : plan.failure().message);
  if (plan.ok()) real.cost = *plan->root->total_cost;
  real.bytes = superuser.query("SELECT pg_relation_size('pgsextant_live')").real(0, 0);
  superuser.execute("DROP INDEX pgsextant_live");
  return real;
}

}  // namespace pgsextant::twin
