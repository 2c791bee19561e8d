#include "demo/load/pacing.hpp"

#include <cmath>
#include <condition_variable>
#include <mutex>

namespace pgsextant::demo {

bool sleep_until(const std::stop_token& stop, std::chrono::steady_clock::time_point when) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, when, [] { return false; });
  return !stop.stop_requested();
}

bool sleep_for(const std::stop_token& stop, Interval interval) {
  const auto pause = std::chrono::duration_cast<std::chrono::steady_clock::duration>(interval);
  return sleep_until(stop, std::chrono::steady_clock::now() + pause);
}

double Random::unit() {
  // 53 bits fill a double; std::uniform_real_distribution differs between standard libraries.
  return std::ldexp(static_cast<double>(engine_() >> 11), -53);
}

std::int64_t Random::between(std::int64_t first, std::int64_t last) {
  return first + static_cast<std::int64_t>(unit() * static_cast<double>(last - first + 1));
}

std::int64_t Random::popular(std::int64_t first, std::int64_t last) {
  return first + static_cast<std::int64_t>(std::pow(unit(), 3) * static_cast<double>(last - first + 1));
}

Interval Random::around(Interval interval) { return interval * (0.5 + unit()); }

}  // namespace pgsextant::demo
