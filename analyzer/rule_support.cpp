#include "analyzer/rule_support.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace pgsextant::analyzer {

const TableCounters* DatabaseFacts::table_counters(Oid table) const {
  if (counters == nullptr) return nullptr;
  const auto found = counters->tables.find(table);
  return found == counters->tables.end() ? nullptr : &found->second;
}

const IndexCounters* DatabaseFacts::index_counters(Oid index) const {
  if (counters == nullptr) return nullptr;
  const auto found = counters->indexes.find(index);
  return found == counters->indexes.end() ? nullptr : &found->second;
}

std::optional<Timestamp> DatabaseFacts::stats_reset() const {
  if (totals == nullptr) return std::nullopt;
  return totals->stats_reset;
}

std::vector<DatabaseFacts> databases(const Snapshot& snapshot) {
  std::vector<DatabaseFacts> all;
  for (const auto& part : snapshot.schemas) {
    if (!part) continue;
    DatabaseFacts facts{*part, snapshot.relation_counters(part->database)};
    if (snapshot.databases) {
      const auto found = std::ranges::find(*snapshot.databases, part->database, &DatabaseTotals::oid);
      if (found != snapshot.databases->end()) facts.totals = &*found;
    }
    all.push_back(facts);
  }
  return all;
}

std::string database_name(const Snapshot& snapshot, Oid database) {
  if (snapshot.databases) {
    const auto found = std::ranges::find(*snapshot.databases, database, &DatabaseTotals::oid);
    if (found != snapshot.databases->end()) return found->name;
  }
  const DatabaseSchema* const schema = snapshot.schema(database);
  return schema == nullptr ? "" : schema->name;
}

std::optional<double> setting_number(const Snapshot& snapshot, std::string_view name) {
  if (!snapshot.settings) return std::nullopt;
  return snapshot.settings->number(name);
}

std::optional<bool> setting_flag(const Snapshot& snapshot, std::string_view name) {
  if (!snapshot.settings) return std::nullopt;
  return snapshot.settings->flag(name);
}

std::optional<double> load_share(const Facts& facts, const StatementDelta& statement) {
  const double total = facts.window.total_exec_time().count();
  if (total <= 0) return std::nullopt;
  return std::clamp(statement.counters.exec_time.count() / total, 0.0, 1.0);
}

Severity severity_by_load(std::optional<double> share) {
  return share && *share < 0.01 ? Severity::info : Severity::warning;
}

std::string one_line(std::string_view sql, std::size_t length) {
  std::string line;
  for (const char c : sql) {
    const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!blank) line += c;
    if (blank && !line.empty() && line.back() != ' ') line += ' ';
  }
  if (line.ends_with(' ')) line.pop_back();
  if (line.size() <= length) return line;
  const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(line[at]) & 0xC0) == 0x80; };
  std::size_t head = length * 2 / 3;
  while (head > 0 && continues(head)) --head;
  std::size_t tail = line.size() - length / 3;
  while (tail < line.size() && continues(tail)) ++tail;
  return line.substr(0, head) + " … " + line.substr(tail);
}

bool is_own(std::string_view sql) { return sql.starts_with("/* pgsextant */"); }

bool compares_with_list(std::string_view sql) {
  std::string words(" ");
  for (const char c : sql) {
    const auto byte = static_cast<unsigned char>(c);
    const bool word = std::isalnum(byte) != 0 || c == '_' || c == '$' || c == '"' || c == '.';
    if (word) words += static_cast<char>(std::tolower(byte));
    if (!word && words.back() != ' ') words += ' ';
    if (c == '(') words += "( ";
  }
  return words.find(" any ( ") != std::string::npos || words.find(" in ( ") != std::string::npos;
}

std::string counted(std::int64_t count, std::string_view singular, std::string_view plural) {
  return format_value(static_cast<double>(count), Unit::count) + " " + std::string(count == 1 ? singular : plural);
}

std::string who(const Session& session) {
  const std::string& name = session.application.empty() ? session.user : session.application;
  return "Session " + std::to_string(session.pid.value) + (name.empty() ? "" : " (" + name + ")");
}

const Session* find_session(const Activity& activity, BackendPid pid) {
  const auto found = std::ranges::find(activity.sessions, pid, &Session::pid);
  return found == activity.sessions.end() ? nullptr : &*found;
}

ObjectRef session_object(const Session& session) {
  return {"session", session.database, std::to_string(session.pid.value)};
}

std::string session_detail(const Session& session) {
  return session.backend_start ? format_utc(*session.backend_start) : "";
}

std::int64_t client_connections(const Activity& activity) {
  return std::ranges::count_if(activity.sessions, [](const Session& session) {
    return session.backend_type == "client backend" || (session.backend_type.empty() && !session.database.empty());
  });
}

std::optional<double> rows_of(const Table& table, const TableCounters* counters) {
  if (table.tuples > 0) return table.tuples;
  if (counters != nullptr) return static_cast<double>(counters->live);
  return table.tuples == 0 ? std::optional(0.0) : std::nullopt;
}

std::string qualified_index_name(const Table& table, const Index& index) {
  return quote_identifier(table.schema) + "." + quote_identifier(index.name);
}

IndexDefinition index_on(const Table& table, const std::vector<std::string>& columns) {
  IndexDefinition index;
  index.schema = table.schema;
  index.table = table.name;
  for (const auto& column : columns) index.keys.emplace_back().column = column;
  return index;
}

bool backs_foreign_key(const Index& index, const ForeignKey& key) {
  const auto& definition = index.definition;
  if (!index.valid || definition.keys.size() < key.columns.size()) return false;
  if (definition.method != "btree" && definition.method != "hash") return false;
  if (!definition.predicate.empty() && !definition.predicate.ends_with("IS NOT NULL") &&
      !definition.predicate.ends_with("IS NOT NULL)")) {
    return false;
  }
  std::set<std::string> leading;
  for (std::size_t i = 0; i < key.columns.size(); ++i) leading.insert(definition.keys[i].column);
  return std::ranges::all_of(key.columns, [&](const std::string& column) { return leading.contains(column); });
}

std::string column_list(const std::vector<std::string>& columns) {
  std::string list;
  for (const auto& column : columns) list.append(list.empty() ? "" : ", ").append(quote_identifier(column));
  return list;
}

bool was_skipped(const DatabaseSchema& schema, const Table& table) {
  const std::string prefix = quote_identifier(table.schema) + ".";
  return std::ranges::any_of(schema.skipped,
                             [&](const Skipped& skipped) { return skipped.object.starts_with(prefix); });
}

}  // namespace pgsextant::analyzer
