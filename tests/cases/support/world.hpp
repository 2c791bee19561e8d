#pragma once
// A small server as values, so that a case of a rule reads in a few lines. It is 2026-11-21 09:00:00 UTC there, the
// link is up, and the database "shop" (Oid 1) has an empty schema. All else is unread until a case fills it in.

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analyzer/plan_json.hpp"
#include "analyzer/rule.hpp"

namespace pgsextant::analyzer::cases {

inline constexpr Timestamp present{std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + std::chrono::hours(9)};
inline constexpr Oid shop{1};

inline Timestamp ago(Seconds seconds) {
  return present - std::chrono::duration_cast<std::chrono::microseconds>(seconds);
}

class World {
 public:
  World() {
    server.name = "primary";
    server.version = 150000;
    link.up = true;
    schema.emplace();
    schema->database = shop;
    schema->name = "shop";
    schema->search_path = {"public"};
  }

  ServerIdentity server;
  Link link;
  std::optional<DatabaseSchema> schema;
  std::optional<RelationCounters> counters;
  std::optional<std::vector<DatabaseTotals>> totals;
  std::optional<Activity> activity;
  std::optional<Replication> replication;
  std::optional<Settings> settings;
  StatementTexts texts;
  Window window;
  std::vector<StatementPlan> plans;
  Timestamp collected_at = present;  ///< of every part

  /// Columns as "name type" with " not null" where it is; Oids count up from 1000.
  Table& table(const std::string& name, double rows, const std::vector<std::string>& columns = {}) {
    Table table;
    table.oid = Oid{next_oid_++};
    table.schema = "public";
    table.name = name;
    table.tuples = rows;
    table.pages = Blocks{static_cast<std::int64_t>(std::max(rows, 0.0) / 100)};
    for (const auto& text : columns) {
      Column column;
      column.number = static_cast<std::int16_t>(table.columns.size() + 1);
      const auto blank = text.find(' ');
      const auto suffix = text.find(" not null");
      column.name = text.substr(0, blank);
      column.type = text.substr(blank + 1, suffix == std::string::npos ? suffix : suffix - blank - 1);
      column.not_null = suffix != std::string::npos;
      table.columns.push_back(column);
    }
    schema->tables.push_back(table);
    return schema->tables.back();
  }

  /// A valid, plain B-tree of 16 MB.
  Index& index(const std::string& table, const std::string& name, const std::vector<std::string>& columns) {
    Index index;
    index.oid = Oid{next_oid_++};
    index.name = name;
    index.table = oid(table);
    index.definition.schema = "public";
    index.definition.table = table;
    for (const auto& column : columns) index.definition.keys.emplace_back().column = column;
    index.pages = Blocks{2048};
    schema->indexes.push_back(index);
    return schema->indexes.back();
  }

  void foreign_key(const std::string& name, const std::string& from, const std::vector<std::string>& columns,
                   const std::string& to, const std::vector<std::string>& referenced) {
    schema->foreign_keys.push_back({name, oid(from), oid(to), columns, referenced});
  }

  TableCounters& table_counters(const std::string& table) { return all_counters().tables[oid(table)]; }
  IndexCounters& index_counters(const std::string& name) {
    const auto found = std::ranges::find(schema->indexes, name, &Index::name);
    if (found == schema->indexes.end()) throw std::logic_error("no index " + name);
    return all_counters().indexes[found->oid];
  }

  /// In the window; call with ascending queryids.
  StatementCounters& statement(std::int64_t query, const std::string& text, std::int64_t calls, std::int64_t rows,
                               double milliseconds = 100) {
    if (!text.empty()) texts[QueryId{query}] = text;
    StatementDelta entry;
    entry.key = {shop, Oid{10}, QueryId{query}, true};
    entry.counters.calls = calls;
    entry.counters.rows = rows;
    entry.counters.exec_time = Milliseconds(milliseconds);
    window.statements.length = Seconds(900);
    window.statements.entries.push_back(entry);
    return window.statements.entries.back().counters;
  }

