#include "pg/server_errors.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "pg/conninfo.hpp"

namespace pgsextant::pg {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(),
                                         [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; });
}

std::string identifier(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

bool is_socket(const Target& target) { return target.host.empty() || target.host.front() == '/'; }

std::string hba_line(const Target& target) {
  if (is_socket(target)) return "local  " + target.database + "  " + target.role + "  scram-sha-256";
  return "host  " + target.database + "  " + target.role + "  <address of this machine>/32  scram-sha-256";
}

std::string is_ready_command(const Target& target) {
  std::string command = "pg_isready";
  if (!target.host.empty()) command += " -h " + target.host;
  return command + " -p " + target.port;
}

Failure pooler_refuses_options() {
  return {
      Outcome::unsupported, "the connection pooler refuses start-up options",
      "in pgbouncer.ini set \"ignore_startup_parameters = options, extra_float_digits\", or connect to the server "
      "itself; options then no longer reach the server, so every query runs in a read-only transaction with its own "
      "timeouts instead, at the price of two more round trips"};
}

Failure without_server(std::string_view text, const Target& target) {
  if (contains(text, "could not translate host name")) {
    return {Outcome::unavailable, "the name of host " + target.host + " cannot be resolved",
            "check the spelling and the name service: getent hosts " + target.host};
  }
  if (contains(text, "Connection refused") || contains(text, "No such file or directory")) {
    const std::string where = is_socket(target)
                                  ? "the socket in " + (target.host.empty() ? "its default directory" : target.host)
                                  : target.host + ":" + target.port;
    return {Outcome::unavailable, "nothing accepts connections at " + where,
            "is the server running there, and does listen_addresses include that address? try: " +
                is_ready_command(target)};
  }
  if (contains(text, "no password supplied")) {
    return {Outcome::denied, "the server asks for a password and none was given",
            "add a line to ~/.pgpass (chmod 600): " + (is_socket(target) ? "localhost" : target.host) + ":" +
                target.port + ":*:" + target.role + ":<password>, or set PGPASSWORD"};
  }
  if (contains(text, "does not support SSL")) {
    return {Outcome::unavailable, "the server does not support SSL, which sslmode requires",
            "set ssl = on in its postgresql.conf, or sslmode=prefer in the connection string"};
  }
  if (contains(text, "certificate")) {
    return {Outcome::denied, redact(first_line(text)), "check sslmode, sslrootcert and the server's certificate"};
  }
  if (contains(text, "timeout expired") || contains(text, "timed out")) {
    return {Outcome::timeout, "no answer while connecting",
            "is a firewall in the way? try: " + is_ready_command(target)};
  }
  if (contains(text, "definition of service") || contains(text, "invalid ") || contains(text, "could not match")) {
    return {Outcome::invalid_input, redact(first_line(text)), "check the connection string and ~/.pg_service.conf"};
  }
  return {Outcome::unavailable, redact(first_line(text)), ""};
}

Failure refused_by_server(const ServerError& error, const Target& target) {
  const std::string& state = error.sqlstate;
  const auto text = mask_literals(state, error.primary);
  if (contains(error.primary, "unsupported startup parameter")) return pooler_refuses_options();
  if (state == "28P01") {
    return {Outcome::denied, "the password of role " + target.role + " is wrong, or the role does not exist",
            "check ~/.pgpass, PGPASSWORD or the connection string; to set it: ALTER ROLE " + identifier(target.role) +
                " PASSWORD '…' (in psql: \\password)"};
  }
  if (state == "28000" && contains(error.primary, "pg_hba.conf")) {
    return {Outcome::denied, text,
            "add a line to pg_hba.conf and reload (SELECT pg_reload_conf()): " + hba_line(target)};
  }
  if (state.starts_with("28")) {
    return {Outcome::denied, text,
            "if the role is missing: CREATE ROLE " + identifier(target.role) +
                " LOGIN PASSWORD '…'; GRANT pg_monitor TO " + identifier(target.role)};
  }
  if (state == "42501") {
    return {Outcome::denied, text,
            "GRANT CONNECT ON DATABASE " + identifier(target.database) + " TO " + identifier(target.role)};
  }
  if (state == "3D000") {
    return {Outcome::unavailable, "database " + target.database + " does not exist",
            "list them: psql -l -h " + (target.host.empty() ? "localhost" : target.host) + " -p " + target.port};
  }
  if (state == "53300") {
    return {Outcome::unavailable, "the server has no connection left: " + text,
            "raise max_connections, use a pooler, or give " + target.role +
                " a reserved one (pg_use_reserved_connections, from PostgreSQL 16)"};
  }
  if (state == "57P03") return {Outcome::unavailable, text, "the server is starting, stopping or recovering: wait"};
  if (state.starts_with("57P")) return {Outcome::unavailable, text, "the server is shutting down"};
  const auto outcome = outcome_of(state);
  return {outcome == Outcome::invalid_input ? Outcome::unavailable : outcome, text, ""};
}

/// "…FATAL:  28P01: text", the severity in the server's language.
std::optional<ServerError> read_line(std::string_view line) {
  for (auto at = line.find(":  "); at != std::string_view::npos; at = line.find(":  ", at + 1)) {
    const auto tail = line.substr(at + 3);
    if (tail.size() >= 7 && tail.substr(5, 2) == ": " && is_sqlstate(tail.substr(0, 5))) {
      return ServerError{std::string(tail.substr(0, 5)), std::string(tail.substr(7))};
    }
  }
  return std::nullopt;
}

/// In these classes the server quotes names of objects, roles and settings; in all others it may quote data.
bool quotes_names(std::string_view sqlstate) {
  static constexpr std::array prefixes = {
      std::string_view("28"),    std::string_view("3D"),    std::string_view("3F"),    std::string_view("53"),
      std::string_view("55"),    std::string_view("57"),    std::string_view("42501"), std::string_view("42P01"),
      std::string_view("42703"), std::string_view("42883"), std::string_view("42704")};
  return std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) { return sqlstate.starts_with(prefix); });
}

}  // namespace

