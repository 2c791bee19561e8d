#pragma once
// What libpq knows of a connection and libpqxx does not pass on.

#include <optional>

#include "pg/server_errors.hpp"

struct pg_conn;
struct pg_result;

namespace pgsextant::pg {

/// Follows a connection by libpq's events and notices. Not thread-safe. Must outlive the connection.
class ConnectionWatch {
 public:
  explicit ConnectionWatch(pg_conn* connection);
  ConnectionWatch(const ConnectionWatch&) = delete;
  ConnectionWatch& operator=(const ConnectionWatch&) = delete;

  /// Between queries: false when the server has closed the connection meanwhile. Never waits. (A query would fail as
  /// well, but then libpqxx 6 forgets to free its result: 3 kB for every lost session.)
  bool alive();

  /// The fields of the server's last error since the last call, if there was one: of a query, or the reason that it
  /// gave for ending the session.
  std::optional<ServerError> take_error();

  void note(const pg_result* result);

 private:
  pg_conn* connection_;
  std::optional<ServerError> error_;
};

}  // namespace pgsextant::pg
