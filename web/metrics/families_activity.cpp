// Sessions and locks.

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "web/metrics/families.hpp"

namespace pgsextant::web {
namespace {

constexpr std::array<std::string_view, 6> states = {
    "active", "idle", "idle in transaction", "idle in transaction (aborted)", "fastpath function call", "disabled"};
constexpr std::array<std::string_view, 9> lock_modes = {
    "accesssharelock", "rowsharelock",          "rowexclusivelock", "shareupdateexclusivelock",
    "sharelock",       "sharerowexclusivelock", "exclusivelock",    "accessexclusivelock",
    "sireadlock"};

/// Application names are the clients' choice, so they are bounded: the busiest groups keep theirs.
constexpr std::size_t named_groups = 200;

struct Group {
  std::string database, state, user, application;
  auto operator<=>(const Group&) const = default;
};

struct Figures {
  std::int64_t count = 0;
  double longest_transaction = 0;  ///< seconds
  void merge(const Figures& other) {
    count += other.count;
    longest_transaction = std::max(longest_transaction, other.longest_transaction);
  }
};

using Groups = std::map<Group, Figures>;

Groups group(const Part<Activity>& part) {
  Groups groups;
  for (const Session& session : part->sessions) {
    if (session.database.empty() || session.state.empty()) continue;  // a background process, or not ours to see
    Figures figures{1, 0};
    if (session.transaction_start)
      figures.longest_transaction = std::max(0.0, Seconds(part.server_time - *session.transaction_start).count());
    groups[{session.database, session.state, session.user, session.application}].merge(figures);
  }
  return groups;
}

/// Puts the smaller groups beyond the bound together, by database and state so that sums over those stay right.
std::size_t fold(Groups& groups) {
  if (groups.size() <= named_groups) return 0;
  std::vector<Groups::const_iterator> order;
  for (auto each = groups.cbegin(); each != groups.cend(); ++each) order.push_back(each);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a->second.count > b->second.count; });
  Groups kept;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto& [key, figures] = *order[i];
    kept[i < named_groups ? key : Group{key.database, key.state, "", "(other)"}].merge(figures);
  }
  const std::size_t folded = groups.size() - named_groups;
  groups = std::move(kept);
  return folded;
}

/// As postgres_exporter does: a database and state without sessions counts zero.
void add_empty_groups(Groups& groups, const std::vector<DatabaseTotals>& databases) {
  std::map<std::pair<std::string, std::string>, bool> present;
  for (const auto& [key, figures] : groups) present[{key.database, key.state}] = true;
  for (const DatabaseTotals& database : databases)
    for (const std::string_view state : states)
      if (!present.contains({database.name, std::string(state)}))
        groups[{database.name, std::string(state), "", ""}] = {};
}

void add_locks(const ServerScope& scope, const Activity& activity) {
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  if (scope.snapshot().databases)
    for (const DatabaseTotals& database : *scope.snapshot().databases)
      for (const std::string_view mode : lock_modes) counts[{database.name, std::string(mode)}] = 0;
  for (const LockCount& lock : activity.locks) {
    std::string mode = lock.mode;
    std::transform(mode.begin(), mode.end(), mode.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    counts[{lock.database, mode}] += lock.count;
  }
  Family& family = scope.out.gauge("pg_locks_count", "Number of locks.");
  for (const auto& [key, count] : counts) family.add({{"datname", key.first}, {"mode", key.second}}, count);
}

}  // namespace

void add_activity_families(const ServerScope& scope) {
  const auto& part = scope.snapshot().activity;
  if (!current(scope, part, Cadence::seconds)) return;
  Groups groups = group(part);
  scope.out.folded("pg_stat_activity", fold(groups));
  if (scope.snapshot().databases) add_empty_groups(groups, *scope.snapshot().databases);

  Family& count = scope.out.gauge("pg_stat_activity_count", "Number of connections in this state.");
  Family& longest = scope.out.gauge("pg_stat_activity_max_tx_duration",
                                    "Duration of the longest running transaction in this state, in seconds.");
  for (const auto& [key, figures] : groups) {
    const Labels labels{
        {"datname", key.database}, {"state", key.state}, {"usename", key.user}, {"application_name", key.application}};
    count.add(labels, figures.count);
    longest.add(labels, figures.longest_transaction);
  }
  add_locks(scope, *part);
  scope.out.gauge("pgsextant_lock_waits", "Sessions that wait for a lock.")
      .add({}, static_cast<std::int64_t>(part->waits.size()));
}

}  // namespace pgsextant::web
