#include "core/model/databases.hpp"

#include "core/model/counters.hpp"

namespace pgsextant {

std::optional<DatabaseDelta> diff(const DatabaseTotals& before, const DatabaseTotals& now, Seconds length) {
  // stats_reset is NULL until the first reset (15+) and again after a crash: appearing and vanishing are resets too.
  if (before.oid != now.oid || before.stats_reset != now.stats_reset) return std::nullopt;
  if (counters_fell(before.counters, now.counters)) return std::nullopt;
  return DatabaseDelta{now.oid, now.name, length, counters_difference(before.counters, now.counters)};
}

std::optional<double> hit_ratio(Blocks hit, Blocks read) {
  const double all = static_cast<double>(hit.value) + static_cast<double>(read.value);
  if (all <= 0) return std::nullopt;
  return static_cast<double>(hit.value) / all;
}

}  // namespace pgsextant
