#include "collector/backoff.hpp"

#include <algorithm>

namespace pgsextant::collector {

Backoff::Duration Backoff::delay(Duration first, int failures) {
  Duration delay = std::min<Duration>(first, longest);
  for (int i = 1; i < failures && delay < longest; ++i) delay *= 2;
  delay = std::min<Duration>(delay, longest);
  std::uniform_real_distribution<double> share(0.8, 1.0);
  return std::chrono::duration_cast<Duration>(delay * share(random_));
}

}  // namespace pgsextant::collector