ServerError read_connect_error(std::string_view text) {
  ServerError error;
  // With several hosts there are several lines; the last one is about the last host.
  for (auto rest = text; !rest.empty();) {
    const auto line = first_line(rest);
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (auto found = read_line(line)) error = *std::move(found);
  }
  if (error.sqlstate.empty()) error.primary = text;
  return error;
}

Failure describe_connect_failure(const ServerError& error, const Target& target) {
  auto failure = error.sqlstate.empty() ? without_server(error.primary, target) : refused_by_server(error, target);
  failure.message = "cannot connect to " + target.display + ": " + failure.message;
  return failure;
}

Failure describe_query_failure(const ServerError& error, const Target& target) {
  Failure failure{outcome_of(error.sqlstate), mask_literals(error.sqlstate, error.primary), ""};
  if (!error.sqlstate.empty()) failure.message += " (SQLSTATE " + error.sqlstate + ")";
  if (failure.outcome == Outcome::denied) {
    failure.hint = "the role lacks a right; for the server's own views: GRANT pg_monitor TO " + identifier(target.role);
  } else if (contains(error.primary, "shared_preload_libraries")) {
    failure.hint = "add the library to shared_preload_libraries in postgresql.conf and restart the server";
  }
  return failure;
}

Outcome outcome_of(std::string_view sqlstate) {
  const auto is = [&](auto... states) { return ((sqlstate == states) || ...); };
  const auto in_class = [&](auto... classes) { return (sqlstate.starts_with(classes) || ...); };
  if (is("42501") || in_class("28")) return Outcome::denied;
  if (is("57014")) return Outcome::timeout;
  if (is("55P03") || in_class("40")) return Outcome::locked;
  if (is("42883", "42P01", "42703", "42704", "3F000", "55000") || in_class("0A")) return Outcome::unsupported;
  if (sqlstate.empty() || is("3D000") || in_class("08", "53", "57P", "58")) return Outcome::unavailable;
  return Outcome::invalid_input;
}

std::string mask_literals(std::string_view sqlstate, std::string_view primary) {
  std::string unquotable = "the server reported an error whose text may hold data and is not shown";
  // RAISE in somebody's function can say anything.
  if (sqlstate.starts_with("P0")) return unquotable;
  auto text = redact(first_line(primary));
  if (quotes_names(sqlstate)) return text;
  // Other languages have other quotes.
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x80; })) return unquotable;
  for (const char quote : {'"', '\''}) {
    const auto first = text.find(quote);
    if (first == std::string::npos) continue;
    const auto last = text.rfind(quote);
    // A quote inside the data would end a shorter pair too early; an unpaired one hides the rest.
    text = last == first ? text.substr(0, first) + "…" : text.substr(0, first + 1) + "…" + text.substr(last);
  }
  return text;
}

}  // namespace pgsextant::pg
