#pragma once
// What happened on a server during the recent past: deltas accumulated from consecutive snapshots. Rules and the
// advisor weigh by it. A reset starts a part again; it never shows as a spike.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/snapshot.hpp"

namespace pgsextant {

struct Window {
  StatementsDelta statements;
  std::vector<DatabaseDelta> databases;  ///< by oid
  std::optional<WalDelta> wal;
  std::map<Oid, TableCounters> tables;   ///< deltas of the additive counters of the tables of all databases
  Seconds tables_length{};

  [[nodiscard]] const StatementDelta* statement(QueryId query) const;  ///< the busiest entry of that queryid
  [[nodiscard]] Milliseconds total_exec_time() const;
};

/// Keeps the intervals of the last `span` and sums them up. Not thread-safe: owned by the analysis of one server.
class WindowBuilder {
 public:
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
