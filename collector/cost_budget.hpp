#pragma once
// The collector's own cost on a server, held to a share of a lane's time. Pure; not thread-safe.

#include <chrono>

namespace pgsextant::collector {

/// A lane may keep the server busy for `budget` of the time, averaged over a minute. Where its queries take more (a
/// hundred thousand relations, a server under pressure), the next minute's cadences are stretched by as much, and come
/// back to normal when the queries do. Until the first minute is over nothing is stretched.
class CostBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;

  /// One query at a time, of a server that runs one per core: 5 % of one core at most.
  static constexpr double budget = 0.05;
  static constexpr std::chrono::seconds window{60};
  /// Beyond this the lane would be blind; its sources' own deadlines bound what is left.
  static constexpr double longest_stretch = 10;

  explicit CostBudget(Time start) : start_(start) {}

  /// A run that ended at `end` kept the server busy for `cost`. Returns the factor by which to stretch cadences now.
  double add(Duration cost, Time end);

 private:
  Time start_;
  Duration spent_{};
  double stretch_ = 1;
};

}  // namespace pgsextant::collector
