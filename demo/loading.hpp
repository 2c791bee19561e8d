#pragma once
// Fills the shop: runs demo/sql/*.sql.

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pg/private_server.hpp"
#include "pg/session.hpp"

namespace pgsextant::demo {

struct LoadingOptions {
  double scale = 1.0;
  std::string monitor_password;
  std::function<void(std::string_view)> progress;  ///< may be empty
};

/// A step of an SQL file: what follows "-- step NAME", sent in one go, so that it is one transaction unless it holds a
/// single statement. Steps without a name pass in silence.
struct Step {
  std::string_view name, sql;
};
std::vector<Step> steps_of(std::string_view file);

/// Creates and fills the database "shop" of an empty server. Throws pg::Error.
void load_shop(const pg::PrivateServer& server, const LoadingOptions& options);

/// As the superuser, bounded by minutes, unseen by pg_stat_statements.
pg::Session superuser_session(const pg::PrivateServer& server, std::string_view database,
                              const std::vector<std::pair<std::string, std::string>>& settings = {});

}  // namespace pgsextant::demo
