#pragma once
// What happened on a server during the recent past: deltas accumulated from consecutive snapshots. Rules and the
// advisor weigh by it. A reset starts a part again; it never shows as a spike.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/snapshot.hpp"

namespace pgsextant {

/// The tables of one database. Databases are kept apart: one made from a template has the template's table Oids.
struct TablesDelta {
  Oid database;
  Seconds length{};
  std::map<Oid, TableCounters> tables;  ///< additive counters only; the others (live, dead, ages, times) stay at zero
};

/// Every part has its own length, which is zero (or the part absent) before its second reading.
struct Window {
  StatementsDelta statements;
  std::vector<DatabaseDelta> databases;  ///< by oid
  std::optional<WalDelta> wal;
  std::vector<TablesDelta> tables;  ///< by database

  [[nodiscard]] const StatementDelta* statement(QueryId query) const;  ///< the busiest entry of that queryid, or null
  [[nodiscard]] const DatabaseDelta* database(Oid oid) const;          ///< null when unknown
  [[nodiscard]] const TablesDelta* tables_of(Oid database) const;      ///< null when unknown
  [[nodiscard]] const TableCounters* table(Oid database, Oid table) const;  ///< null when unknown
  [[nodiscard]] Milliseconds total_exec_time() const;
};

/// Everything since the statistics were last reset, as one window, for who looks only once: averages over a long past,
/// which a change of workload moves slowly. Lengths are 0 where the time of the reset is not known.
Window totals_window(const Snapshot& snapshot);

/// Keeps the intervals of the last `span` and sums them up: what ended `span` or more before the newest reading of the
/// same part is dropped. Lengths are differences of the server's clock; an interval in which that clock went back has
/// no length and is left out. A restart of the server, or another server behind the same name, starts every part again.
/// Not thread-safe: owned by the analysis of one server.
class WindowBuilder {
 public:
  /// Keeps about sixty intervals; shorter ones are merged.
  explicit WindowBuilder(Seconds span);
  ~WindowBuilder();
  WindowBuilder(WindowBuilder&&) noexcept;
  WindowBuilder& operator=(WindowBuilder&&) noexcept;

  /// Takes the next snapshot; the same part twice adds nothing.
  void add(const Snapshot& snapshot);
  [[nodiscard]] Window sum() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pgsextant
