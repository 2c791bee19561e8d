#pragma once
// Rounds through the databases of a server, for sources that are asked in each of them.

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "collector/collector.hpp"
#include "collector/composition.hpp"
#include "collector/memory.hpp"
#include "collector/run.hpp"

namespace pgsextant::collector {

struct VisitedDatabase {
  Oid oid;
  std::string name;
  bool home = false;  ///< the one that the lanes are connected to
};

/// Databases that this role may connect to, templates left out; home first, the others by oid. Throws pg::Error.
std::vector<VisitedDatabase> list_databases(pg::Session& session);

/// Home is visited over the lane's own session, every other database over a third connection that is closed after it.
/// One at a time: between two visits the lane does what else is due. A database that cannot be connected to is left
/// alone for five minutes. Not thread-safe.
class Visits {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// How many databases a round visits besides home; the next round goes on behind the last one.
  static constexpr std::size_t longest_round = 20;
  static constexpr std::chrono::minutes avoidance{5};

  Visits(const TargetOptions& target, const Clock& clock, Composition& composition, Memory& memory)
      : target_(target), clock_(clock), composition_(composition), memory_(memory) {}

  [[nodiscard]] bool running() const { return round_ != nullptr; }
  /// Begins a round of these sources. Parts of databases that are gone leave the snapshot. Throws pg::Error.
  void begin(std::vector<const Source*> due, pg::Session& home);
  /// Visits the next database, unless the backend of the visit before has not gone yet: then a fourth connection could
  /// be refused, and it visits nothing. Returns the time that it kept the server busy.
  std::chrono::nanoseconds step(pg::Session& home, const std::stop_token& stop);

  struct Finished {
    const Source* source = nullptr;
    Outcome outcome = Outcome::ok;  ///< for the schedule: ok when any database answered
  };
  /// After the last visit, or when the lane lost its session: records the statuses, ends the round.
  std::vector<Finished> finish();
  /// Of the present round, or of the last; ok when there was none.
  [[nodiscard]] const Failure& last_failure() const { return last_failure_; }
  [[nodiscard]] bool done() const { return round_ && round_->left.empty(); }

 private:
  struct Tally {
    RunReport sum;
    int visits = 0, failures = 0, successes = 0;
  };
  struct Round {
    std::vector<const Source*> sources;
    std::vector<Tally> tallies;  ///< of each source
    std::deque<VisitedDatabase> left;
  };

  bool departed(pg::Session& home);
  void visit(const VisitedDatabase& database, pg::Session& session, const std::stop_token& stop);
  void tally(Tally& tally, const VisitedDatabase& database, const RunReport& report);
  void forget_others(const std::vector<VisitedDatabase>& present);

  const TargetOptions& target_;
  const Clock& clock_;
  Composition& composition_;
  Memory& memory_;
  std::unique_ptr<Round> round_;
  Failure last_failure_{Outcome::ok, "", ""};
  Oid last_;
  std::optional<std::int32_t> departing_;  ///< backend of the connection that was closed last
  std::map<Oid, Time> avoided_until_;
};

/// Asked at the beginning of each round.
extern const Query connectable_databases;
/// Asked between two visits.
extern const Query backend_present;

}  // namespace pgsextant::collector
