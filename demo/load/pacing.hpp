#pragma once
// Time and chance for the load: how long to wait, and what to ask for next.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

namespace pgsextant::demo {

using Interval = std::chrono::duration<double>;

/// Sleeps until then or until a stop is requested. True when nobody asked to stop.
bool sleep_until(const std::stop_token& stop, std::chrono::steady_clock::time_point when);
bool sleep_for(const std::stop_token& stop, Interval interval);

/// The same seed draws the same numbers on every platform. Not thread-safe.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  double unit();  ///< in [0, 1)
  std::int64_t between(std::int64_t first, std::int64_t last);
  /// As between(), but numbers near `first` come up more often: half of all draws fall in the first eighth.
  std::int64_t popular(std::int64_t first, std::int64_t last);
  /// Between half and one and a half times the interval, so that tasks do not march in step.
  Interval around(Interval interval);

  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices.at(static_cast<std::size_t>(between(0, static_cast<std::int64_t>(choices.size()) - 1)));
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace pgsextant::demo
