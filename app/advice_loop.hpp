#pragma once
// One server's rounds of advice: asks the planner what would help and leaves the answer on the board.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "app/analysis_loop.hpp"
#include "app/config.hpp"
#include "collector/collector.hpp"
#include "core/report.hpp"
#include "store/store.hpp"

namespace pgsextant::app {

/// A round over one server's database: plans for the rules and recommendations.
struct AdviceRound {
  Advice advice;
  std::vector<analyzer::StatementPlan> plans;
  std::vector<Finding> findings;  ///< with these plans at hand
};

/// Weighs by `window` when it is long enough to be telling, else by everything since the statistics were reset. Opens
/// one session, bounded and read-only, in place of the collector's third. A server that cannot be asked gives advice
/// without recommendations and a note.
AdviceRound advise_once(const collector::TargetOptions& target, const Snapshot& snapshot, const Window& window,
                        Timestamp now);

/// A thread of its own for each server, so that one that hangs delays no other.
class AdviceLoop {
 public:
  AdviceLoop(collector::TargetOptions target, std::chrono::seconds every, Board& board, store::Store& store,
             PlanShelf& plans, const Clock& clock);
  ~AdviceLoop();
  AdviceLoop(const AdviceLoop&) = delete;
  AdviceLoop& operator=(const AdviceLoop&) = delete;

 private:
  void run(const std::stop_token& stop);
  /// One round; false when the server could not be asked.
  bool advise(const ServerReport& report);

  collector::TargetOptions target_;
  std::chrono::seconds every_;
  Board& board_;
  store::Store& store_;
  PlanShelf& plans_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace pgsextant::app
