#pragma once
// Which source runs when, in one lane. Pure: time comes in as a value. Not thread-safe; a lane owns one.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "collector/backoff.hpp"
#include "collector/source.hpp"
#include "core/outcome.hpp"

namespace pgsextant::collector {

class Scheduler {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// A missing right or extension is not there a second later: asked again this often, or at the source's cadence when
  /// that is rarer.
  static constexpr std::chrono::minutes retry_of_refused{5};

  /// Everything is due at once. `cadence_factor` multiplies every cadence; the same seed gives the same delays.
  Scheduler(std::span<const Source* const> sources, double cadence_factor, std::uint64_t seed, Time now);

  /// Positions in `sources`, in that order.
  [[nodiscard]] std::vector<std::size_t> due(Time now) const;
  /// When something is due next; never with no sources.
  [[nodiscard]] std::optional<Time> next() const;

  /// After a run. A good one is due again a cadence after it was due, so that its rhythm does not drift; one that came
  /// too late for that, a cadence after its end, so that runs never pile up. A failed one backs off: from its cadence
  /// (at most 10 s) on, doubling up to a minute.
  void finished(std::size_t position, Outcome outcome, Time end);

  /// A new connection, perhaps to another server: everything is due, failures are forgotten.
  void reconnected(Time now);

  /// A further factor on every cadence, at least 1: see CostBudget. Holds from each source's next run on.
  void stretch(double factor) { stretch_ = factor; }

 private:
  struct Entry {
    Duration cadence{};
    Time due{};
    int failures = 0;
  };

  std::vector<Entry> entries_;
  double stretch_ = 1;
  Backoff backoff_;
};

}  // namespace pgsextant::collector
