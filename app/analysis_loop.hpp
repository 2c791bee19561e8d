#pragma once
// Turns snapshots into findings and history, for all servers in turn. Pure computation and local writes: no server is
// asked, so one thread serves them all.

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "analyzer/rule.hpp"
#include "core/clock.hpp"
#include "core/report.hpp"
#include "store/store.hpp"

namespace pgsextant::app {

/// Plans of a server's heaviest statements, left by the advisor's rounds for the plan rules. Thread-safe.
class PlanShelf {
 public:
  void put(const std::string& server, std::vector<analyzer::StatementPlan> plans);
  [[nodiscard]] std::vector<analyzer::StatementPlan> get(const std::string& server) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<analyzer::StatementPlan>> plans_;
};

class AnalysisLoop {
 public:
  /// All references outlive the loop.
  AnalysisLoop(Board& board, store::Store& store, const PlanShelf& plans, const Clock& clock,
               store::Retention retention);
  ~AnalysisLoop();
  AnalysisLoop(const AnalysisLoop&) = delete;
  AnalysisLoop& operator=(const AnalysisLoop&) = delete;

 private:
  void run(const std::stop_token& stop);
  void analyse(const ServerReport& report);

  Board& board_;
  store::Store& store_;
  const PlanShelf& plans_;
  const Clock& clock_;
  store::Retention retention_;
  std::map<std::string, WindowBuilder> windows_;
  std::map<std::string, Timestamp> sampled_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace pgsextant::app
