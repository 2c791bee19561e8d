#include <algorithm>
#include <array>
#include <cctype>

#include "pg/conninfo.hpp"

namespace pgsextant::pg {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view stars = "***";

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\n", at), text.size());
}

bool names_a_secret(std::string_view word) {
  static constexpr std::array<std::string_view, 6> parts = {"password", "passwd", "passphrase",
                                                            "pwd",      "secret", "token"};
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::any_of(parts.begin(), parts.end(), [&](auto part) { return lower.find(part) != std::string::npos; });
}

/// One past a value in quotes; an unclosed one goes to the end.
std::size_t after_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// One past a value in quotes, with its doubled quotes: '' in SQL.
std::size_t after_literal(std::string_view text, std::size_t at) {
  do {
    at = after_quoted(text, at);
  } while (at < text.size() && text[at] == '\'');
  return at;
}

/// `at` follows a word that names a secret. password=…, "password": "…", ?password=…&: where the value begins and ends;
/// two equal positions when none follows.
std::pair<std::size_t, std::size_t> assigned_value(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') ++at;
  const auto separator = skip_spaces(text, at);
  if (separator == text.size() || (text[separator] != '=' && text[separator] != ':')) return {at, at};
  const auto begin = skip_spaces(text, separator + 1);
  if (begin == text.size()) return {begin, begin};
  if (text[begin] == '\'') return {begin, after_literal(text, begin)};
  if (text[begin] == '"') return {begin, after_quoted(text, begin)};
  return {begin, std::min(text.find_first_of(" \t\n&'\",;", begin), text.size())};
}

/// `at` follows a word that names a secret. CREATE ROLE … PASSWORD 'x', also E'x'.
std::pair<std::size_t, std::size_t> clause_value(std::string_view text, std::size_t at) {
  const auto begin = skip_spaces(text, at);
  auto quote = begin;
  if (quote < text.size() && (text[quote] == 'E' || text[quote] == 'e')) ++quote;
  if (begin == at || quote >= text.size() || text[quote] != '\'') return {at, at};
  return {begin, after_literal(text, quote)};
}

/// `at` follows "://". Where "user:" ends and where the "@" is; two equal positions without a password. A password may
/// hold anything up to the last @ before a space or a quote: rather hide too much.
std::pair<std::size_t, std::size_t> uri_password(std::string_view text, std::size_t at) {
  const auto authority = text.substr(0, text.find_first_of(" \t\n'\"", at));
  const auto colon = authority.find_first_of(":/@", at);
  const auto sign = authority.rfind('@');
  if (colon == npos || authority[colon] != ':' || sign == npos || sign < colon) return {at, at};
  return {colon + 1, sign};
}

bool is_verifier(std::string_view word) {
  return word.size() == 35 && word.starts_with("md5") &&
         std::all_of(word.begin() + 3, word.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace

std::string redact(std::string_view message) {
  constexpr std::size_t longest = 4096;
  const auto text = message.substr(0, longest);
  std::string shown;
  std::size_t at = 0;
  const auto hide = [&](std::pair<std::size_t, std::size_t> value) {
    if (value.first == value.second) return false;
    shown.append(text.substr(at, value.first - at)).append(stars);
    at = value.second;
    return true;
  };
  while (at < text.size()) {
    const auto rest = text.substr(at);
    if (rest.starts_with("://")) {
      if (hide(uri_password(text, at + 3))) continue;
    } else if (rest.starts_with("SCRAM-SHA-256$")) {
      hide({at, std::min(text.find_first_of(" \t\n'\"", at), text.size())});
      continue;
    }
    if (!is_word(text[at])) {
      shown += text[at++];
      continue;
    }
    const auto word =
        rest.substr(0, static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), is_word) - rest.begin()));
    const auto after = at + word.size();
    if (is_verifier(word)) {
      hide({at, after});
    } else if (!names_a_secret(word) || (!hide(assigned_value(text, after)) && !hide(clause_value(text, after)))) {
      shown.append(word);
      at = after;
    }
  }
  return shown;
}

}  // namespace pgsextant::pg
