#pragma once
// One private PostgreSQL shared by all live tests of a program: started at first use, gone when the program ends.

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pg/private_server.hpp"
#include "pg/session.hpp"

namespace pgsextant::test {

class LiveServer {
 public:
  explicit LiveServer(pg::PrivateServer server) : server_(std::move(server)) {}

  [[nodiscard]] pg::PrivateServer& server() { return server_; }
  [[nodiscard]] pg::Conninfo conninfo(std::string_view database = "postgres") const {
    return server_.conninfo(database);
  }

  /// The superuser's: it may write and waits a minute for anything.
  [[nodiscard]] pg::Session superuser(std::string_view database = "postgres") const;

  /// As the product connects, by the superuser; `options` as wanted.
  [[nodiscard]] pg::Session session(const pg::SessionOptions& options = {},
                                    std::string_view database = "postgres") const;

  /// Dropped and made anew, with pg_stat_statements. Returns its connection string (superuser, socket).
  pg::Conninfo make_database(std::string_view name) const;

  /// A login role with pg_monitor and nothing else; its connection string goes through TCP with the password.
  pg::Conninfo make_monitor(std::string_view role, std::string_view password,
                            std::string_view database = "postgres") const;

 private:
  pg::PrivateServer server_;
};

/// What every test wants of a session on a server of its own: writes, and a minute for anything.
pg::SessionOptions unhurried();

/// shared_preload_libraries=pg_stat_statements, track_io_timing=on, TCP on 127.0.0.1. `settings` count at the first
/// call only. Throws std::runtime_error when the server does not start; a test program without server binaries must
/// check `live_server_missing` first: PGSEXTANT_NEEDS_SERVER().
LiveServer& live_server(const std::vector<std::pair<std::string, std::string>>& settings = {});

/// Why no live test can run here; empty when server binaries are installed.
std::string live_server_missing();

/// `name` as an SQL identifier.
std::string identifier(std::string_view name);

/// `text` as an SQL literal.
std::string literal(std::string_view text);

}  // namespace pgsextant::test

/// First line of a live test or of a fixture's SetUp.
#define PGSEXTANT_NEEDS_SERVER()                                                 \
  do {                                                                           \
    const std::string missing_ = ::pgsextant::test::live_server_missing();       \
    if (!missing_.empty()) GTEST_SKIP() << "skipped: " << missing_; /* NOLINT */ \
  } while (false)
