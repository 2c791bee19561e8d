#include "pg/conninfo.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <new>

namespace pgsextant::pg {
namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
using Parameters = std::vector<std::pair<std::string, std::string>>;

Options own(PQconninfoOption* options) { return {options, &PQconninfoFree}; }

Parameters filled_in(const PQconninfoOption* options) {
  Parameters found;
  for (const auto* option = options; option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val != nullptr) found.emplace_back(option->keyword, option->val);
  }
  return found;
}

std::string quoted_value(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + '\'';
}

std::string render(const Parameters& parameters) {
  std::string text;
  for (const auto& [keyword, value] : parameters) {
    if (!text.empty()) text += ' ';
    text += keyword + '=' + quoted_value(value);
  }
  return text;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

/// The keyword of libpq that somebody who wrote `word` may have meant; empty if none is near.
std::string nearest_keyword(std::string_view word) {
  const auto defaults = own(PQconndefaults());
  std::string best;
  std::size_t best_distance = 3;
  for (const auto* option = defaults.get(); option != nullptr && option->keyword != nullptr; ++option) {
    const auto distance = edit_distance(word, option->keyword);
    if (distance < best_distance && distance < word.size()) {
      best = option->keyword;
      best_distance = distance;
    }
  }
  return best;
}

/// What stands between the first pair of double quotes.
std::string_view between_quotes(std::string_view message) {
  const auto open = message.find('"');
  if (open == std::string_view::npos) return {};
  const auto close = message.find('"', open + 1);
  if (close == std::string_view::npos) return {};
  return message.substr(open + 1, close - open - 1);
}

/// An unknown word may be the rest of a password with a space in it, so it is named only when it is a misspelt keyword.
std::string unknown_keyword(std::string_view text, std::string_view word) {
  const auto meant = nearest_keyword(word);
  if (!meant.empty()) return "unknown keyword \"" + std::string(word) + "\"; did you mean " + meant + "?";
  const auto position = word.empty() ? std::string_view::npos : text.find(word);
  if (position == std::string_view::npos) return "unknown keyword";
  return "unknown keyword at character " + std::to_string(position + 1);
}

/// libpq's messages repeat parts of the string, so that only their kind is used.
std::string explain(std::string_view text, std::string_view message) {
  const auto says = [&](std::string_view part) { return message.find(part) != std::string_view::npos; };
  if (says("invalid connection option") || says("invalid URI query parameter")) {
    return unknown_keyword(text, between_quotes(message));
  }
  if (says("missing key/value separator")) return "a query parameter of the URI has no \"=\"";
  if (says("extra key/value separator")) return "a query parameter of the URI has more than one \"=\"";
  if (says(R"(missing "=")")) return "expected keyword=value pairs or a URI that begins with postgresql://";
  if (says("unterminated quoted string")) return "a quoted value has no closing quote";
  if (says("percent-encoded") || says("forbidden value")) return "a percent-encoded character of the URI is invalid";
  if (says("IPv6")) return "the IPv6 address of the URI is not written as [address]";
  if (says("unexpected character")) return R"(expected ":" or "/" after the host of the URI)";
  return "cannot be read";
}

constexpr std::string_view syntax_hint =
    "write \"host=db1 port=5432 dbname=shop user=monitor\" or \"postgresql://monitor@db1:5432/shop\"; a value with a "
    "space, quote or backslash goes in single quotes, and in a URI such characters are percent-encoded";

bool valid_ports(std::string_view ports) {
  while (true) {
    const auto comma = ports.find(',');
    const auto port = ports.substr(0, comma);
    int number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    const bool is_number = error == std::errc{} && end == port.data() + port.size() && number > 0 && number < 65536;
    if (!port.empty() && !is_number) return false;
    if (comma == std::string_view::npos) return true;
    ports.remove_prefix(comma + 1);
  }
}

/// Everything that libpq would use. It has no function for that, but it resolves all sources before it looks at
/// channel_binding, and stops there, before any network, when that one is invalid.
Parameters resolve(const std::string& text) {
  auto parameters = filled_in(own(PQconninfoParse(text.c_str(), nullptr)).get());
  std::erase_if(parameters, [](const auto& parameter) { return parameter.first == "channel_binding"; });
  parameters.emplace_back("channel_binding", "resolve_only");
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectStartParams(keywords.data(), values.data(), 0),
                                                                &PQfinish};
  if (!connection) throw std::bad_alloc();
  return filled_in(own(PQconninfo(connection.get())).get());
}

std::string find(const Parameters& parameters, std::string_view keyword) {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const auto& parameter) { return parameter.first == keyword; });
  return found == parameters.end() ? std::string() : found->second;
}

/// "a,b" and "1,2" give "a:1,b:2"; one port serves all hosts.
std::string hosts_with_ports(std::string_view hosts, std::string_view ports) {
  std::string text;
  while (true) {
    const auto comma = hosts.find(',');
    const auto next_port = ports.find(',');
    const auto host = hosts.substr(0, comma);
    const auto port = ports.substr(0, next_port);
    if (!text.empty()) text += ',';
    text += host.empty() ? "local socket" : host;
    text += ':';
    text += port.empty() ? "5432" : port;
    if (comma == std::string_view::npos) return text;
    hosts.remove_prefix(comma + 1);
    if (next_port != std::string_view::npos) ports.remove_prefix(next_port + 1);
  }
}

}  // namespace

Result<Conninfo> Conninfo::parse(std::string_view text) {
  const auto invalid = [](const std::string& what) {
    return Failure{Outcome::invalid_input, "invalid connection string: " + what, std::string(syntax_hint)};
  };
  if (text.find('\0') != std::string_view::npos) return invalid("it contains a zero byte");
  const std::string copy(text);
  char* message = nullptr;
  const auto options = own(PQconninfoParse(copy.c_str(), &message));
  if (!options) {
    const std::unique_ptr<char, decltype(&PQfreemem)> owned{message, &PQfreemem};
    return invalid(explain(text, message == nullptr ? "" : message));
  }
  if (!valid_ports(find(filled_in(options.get()), "port"))) return invalid("port is not a number from 1 to 65535");
  return Conninfo(copy);
}

Parameters Conninfo::parameters() const { return filled_in(own(PQconninfoParse(text_.c_str(), nullptr)).get()); }

std::string Conninfo::value(std::string_view keyword) const {
  auto given = find(parameters(), keyword);
  if (!given.empty() || keyword == "channel_binding") return given;
  return find(resolve(text_), keyword);
}

std::string Conninfo::display() const {
  const auto resolved = resolve(text_);
  auto host = find(resolved, "host");
  if (host.empty()) host = find(resolved, "hostaddr");
  const auto user = find(resolved, "user");
  auto database = find(resolved, "dbname");
  if (database.empty()) database = user;
  return redact(database + " on " + hosts_with_ports(host, find(resolved, "port")) + " as " + user);
}

Conninfo Conninfo::with_database(std::string_view database) const { return with("dbname", database); }

Conninfo Conninfo::with(std::string_view keyword, std::string_view value) const {
  auto changed = parameters();
  std::erase_if(changed, [&](const auto& parameter) { return parameter.first == keyword; });
  changed.emplace_back(keyword, value);
  return Conninfo(render(changed));
}

}  // namespace pgsextant::pg
