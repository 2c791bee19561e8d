#include "tests/support/live_server.hpp"

#include <stdexcept>

#ifdef __SANITIZE_ADDRESS__
// libpqxx 6.4 forgets the result of a query during which the connection is lost (make_result throws before it takes
// it).
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:pqxx::connection_base::exec_params\nleak:pqxx::connection_base::exec\n";
}
#endif

namespace pgsextant::test {
namespace {

LiveServer start(const std::vector<std::pair<std::string, std::string>>& settings) {
  pg::PrivateServerOptions options;
  options.tcp = true;
  options.settings = {{"shared_preload_libraries", "pg_stat_statements"},
                      {"track_io_timing", "on"},
                      {"shared_buffers", "16MB"},
                      {"max_connections", "60"}};
  options.settings.insert(options.settings.end(), settings.begin(), settings.end());
  auto server = pg::PrivateServer::start(options);
  if (!server) throw std::runtime_error(server.failure().message + "; " + server.failure().hint);
  return LiveServer(*std::move(server));
}

std::string doubled(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) quoted += c;
    quoted += c;
  }
  return quoted + quote;
}

}  // namespace

pg::SessionOptions unhurried() {
  pg::SessionOptions options;
  options.read_only = false;
  options.statement_timeout = std::chrono::minutes(1);
  options.lock_timeout = std::chrono::minutes(1);
  options.client_deadline = std::chrono::seconds(70);
  options.application_name = "pgsextant test";
  return options;
}

pg::Session LiveServer::superuser(std::string_view database) const {
  return pg::Session::connect(conninfo(database), unhurried());
}

pg::Session LiveServer::session(const pg::SessionOptions& options, std::string_view database) const {
  return pg::Session::connect(conninfo(database), options);
}

pg::Conninfo LiveServer::make_database(std::string_view name) const {
  auto session = superuser();
  session.execute("DROP DATABASE IF EXISTS " + identifier(name) + " WITH (FORCE)");
  session.execute("CREATE DATABASE " + identifier(name));
  superuser(name).execute("CREATE EXTENSION pg_stat_statements");
  return conninfo(name);
}

pg::Conninfo LiveServer::make_monitor(std::string_view role, std::string_view password,
                                      std::string_view database) const {
  auto session = superuser();
  session.execute("DROP ROLE IF EXISTS " + identifier(role));
  session.execute("CREATE ROLE " + identifier(role) + " LOGIN PASSWORD " + literal(password) + " IN ROLE pg_monitor");
  return server_.tcp_conninfo(database, role, password);
}

LiveServer& live_server(const std::vector<std::pair<std::string, std::string>>& settings) {
  static LiveServer server = start(settings);
  return server;
}

std::string live_server_missing() {
  static const bool none = pg::find_installations().empty();
  return none ? "no PostgreSQL server programs are installed" : "";
}

std::string identifier(std::string_view name) { return doubled(name, '"'); }

// standard_conforming_strings is on by default: only the quote is special.
std::string literal(std::string_view text) { return doubled(text, '\''); }

}  // namespace pgsextant::test
