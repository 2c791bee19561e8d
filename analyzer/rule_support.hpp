#pragma once
// What several rules need.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/rule.hpp"
#include "core/finding.hpp"

namespace pgsextant::analyzer {

/// A database whose definitions are known, with what else is known of it.
struct DatabaseFacts {
  const DatabaseSchema& schema;
  const RelationCounters* counters = nullptr;  ///< null: not read
  const DatabaseTotals* totals = nullptr;      ///< null: not read

  [[nodiscard]] const TableCounters* table_counters(Oid table) const;
  [[nodiscard]] const IndexCounters* index_counters(Oid index) const;
  [[nodiscard]] std::optional<Timestamp> stats_reset() const;
};
std::vector<DatabaseFacts> databases(const Snapshot& snapshot);

/// Empty when the Oid is unknown.
std::string database_name(const Snapshot& snapshot, Oid database);

/// As Settings has them; empty when the settings were not read.
std::optional<double> setting_number(const Snapshot& snapshot, std::string_view name);
std::optional<bool> setting_flag(const Snapshot& snapshot, std::string_view name);

/// The server answered, and this part is not older than `limit`. Rules about the present moment stay silent otherwise.
template <class T>
bool fresh(const Snapshot& snapshot, const Part<T>& part, Seconds limit = Seconds(60)) {
  return part && snapshot.link.up && snapshot.composed_at - part.collected_at <= limit;
}

/// The statement's execution time as a share of the window's; empty when the window holds none.
std::optional<double> load_share(const Facts& facts, const StatementDelta& statement);

/// A warning, unless the statements concerned take less than 1 % of all execution time: then no more than information.
Severity severity_by_load(std::optional<double> share);

/// A statement's text on one line of at most about `length` bytes, cut in the middle, never within a character.
std::string one_line(std::string_view sql, std::size_t length = 160);

/// Marked as pgsextant's own.
bool is_own(std::string_view sql);

/// Has IN (…) or = ANY (…): how many values come is not in the text.
bool compares_with_list(std::string_view sql);

/// "1 session", "3 sessions", "1.2 k sessions".
std::string counted(std::int64_t count, std::string_view singular, std::string_view plural);

/// "Session 4711 (shop-web)": the application, else the user, as far as visible.
std::string who(const Session& session);
const Session* find_session(const Activity& activity, BackendPid pid);
/// The session by identity: pids are used again, so the key's detail is when the backend started.
ObjectRef session_object(const Session& session);
std::string session_detail(const Session& session);

/// What max_connections counts; a role without pg_monitor does not see the type of other roles' backends.
std::int64_t client_connections(const Activity& activity);

/// Planner's row count where there is one, else the live rows that the statistics count; empty when neither is known.
std::optional<double> rows_of(const Table& table, const TableCounters* counters);
/// "public.orders_pkey", quoted where needed.
std::string qualified_index_name(const Table& table, const Index& index);
/// A plain B-tree on these columns.
IndexDefinition index_on(const Table& table, const std::vector<std::string>& columns);
/// The columns quoted and separated by ", ".
std::string column_list(const std::vector<std::string>& columns);
/// The check of the foreign key can use the index: its first columns are the key's, in any order. A partial one serves
/// when it leaves out no more than NULLs.
bool backs_foreign_key(const Index& index, const ForeignKey& key);
/// Something of the table's schema could not be read (an index is skipped by its own name while its table is locked):
/// what is missing there proves nothing.
bool was_skipped(const DatabaseSchema& schema, const Table& table);

}  // namespace pgsextant::analyzer
