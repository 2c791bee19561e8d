#pragma once
// A connection to PostgreSQL: bounded on both sides, read-only unless asked otherwise. The only file that includes
// libpqxx is session.cpp.

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <stop_token>
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
  std::chrono::milliseconds connect_timeout{5000};  ///< for all hosts together; a connect_timeout of the Conninfo wins
  std::chrono::milliseconds statement_timeout{5000};  ///< on the server
  /// Client-side: a query that has not answered by then has its socket shut down. Above statement_timeout, so that the
  /// server's own error comes first wherever the server still answers.
  std::chrono::milliseconds client_deadline{7000};
  std::chrono::milliseconds lock_timeout{100};
  bool read_only = true;
  std::string application_name = "pgsextant";
  /// Statements begin with query_marker. False only where statements stand for a watched application's own: marked ones
  /// are never watched.
  bool marked = true;
  std::vector<std::pair<std::string, std::string>> settings;  ///< further startup options, e.g. {"jit", "off"}
};

/// The rows of an answer, in text format. Owns its memory; rows and columns by position, from 0; a position that is not
/// there throws std::out_of_range.
class Rows {
 public:
  Rows() = default;
  /// For Session, and for tests: `append` then fills row by row.
  Rows(std::size_t columns, std::size_t rows);
  void append(std::optional<std::string_view> value);

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
  /// Empty for NULL and for the infinite ones.
  [[nodiscard]] std::optional<Timestamp> maybe_epoch(std::size_t row, std::size_t column) const;
  /// A one-dimensional array in PostgreSQL's output syntax; NULL elements become empty strings.
  [[nodiscard]] std::vector<std::string> array(std::size_t row, std::size_t column) const;

 private:
  struct Cell {
    std::size_t start = 0;
    std::size_t length = 0;
  };
  static constexpr std::size_t null_length = static_cast<std::size_t>(-1);
  [[nodiscard]] const Cell& cell(std::size_t row, std::size_t column) const;

  std::size_t columns_ = 0;
  std::string data_;
  std::vector<Cell> cells_;  ///< row by row
};

/// Not thread-safe but for `interrupt`; move-only. Every query starts with the marker comment (SessionOptions::marked)
/// and runs in the extended protocol, which refuses a second statement in one text. Never reconnects on its own: a
/// broken session throws until it is replaced.
class Session {
 public:
  /// Connects, bounded by connect_timeout (but for the name service, which resolv.conf bounds). Throws Error:
  /// `unavailable` (no answer, refused), `denied` (password, pg_hba), `timeout`. The message names host, port and role,
  /// never a password; the hint says what to do. A request to stop ends it within 50 ms, as `unavailable`.
  static Session connect(const Conninfo& conninfo, const SessionOptions& options = {},
                         const std::stop_token& stop = {});
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// Runs one statement; parameters are text, std::nullopt is NULL. Throws Error, with the outcome from SQLSTATE:
  /// 42501 denied, 57014 timeout, 55P03 and 40xxx (rolled back for the sake of others) locked,
  /// 42883/42P01/42703/42704/3F000/55000/0Axxx unsupported, 08xxx/53xxx/57P0x/58xxx unavailable, else invalid_input.
  /// The message holds the SQLSTATE and the server's primary message, data masked; no DETAIL, CONTEXT or statement.
  Rows query(std::string_view sql, std::span<const std::optional<std::string>> parameters = {});
  Rows query(std::string_view sql, std::initializer_list<std::optional<std::string>> parameters);

  /// Several statements or one that returns nothing; simple protocol. Only for servers of our own: a read-only
  /// session throws std::logic_error.
  void execute(std::string_view sql);

  [[nodiscard]] std::int32_t server_version() const;  ///< server_version_num
  [[nodiscard]] std::int32_t backend_pid() const;
  /// True when a pooler on the way (pgbouncer with ignore_startup_parameters = options) kept the start-up options from
  /// the server. A read-only session then runs every query in a read-only transaction with the same bounds, at the
  /// price of two more round trips; the bounds of other sessions are lost.
  [[nodiscard]] bool options_dropped() const;
  /// False after a lost connection or a passed client deadline; then only destruction makes sense.
  [[nodiscard]] bool usable() const;

  /// Ends the session from another thread: a running query throws `unavailable` at once, and so does every later one.
  /// Thread-safe, but the caller keeps the Session alive and unmoved meanwhile. The server notices the closed socket as
  /// it does when any client goes away: a running statement may go on until its statement_timeout.
  void interrupt();

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// What every statement begins with, so that it is recognised in the server's views and logs (and never watched).
inline constexpr std::string_view query_marker = "/* pgsextant */ ";

}  // namespace pgsextant::pg
