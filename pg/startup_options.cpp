#include "pg/startup_options.hpp"

namespace pgsextant::pg {
namespace {

// pg_split_opts in postinit.c: spaces separate, a backslash makes the next character literal.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ' ' || (c >= '\t' && c <= '\r')) out += '\\';
    out += c;
  }
  return out;
}

std::string literal(std::string_view text) {
  // E'': the same whatever standard_conforming_strings is.
  std::string out = "E'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') out += c;
    out += c;
  }
  return out + '\'';
}

std::string milliseconds(std::chrono::milliseconds duration) { return std::to_string(duration.count()); }

}  // namespace

std::vector<std::pair<std::string, std::string>> session_settings(const SessionOptions& options) {
  std::vector<std::pair<std::string, std::string>> settings = {
      {"statement_timeout", milliseconds(options.statement_timeout)},
      {"lock_timeout", milliseconds(options.lock_timeout)},
      {"idle_in_transaction_session_timeout", milliseconds(options.client_deadline)},
      // Compiling a catalog query costs more than running it.
      {"jit", "off"},
      {"pgsextant.bounded", "on"},
  };
  if (options.read_only) settings.emplace_back("default_transaction_read_only", "on");
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  return settings;
}

std::string startup_options(std::string_view given, const std::vector<std::pair<std::string, std::string>>& settings) {
  std::string text(given);
  for (const auto& [name, value] : settings) {
    if (!text.empty()) text += ' ';
    text += "-c " + escaped(name) + '=' + escaped(value);
  }
  return text;
}

std::string bounded_transaction(const SessionOptions& options) {
  std::string text = std::string(query_marker) + "BEGIN READ ONLY; SELECT ";
  bool first = true;
  for (const auto& [name, value] : session_settings(options)) {
    if (!std::exchange(first, false)) text += ", ";
    text += "pg_catalog.set_config(" + literal(name) + ", " + literal(value) + ", true)";
  }
  return text;
}

}  // namespace pgsextant::pg
