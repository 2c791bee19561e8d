#pragma once
// How long to wait after the n-th failure in a row: twice as long each time, never above a minute, and never the same
// for two targets, so that a fleet's collectors do not return to a recovering server all at once.

#include <chrono>
#include <cstdint>
#include <random>

namespace pgsextant::collector {

class Backoff {
 public:
  using Duration = std::chrono::steady_clock::duration;
  static constexpr std::chrono::seconds longest{60};

  explicit Backoff(std::uint64_t seed) : random_(seed) {}

  /// `first` × 2^(failures - 1), at most `longest`, with up to a fifth taken off.
  Duration delay(Duration first, int failures);

 private:
  std::minstd_rand random_;
};

}  // namespace pgsextant::collector
