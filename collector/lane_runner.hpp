#pragma once
// One lane of one target: its session, its schedule, its thread's loop.

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "collector/backoff.hpp"
#include "collector/collector.hpp"
#include "collector/composition.hpp"
#include "collector/cost_budget.hpp"
#include "collector/lane_session.hpp"
#include "collector/memory.hpp"
#include "collector/scheduler.hpp"
#include "collector/visits.hpp"

namespace pgsextant::collector {

/// Used by the thread that calls `loop` alone. Everything that is passed outlives it.
class LaneRunner {
 public:
  LaneRunner(Lane lane, const TargetOptions& target, const Clock& clock, Composition& composition);

  /// Until a stop is requested, which it follows at once: a wait ends, a query is interrupted, a connect ends within
  /// 50 ms (pg::Session::connect; resolving a host name may take longer).
  void loop(const std::stop_token& stop);

 private:
  using Time = std::chrono::steady_clock::time_point;

  void connect(const std::stop_token& stop);
  void work(const std::stop_token& stop);
  void run_server_sources(const std::stop_token& stop);
  void visit_databases(const std::stop_token& stop);
  void finish_round();
  void check_session(const Failure& why);
  void wait(const std::stop_token& stop);
  void charge(std::chrono::nanoseconds cost);

  Lane lane_;
  const TargetOptions& target_;
  const Clock& clock_;
  Composition& composition_;
  std::vector<const Source*> sources_;  ///< of this lane, in the registry's order
  Scheduler scheduler_;
  CostBudget budget_;
  Backoff backoff_;
  Memory memory_;
  Visits visits_;

  std::unique_ptr<LaneSession> session_;  ///< null: not connected
  Time connected_at_{}, next_connect_{};
  int connect_failures_ = 0;
  bool fresh_start_ = true;  ///< the next connection is the first, or follows an outage: everything is asked again
};

}  // namespace pgsextant::collector
