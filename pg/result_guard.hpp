#pragma once
// What libpq knows of a query and libpqxx does not pass on: the fields of the server's error, and the result itself
// when the connection breaks, which libpqxx 6 forgets to free.

#include <optional>

#include "pg/server_errors.hpp"

struct pg_conn;
struct pg_result;

namespace pgsextant::pg {

/// Follows the results of a connection by libpq's events. Not thread-safe. Must outlive the connection.
class ResultGuard {
 public:
  explicit ResultGuard(pg_conn* connection);
  ResultGuard(const ResultGuard&) = delete;
  ResultGuard& operator=(const ResultGuard&) = delete;

  /// The server's last error since the last call, if there was one. Frees a result that was forgotten; call it when
  /// none is in use.
  std::optional<ServerError> finish();

  void created(pg_result* result);
  void destroyed(const pg_result* result);

 private:
  pg_result* result_ = nullptr;
  std::optional<ServerError> error_;
};

}  // namespace pgsextant::pg
