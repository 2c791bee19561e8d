// Everything since the last reset as one window: totals_window() of core/window.hpp.

#include <algorithm>

#include "core/model/counters.hpp"
#include "core/window.hpp"

namespace pgsextant {
namespace {

Seconds since(const std::optional<Timestamp>& reset, Timestamp now) {
  return reset ? std::max(Seconds::zero(), Seconds(now - *reset)) : Seconds::zero();
}

StatementsDelta totals(const Part<Statements>& part) {
  StatementsDelta all;
  all.length = since(part->stats_reset, part.server_time);
  for (const auto& entry : part->entries)
    if (entry.counters.calls > 0) all.entries.push_back({entry.key, entry.counters});
  return all;
}

/// The views are reset one by one: from the earliest on, so that a rate is rather too low than too high.
WalDelta totals(const Part<Wal>& part) {
  std::optional<Timestamp> earliest;
  for (const auto& reset : {part->checkpointer_reset, part->bgwriter_reset, part->wal_reset})
    if (reset && (!earliest || *reset < *earliest)) earliest = reset;
  return {since(earliest, part.server_time), part->counters};
}

TablesDelta totals(const Part<RelationCounters>& part, const std::vector<DatabaseTotals>& databases) {
  const auto found =
      std::find_if(databases.begin(), databases.end(), [&](const auto& d) { return d.oid == part->database; });
  TablesDelta all{part->database, {}, {}};
  if (found != databases.end()) all.length = since(found->stats_reset, part.server_time);
  for (const auto& [oid, counters] : part->tables) all.tables.emplace(oid, counters_difference({}, counters));
  return all;
}

}  // namespace

Window totals_window(const Snapshot& snapshot) {
  Window window;
  if (snapshot.statements) window.statements = totals(snapshot.statements);
  if (snapshot.wal) window.wal = totals(snapshot.wal);
  const std::vector<DatabaseTotals> none;
  const auto& databases = snapshot.databases ? *snapshot.databases : none;
  for (const auto& database : databases)
    window.databases.push_back(
        {database.oid, database.name, since(database.stats_reset, snapshot.databases.server_time), database.counters});
  for (const auto& part : snapshot.relations)
    if (part) window.tables.push_back(totals(part, databases));
  const auto by_oid = [](const auto& a, const auto& b) { return a.oid < b.oid; };
  std::sort(window.databases.begin(), window.databases.end(), by_oid);
  std::sort(window.tables.begin(), window.tables.end(),
            [](const auto& a, const auto& b) { return a.database < b.database; });
  return window;
}

}  // namespace pgsextant
