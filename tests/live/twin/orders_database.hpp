#pragma once
// A database with 200,000 orders and a role that may read them, for the live tests of the cost models.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "advisor/cost_model.hpp"
#include "core/model/schema.hpp"
#include "core/model/settings.hpp"
#include "pg/session.hpp"
#include "tests/support/live_server.hpp"
#include "twin/explain.hpp"
#include "twin/server_cost_model.hpp"

namespace pgsextant::twin {

/// The server, with every statement in its log.
inline test::LiveServer& orders_server() {
  return test::live_server(
      {{"log_statement", "all"}, {"log_line_prefix", "%a|"}, {"max_parallel_workers_per_gather", "0"}});
}

/// Whether the hypopg package is installed on the machine.
bool hypopg_available();

/// A database of that name, made once per program; with hypopg when asked and available.
pg::Conninfo orders_database(std::string_view name, bool hypopg);

/// What the collector would have read of it: columns, statistics and sizes of its tables, as they are now.
DatabaseSchema read_schema(std::string_view database);

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

/// The cost of the statement while the index really exists, and the index's real size.
struct RealIndex {
  double cost = 0;
  double bytes = 0;
};
RealIndex with_real_index(std::string_view database, const IndexDefinition& index, std::string_view statement);

#define PGSEXTANT_NEEDS_HYPOPG() \
  PGSEXTANT_NEEDS_SERVER();      \
  if (!hypopg_available()) GTEST_SKIP() << "skipped: the extension hypopg is not installed" /* NOLINT */

}  // namespace pgsextant::twin