  void plan(std::int64_t query, std::string_view json) {
    auto parsed = parse_plan_json(json);
    if (!parsed.ok()) throw std::logic_error(parsed.failure().message);
    plans.push_back({QueryId{query}, shop, std::make_shared<const Plan>(std::move(parsed->front()))});
  }

  Session& session(std::int32_t pid, const std::string& state, Seconds in_state_for) {
    if (!activity) activity.emplace().max_connections = 100;
    Session session;
    session.pid = BackendPid{pid};
    session.database = "shop";
    session.user = "shop_app";
    session.application = "shop-web";
    session.backend_type = "client backend";
    session.state = state;
    session.backend_start = ago(Seconds(7200));
    session.transaction_start = session.query_start = session.state_change = ago(in_state_for);
    activity->sessions.push_back(session);
    return activity->sessions.back();
  }

  void wait(std::int32_t waiter, std::int32_t blocker, Seconds since) {
    if (!activity) activity.emplace().max_connections = 100;
    activity->waits.push_back(
        {BackendPid{waiter}, {BackendPid{blocker}}, "transactionid", "ShareLock", "", ago(since)});
  }

  void setting(const std::string& name, const std::string& value, const std::string& unit = {}) {
    if (!settings) settings.emplace();
    settings->entries.push_back({name, value, unit, "", "default", false});
    std::ranges::sort(settings->entries, {}, &Setting::name);
  }

  DatabaseTotals& database(const std::string& name = "shop", Oid oid = shop) {
    if (!totals) totals.emplace();
    totals->emplace_back().name = name;
    totals->back().oid = oid;
    return totals->back();
  }

  DatabaseCounters& database_window(Seconds length = Seconds(900)) {
    window.databases.push_back({shop, "shop", length, {}});
    return window.databases.back().counters;
  }

  /// What find_all() makes of it, as far as this rule found it.
  [[nodiscard]] std::vector<Finding> find(std::string_view rule) const {
    const Snapshot now = snapshot();
    auto all = find_all({now, window, plans});
    std::erase_if(all, [&](const Finding& finding) { return finding.rule != rule; });
    return all;
  }

  [[nodiscard]] Snapshot snapshot() const {
    Snapshot now;
    now.server = server;
    now.link = link;
    now.composed_at = present;
    now.texts = part(std::optional(texts));
    now.databases = part(totals);
    now.activity = part(activity);
    now.replication = part(replication);
    now.settings = part(settings);
    if (schema) now.schemas.push_back(part(schema));
    if (counters) now.relations.push_back(part(counters));
    return now;
  }

 private:
  template <class T>
  Part<T> part(const std::optional<T>& data) const {
    if (!data) return {};
    return {std::make_shared<const T>(*data), collected_at, collected_at};
  }

  Oid oid(const std::string& table) const {
    const auto found = std::ranges::find(schema->tables, table, &Table::name);
    if (found == schema->tables.end()) throw std::logic_error("no table " + table);
    return found->oid;
  }

  RelationCounters& all_counters() {
    if (!counters) counters.emplace().database = shop;
    return *counters;
  }

  std::uint32_t next_oid_ = 1000;
};

/// The figure with this label; fails the test's process by exception when there is none.
inline double figure(const Finding& finding, std::string_view label) {
  const auto found = std::ranges::find(finding.evidence, label, &Figure::label);
  if (found == finding.evidence.end()) throw std::logic_error("no figure " + std::string(label));
  return found->value;
}

/// The text with narrow no-break spaces as plain ones.
inline std::string plain(std::string text) {
  constexpr std::string_view narrow = "\u202F";
  for (auto at = text.find(narrow); at != std::string::npos; at = text.find(narrow))
    text.replace(at, narrow.size(), " ");
  return text;
}

}  // namespace pgsextant::analyzer::cases
