#include "pg/connect.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <new>

#include "pg/startup_options.hpp"

namespace pgsextant::pg {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

std::chrono::milliseconds connect_timeout(const Conninfo& conninfo, const SessionOptions& options) {
  const auto given = conninfo.value("connect_timeout");
  int seconds = 0;
  std::from_chars(given.data(), given.data() + given.size(), seconds);
  return seconds > 0 ? std::chrono::seconds(seconds) : options.connect_timeout;
}

/// What the session needs beside what the person wrote; their own choices of keepalives stay.
std::vector<std::pair<std::string, std::string>> with_bounds(const Conninfo& conninfo, const SessionOptions& options,
                                                             std::chrono::milliseconds timeout) {
  auto parameters = conninfo.parameters();
  const auto set = [&](std::string_view keyword, std::string value) {
    std::erase_if(parameters, [&](const auto& parameter) { return parameter.first == keyword; });
    parameters.emplace_back(keyword, std::move(value));
  };
  const auto suggest = [&](std::string_view keyword, std::string value) {
    if (conninfo.value(keyword).empty()) parameters.emplace_back(keyword, std::move(value));
  };
  set("application_name", options.application_name);
  set("client_encoding", "UTF8");
  set("options", startup_options(conninfo.value("options"), session_settings(options)));
  const auto hosts = conninfo.value("host");
  const auto host_count = 1 + std::count(hosts.begin(), hosts.end(), ',');
  // Also ends the attempt at a host that swallows packets, so that libpq goes on to the next one in time.
  suggest("tcp_user_timeout", std::to_string(timeout.count() / host_count));
  suggest("keepalives_idle", "10");
  suggest("keepalives_interval", "5");
  suggest("keepalives_count", "3");
  return parameters;
}

ConnectionHandle start(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  ConnectionHandle connection(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (!connection) throw std::bad_alloc();
  // Verbose messages carry the SQLSTATE, the only part that is the same in every language; libpq tells it of a failed
  // connection in no other way.
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  PQsetNoticeReceiver(
      connection.get(), [](void*, const PGresult*) {}, nullptr);
  return connection;
}

enum class Progress { connected, failed, late, stopped };

Progress drive(PGconn* connection, SteadyTime deadline, const std::stop_token& stop) {
  // How long a request to stop may go unnoticed.
  constexpr auto slice = std::chrono::milliseconds(50);
  auto wanted = PGRES_POLLING_WRITING;
  if (PQstatus(connection) == CONNECTION_BAD) return Progress::failed;
  while (true) {
    if (wanted == PGRES_POLLING_OK) return Progress::connected;
    if (wanted == PGRES_POLLING_FAILED) return Progress::failed;
    if (stop.stop_requested()) return Progress::stopped;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return Progress::late;
    const short events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    pollfd socket{PQsocket(connection), events, 0};
    const auto wait = stop.stop_possible() ? std::min(left, slice) : left;
    if (::poll(&socket, 1, static_cast<int>(wait.count())) > 0) wanted = PQconnectPoll(connection);
  }
}

}  // namespace

void FinishConnection::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

Target target_of(pg_conn* connection, const Conninfo& conninfo) {
  const auto text = [](const char* value) { return std::string(value == nullptr ? "" : value); };
  return {conninfo.display(), text(PQdb(connection)), text(PQuser(connection)), text(PQhost(connection)),
          text(PQport(connection))};
}

ConnectionHandle open_connection(const Conninfo& conninfo, const SessionOptions& options, const std::stop_token& stop) {
  const auto timeout = connect_timeout(conninfo, options);
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  auto connection = start(with_bounds(conninfo, options, timeout));
  const auto progress = drive(connection.get(), deadline, stop);
  if (progress == Progress::connected) {
    PQsetErrorVerbosity(connection.get(), PQERRORS_TERSE);
    return connection;
  }
  const auto target = target_of(connection.get(), conninfo);
  if (progress == Progress::failed) {
    const auto error = read_connect_error(PQerrorMessage(connection.get()));
    throw Error(describe_connect_failure(error, target), error.sqlstate);
  }
  if (progress == Progress::stopped) {
    throw Error({Outcome::unavailable, "connecting to " + target.display + " was given up", ""}, "");
  }
  auto failure = describe_connect_failure({"", "timeout expired"}, target);
  failure.message += " within " + std::to_string(timeout.count()) + " ms";
  throw Error(std::move(failure), "");
}

}  // namespace pgsextant::pg
