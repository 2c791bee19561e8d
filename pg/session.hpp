#pragma once
// A connection to PostgreSQL: bounded on both sides, read-only unless asked otherwise. The only file that includes
// libpqxx is session.cpp.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/outcome.hpp"
#include "pg/conninfo.hpp"

namespace pgsextant::pg {

/// Thrown by Session. Callers that run queries on their own behalf catch it once, at their edge.
class Error : public std::runtime_error {
 public:
  Error(Failure failure, std::string sqlstate);
  [[nodiscard]] const Failure& failure() const { return failure_; }
  /// Empty when the error did not come from the server (connection lost, deadline passed here).
  [[nodiscard]] const std::string& sqlstate() const { return sqlstate_; }

 private:
  Failure failure_;
  std::string sqlstate_;
};

struct SessionOptions {
  std::chrono::milliseconds connect_timeout{5000};   ///< libpq counts whole seconds, at least 2
  std::chrono::milliseconds statement_timeout{5000}; ///< on the server
  /// Client-side: a query that has not answered by then has its socket shut down. Above statement_timeout, so that the
  /// server's own error comes first wherever the server still answers.
  std::chrono::milliseconds client_deadline{7000};
  std::chrono::milliseconds lock_timeout{100};
  bool read_only = true;
  std::string application_name = "pgsextant";
  std::vector<std::pair<std::string, std::string>> settings;  ///< further startup options, e.g. {"jit", "off"}
};

/// The rows of an answer, in text format. Owns its memory; columns by position.
class Rows {
 public:
  [[nodiscard]] std::size_t size() const { return columns_ == 0 ? 0 : cells_.size() / columns_; }
  [[nodiscard]] bool empty() const { return cells_.empty(); }
  [[nodiscard]] std::size_t columns() const { return columns_; }

  [[nodiscard]] bool is_null(std::size_t row, std::size_t column) const;
  /// Empty for NULL.
  [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const;
  /// NULL gives `fallback` (integer, real) or an empty optional. A value that is not of the type throws Error
  /// (invalid_input).
  [[nodiscard]] std::int64_t integer(std::size_t row, std::size_t column, std::int64_t fallback = 0) const;
  [[nodiscard]] double real(std::size_t row, std::size_t column, double fallback = 0) const;
  [[nodiscard]] bool boolean(std::size_t row, std::size_t column) const;
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::size_t row, std::size_t column) const;
  [[nodiscard]] std::optional<double> maybe_real(std::size_t row, std::size_t column) const;
  [[nodiscard]] std::optional<std::string> maybe_text(std::size_t row, std::size_t column) const;
  /// A timestamptz that the query returned as `extract(epoch from x)`: text avoids DateStyle, epoch avoids time zones.
  [[nodiscard]] std::optional<Timestamp> maybe_epoch(std::size_t row, std::size_t column) const;
  /// A one-dimensional array in PostgreSQL's output syntax; NULL elements become empty strings.
  [[nodiscard]] std::vector<std::string> array(std::size_t row, std::size_t column) const;

 private:
  friend class Session;
  std::size_t columns_ = 0;
  std::vector<std::optional<std::string>> cells_;  ///< row by row
};

/// Not thread-safe; move-only. Every query starts with the marker comment and runs in the extended protocol, which
/// refuses a second statement in one text. Never reconnects on its own: a broken session throws until it is replaced.
class Session {
 public:
  /// Connects, bounded by connect_timeout. Throws Error: `unavailable` (no answer, refused), `denied` (password,
  /// pg_hba), `timeout`. The message names host, port and role, never a password; the hint says what to do.
  static Session connect(const Conninfo& conninfo, const SessionOptions& options = {});
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// Runs one statement; parameters are text, std::nullopt is NULL. Throws Error, with the outcome from SQLSTATE:
  /// 42501 denied, 57014 timeout, 55P03 locked, 42883/42P01/42703 unsupported, 08xxx/57P0x unavailable, else
  /// invalid_input.
  Rows query(std::string_view sql, std::span<const std::optional<std::string>> parameters = {});
  Rows query(std::string_view sql, std::initializer_list<std::optional<std::string>> parameters);

  /// Several statements or one that returns nothing; simple protocol. Only for servers of our own: a read-only
  /// session throws std::logic_error.
  void execute(std::string_view sql);

  [[nodiscard]] std::int32_t server_version() const;  ///< server_version_num
  [[nodiscard]] std::int32_t backend_pid() const;
  /// False after a lost connection or a passed client deadline; then only destruction makes sense.
  [[nodiscard]] bool usable() const;

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What every statement begins with, so that it is recognised in the server's views and logs (and never watched).
inline constexpr std::string_view query_marker = "/* pgsextant */ ";

}  // namespace pgsextant::pg
