#pragma once
// Opens a connection of libpq, bounded in time.

#include <memory>
#include <stop_token>

#include "pg/conninfo.hpp"
#include "pg/server_errors.hpp"
#include "pg/session.hpp"

struct pg_conn;

namespace pgsextant::pg {

struct FinishConnection {
  void operator()(pg_conn* connection) const noexcept;
};
using ConnectionHandle = std::unique_ptr<pg_conn, FinishConnection>;

/// Throws Error as Session::connect says.
/// The name service is asked by libpq, which bounds it by resolv.conf alone.
ConnectionHandle open_connection(const Conninfo& conninfo, const SessionOptions& options, const std::stop_token& stop);

/// Of an established connection.
Target target_of(pg_conn* connection, const Conninfo& conninfo);

}  // namespace pgsextant::pg
