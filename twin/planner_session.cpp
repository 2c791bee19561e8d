#include "twin/planner_session.hpp"

#include <utility>

#include "twin/explain.hpp"

namespace pgsextant::twin {

PlannerSession::PlannerSession(pg::Conninfo conninfo)
    : conninfo_(std::move(conninfo)), session_(pg::Session::connect(conninfo_, planning_options())) {}

pg::Session& PlannerSession::get() {
  if (session_.usable()) return session_;
  constexpr std::chrono::seconds pause{1};
  const auto now = std::chrono::steady_clock::now();
  if (refused_ && now - *refused_ < pause) {
    throw pg::Error({Outcome::unavailable, "no connection to " + conninfo_.display(), ""}, "");
  }
  refused_ = now;
  session_ = pg::Session::connect(conninfo_, planning_options());
  ++generation_;
  refused_.reset();
  return session_;
}

}  // namespace pgsextant::twin
