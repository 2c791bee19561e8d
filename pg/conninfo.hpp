#pragma once
// Connection strings, read by libpq itself, so that everything libpq honours (PG* variables, service files, ~/.pgpass)
// works.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/outcome.hpp"

namespace pgsextant::pg {

/// A connection string that libpq can parse. Printing one never shows a password: see `display`.
class Conninfo {
 public:
  /// Accepts a URI or key=value pairs; empty means libpq's defaults. On invalid input the Failure tells what is wrong
  /// and where without repeating any part of the string that could be a secret.
  static Result<Conninfo> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }  ///< may hold a secret: only for libpq
  /// What the string itself sets, in libpq's keywords; may hold a secret.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> parameters() const;
  /// "shop on db1:5432 as monitor": for people; no secret.
  [[nodiscard]] std::string display() const;
  /// The value that libpq will use: the string, the environment, the service file, the default; empty if none.
  [[nodiscard]] std::string value(std::string_view keyword) const;
  /// The same server and role, another database.
  [[nodiscard]] Conninfo with_database(std::string_view database) const;
  /// Another value for a keyword of libpq ("host", "password", …).
  [[nodiscard]] Conninfo with(std::string_view keyword, std::string_view value) const;

 private:
  explicit Conninfo(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// Removes anything that looks like a credential from a message of libpq or PostgreSQL: passwords in connection
/// strings, URIs and statements, and password verifiers. Cuts after 4,096 characters.
std::string redact(std::string_view message);

}  // namespace pgsextant::pg
