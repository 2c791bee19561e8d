#include <regex>

#include "pg/conninfo.hpp"

namespace pgsextant::pg {

std::string redact(std::string_view message) {
  // std::regex recurses once a character on long runs; no message worth showing is longer.
  constexpr std::size_t longest = 4096;
  // A password may hold anything up to the last @ before a space or a quote: rather hide too much.
  static const std::regex uri(R"re(([A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s:/@"']*):[^\s"']*@)re");
  // password=…, sslpassword='…', PGPASSWORD=…, ?password=…&, "password": "…"
  static const std::regex assignment(
      R"re((\w{0,32}(?:password|passwd|passphrase|pwd|secret|token)\w{0,32}"?\s*[=:]\s*)('(?:\\.|[^'\\])*'?|"(?:\\.|[^"\\])*"?|[^\s&'",;]+))re",
      std::regex::icase);
  // CREATE ROLE … PASSWORD 'x', IDENTIFIED BY 'x'
  static const std::regex clause(R"re((\b(?:password|identified\s+by)\s+)[eE]?'(?:''|\\.|[^'\\])*'?)re",
                                 std::regex::icase);
  static const std::regex verifier(R"re(SCRAM-SHA-256\$[^\s"']+|\bmd5[0-9a-fA-F]{32}\b)re");

  std::string text(message.substr(0, longest));
  text = std::regex_replace(text, uri, "$1:***@");
  text = std::regex_replace(text, assignment, "$1***");
  text = std::regex_replace(text, clause, "$1***");
  return std::regex_replace(text, verifier, "***");
}

}  // namespace pgsextant::pg
