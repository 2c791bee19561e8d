// One statement: its whole text, its figures by role and database, and what concerns it.

#include <algorithm>

#include "web/pages/pages.hpp"
#include "web/pages/view.hpp"
#include "web/summary.hpp"
#include "web/url.hpp"

namespace pgsextant::web {
namespace {

Data entry(const StatementTotals& each, const Snapshot& snapshot) {
  const StatementCounters& c = each.counters;
  std::string database = std::to_string(each.key.database.value);
  if (snapshot.databases)
    for (const DatabaseTotals& known : *snapshot.databases)
      if (known.oid == each.key.database) database = known.name;
  const auto time = [](Milliseconds t) { return figure(t.count(), Unit::milliseconds); };
  const auto hit = hit_ratio(c.shared_hit, c.shared_read);
  return Object{{"database", text(database)},
                {"user", text(std::to_string(each.key.user.value))},
                {"nested", Data(!each.key.toplevel)},
                {"calls", figure(static_cast<double>(c.calls), Unit::count)},
                {"total", time(c.exec_time)},
                {"mean", time(each.mean_exec)},
                {"min", time(each.min_exec)},
                {"max", time(each.max_exec)},
                {"deviation", time(each.stddev_exec)},
                {"rows", figure(static_cast<double>(c.rows), Unit::count)},
                {"hit", figure_or_none(hit, Unit::ratio)},
                {"read", figure(static_cast<double>(c.shared_read.to_bytes().value), Unit::bytes)},
                {"temp", figure(static_cast<double>(c.temp_written.to_bytes().value), Unit::bytes)},
                {"wal", figure(static_cast<double>(c.wal.value), Unit::bytes)}};
}

/// What happened in the last minutes, where the analysis has a window.
Data recent(const ServerReport& report, QueryId query) {
  const StatementRanking ranking = rank_statements(report);
  if (ranking.length.count() <= 0) return Data(false);
  const auto found =
      std::find_if(ranking.rows.begin(), ranking.rows.end(), [&](const auto& row) { return row.query == query; });
  if (found == ranking.rows.end()) return Data(false);
  const auto calls = static_cast<double>(found->counters.calls);
  return Object{
      {"period", text("Last " + duration_text(ranking.length))},
      {"share", figure(found->share, Unit::ratio)},
      {"rank", text(std::to_string(found - ranking.rows.begin() + 1))},
      {"calls", figure(calls / ranking.length.count(), Unit::per_second)},
      {"total", figure(found->counters.exec_time.count(), Unit::milliseconds)},
      {"mean", calls > 0 ? figure(found->counters.exec_time.count() / calls, Unit::milliseconds) : Data(false)}};
}

}  // namespace

std::optional<std::string> render_statement_page(const ServerReport& report, QueryId query, Timestamp now) {
  const Snapshot& snapshot = *report.snapshot;
  const std::string& server = snapshot.server.name;
  const std::string* const sql = snapshot.text(query);
  List entries;
  if (snapshot.statements)
    for (const StatementTotals& each : snapshot.statements->entries)
      if (each.key.query == query) entries.push_back(entry(each, snapshot));
  if (sql == nullptr && entries.empty()) return std::nullopt;

  List findings;
  if (report.analysis)
    for (const Finding& each : report.analysis->findings)
      if (each.statement == query) findings.push_back(finding_view(each, nullptr, server, now));
  List advice;
  if (report.advice)
    for (const Recommendation& each : report.advice->recommendations)
      if (std::any_of(each.statements.begin(), each.statements.end(), [&](const auto& s) { return s.query == query; }))
        advice.push_back(recommendation_view(each, nullptr, server, now));
  const bool has_entries = !entries.empty();
  const bool concerned = !findings.empty() || !advice.empty();
  Data since(false);
  if (snapshot.statements && snapshot.statements->stats_reset) since = moment(*snapshot.statements->stats_reset, now);

  Data root = Object{{"title", text("Statement " + std::to_string(query.value))},
                     {"server", Object{{"name", text(server)}, {"path", text(server_path(server))}}},
                     {"queryid", text(std::to_string(query.value))},
                     {"sql", sql != nullptr ? text(*sql) : Data(false)},
                     {"recent", recent(report, query)},
                     {"entries", entries},
                     {"has_entries", Data(has_entries)},
                     {"reset", since},
                     {"findings", findings},
                     {"advice", advice},
                     {"concerned", Data(concerned)},
                     {"json", text("/api/v1" + server_path(server))}};
  return render("statement", root);
}

}  // namespace pgsextant::web
