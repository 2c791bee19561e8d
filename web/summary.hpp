#pragma once
// What page, list and JSON say alike about a server.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/report.hpp"

namespace pgsextant::web {

/// How a server is, in a sentence: "2 of 13 vital signs need attention: replication lag 14.8 s, lock waits 3".
struct StateLine {
  Health health = Health::unknown;  ///< of the worst vital sign; critical when the server does not answer
  std::string sentence;
};
StateLine state_line(const ServerReport& report, Timestamp now);

/// Whether the server has answered, or failed to, at least once.
bool attempted(const Snapshot& snapshot);

/// A statement over all roles and databases.
struct StatementRow {
  QueryId query;
  StatementCounters counters;
  double share = 0;  ///< of the execution time of all statements in the same period
};

/// Statements by execution time, most first.
struct StatementRanking {
  std::vector<StatementRow> rows;
  Seconds length{};  ///< of the period; zero: since the statistics were reset
};

/// From the analysis' window; before there is one, from the totals since the reset.
StatementRanking rank_statements(const ServerReport& report);

/// Sources that take away from what is shown: their last run failed, or they have not answered once.
std::vector<const SourceStatus*> unread_sources(const Snapshot& snapshot);

/// Who waits behind whom, flattened: a blocker, then, one level deeper, those who wait for it.
struct BlockingRow {
  int depth = 0;
  BackendPid pid;                    ///< 0: a prepared transaction
  const Session* session = nullptr;  ///< null when not visible
  const LockWait* wait = nullptr;    ///< null for a root
};
std::vector<BlockingRow> blocking_tree(const Activity& activity);

/// "1 statement", "2 statements"
std::string count_of(std::size_t count, std::string_view one);

/// "3 s ago", "4 min ago", "2 h ago", "5 d ago"; "in 3 s" when the clocks disagree.
std::string relative_time(Timestamp t, Timestamp now);

/// "3 s", "4 min", …: a length in the same words.
std::string duration_text(Seconds length);

/// The figure with all its digits: "14.8123 s", "431,964,160 B".
std::string exact_value(double value, Unit unit);

/// "PostgreSQL 15.20"; empty before the first connection.
std::string version_text(const ServerIdentity& server);

}  // namespace pgsextant::web
