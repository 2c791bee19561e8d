#include "core/model/wal.hpp"

#include "core/model/counters.hpp"

namespace pgsextant {

std::optional<WalDelta> diff(const Wal& before, const Wal& now, Seconds length) {
  if (before.checkpointer_reset != now.checkpointer_reset || before.bgwriter_reset != now.bgwriter_reset ||
      before.wal_reset != now.wal_reset)
    return std::nullopt;
  if (counters_fell(before.counters, now.counters)) return std::nullopt;
  return WalDelta{length, counters_difference(before.counters, now.counters)};
}

}  // namespace pgsextant
