#pragma once
// Sessions of a lane: how they are bounded, and how they end when the collector stops.

#include <functional>
#include <stop_token>

#include "collector/collector.hpp"
#include "collector/source.hpp"
#include "pg/session.hpp"

namespace pgsextant::collector {

/// The bounds of a lane's sessions. Of the fast lane, whose queries take milliseconds, at most 2 s on the server: a
/// hanging server must show within a few seconds.
pg::SessionOptions session_options(const TargetOptions& target, Lane lane);

/// A session that a request to stop interrupts, while it connects and while it waits for an answer.
class LaneSession {
 public:
  /// Throws pg::Error.
  LaneSession(const pg::Conninfo& conninfo, const pg::SessionOptions& options, const std::stop_token& stop)
      : session_(pg::Session::connect(conninfo, options, stop)), on_stop_(stop, [this] { session_.interrupt(); }) {}

  [[nodiscard]] pg::Session& get() { return session_; }

 private:
  pg::Session session_;
  std::stop_callback<std::function<void()>> on_stop_;  ///< last: gone before the session
};

}  // namespace pgsextant::collector
