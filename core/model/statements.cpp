#include "core/model/statements.hpp"

#include <utility>

#include "core/model/counters.hpp"

namespace pgsextant {
namespace {

/// Before 14 the view does not say when it was reset. Then it was when no entry carried on.
bool nothing_carried_on(const Statements& before, const Statements& now) {
  if (before.entries.empty()) return false;
  auto next = now.entries.begin();
  for (const auto& old : before.entries) {
    while (next != now.entries.end() && next->key < old.key) ++next;
    if (next == now.entries.end()) return true;
    if (next->key == old.key && !counters_fell(old.counters, next->counters)) return false;
  }
  return true;
}

bool was_reset(const Statements& before, const Statements& now) {
  if (before.stats_reset || now.stats_reset) return before.stats_reset != now.stats_reset;
  return nothing_carried_on(before, now);
}

}  // namespace

std::optional<StatementsDelta> diff(const Statements& before, const Statements& now, Seconds length) {
  if (was_reset(before, now)) return std::nullopt;
  StatementsDelta delta;
  delta.length = length;
  auto old = before.entries.begin();
  for (const auto& entry : now.entries) {
    while (old != before.entries.end() && old->key < entry.key) ++old;
    const bool known = old != before.entries.end() && old->key == entry.key;
    if (known && counters_fell(old->counters, entry.counters)) {
      ++delta.lost_entries;
      continue;
    }
    auto counters = known ? counters_difference(old->counters, entry.counters) : entry.counters;
    if (counters.calls > 0) delta.entries.push_back({entry.key, counters});
  }
  return delta;
}

void accumulate(StatementsDelta& sum, const StatementsDelta& more) {
  std::vector<StatementDelta> merged;
  merged.reserve(sum.entries.size() + more.entries.size());
  auto left = sum.entries.begin();
  for (const auto& entry : more.entries) {
    while (left != sum.entries.end() && left->key < entry.key) merged.push_back(*left++);
    if (left != sum.entries.end() && left->key == entry.key) {
      merged.push_back(*left++);
      counters_add(merged.back().counters, entry.counters);
    } else {
      merged.push_back(entry);
    }
  }
  merged.insert(merged.end(), left, sum.entries.end());
  sum.entries = std::move(merged);
  sum.length += more.length;
  sum.lost_entries += more.lost_entries;
}

}  // namespace pgsextant
