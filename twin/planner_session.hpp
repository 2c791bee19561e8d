#pragma once
// The session in which statements are planned, replaced when it breaks.

#include <chrono>
#include <optional>

#include "pg/conninfo.hpp"
#include "pg/session.hpp"

namespace pgsextant::twin {

/// Not thread-safe.
class PlannerSession {
 public:
  /// Connects. Throws pg::Error.
  explicit PlannerSession(pg::Conninfo conninfo);

  /// A usable session. After a loss it connects again, at most once a second, so that a long list of questions to a
  /// server that is gone ends soon; throws pg::Error when there is none.
  pg::Session& get();

  /// Counts connections: what lived in an earlier session (hypothetical indexes) is gone.
  [[nodiscard]] int generation() const { return generation_; }
  [[nodiscard]] const pg::Conninfo& conninfo() const { return conninfo_; }

 private:
  pg::Conninfo conninfo_;
  pg::Session session_;
  int generation_ = 1;
  std::optional<std::chrono::steady_clock::time_point> refused_;
};

}  // namespace pgsextant::twin
