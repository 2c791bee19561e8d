// The statements that take the most time.

#include <algorithm>

#include "web/pages/view.hpp"
#include "web/summary.hpp"
#include "web/text.hpp"
#include "web/url.hpp"

namespace pgsextant::web {
namespace {

constexpr std::size_t shown = 15;
constexpr std::size_t sql_in_a_row = 64;
constexpr std::size_t sql_on_hover = 600;
constexpr double bar_width = 48;

Data row(const StatementRow& each, const Snapshot& snapshot) {
  const StatementCounters& c = each.counters;
  const auto calls = static_cast<double>(c.calls);
  const std::string* const sql = snapshot.text(each.query);
  const auto hit = hit_ratio(c.shared_hit, c.shared_read);
  const Blocks temp = c.temp_written;
  return Object{
      {"path", text(statement_path(snapshot.server.name, each.query.value))},
      {"sql", text(sql != nullptr ? one_line(*sql, sql_in_a_row) : std::to_string(each.query.value))},
      {"hover", sql != nullptr ? text(one_line(*sql, sql_on_hover)) : Data(false)},
      {"hidden", Data(sql == nullptr)},
      {"share", figure(each.share, Unit::ratio)},
      {"bar", text(std::to_string(std::max(1, static_cast<int>(each.share * bar_width))))},
      {"total", figure(c.exec_time.count(), Unit::milliseconds)},
      {"calls", figure(calls, Unit::count)},
      {"mean", c.calls > 0 ? figure(c.exec_time.count() / calls, Unit::milliseconds) : Data(false)},
      {"rows", c.calls > 0 ? figure(static_cast<double>(c.rows) / calls, Unit::count) : Data(false)},
      {"hit", figure_or_none(hit, Unit::ratio)},
      {"temp", temp.value > 0 ? figure(static_cast<double>(temp.to_bytes().value), Unit::bytes) : Data(false)}};
}

/// Why there is nothing: the source's own words, or that nothing ran.
Data why_empty(const Snapshot& snapshot) {
  for (const SourceStatus& source : snapshot.sources)
    if (source.id == "statements" && source.last_run && source.outcome != Outcome::ok)
      return Object{{"message", text(source.message)}, {"hint", text_or_none(source.hint)}};
  if (!snapshot.statements)
    return Object{{"message", text("pg_stat_statements has not been read yet.")}, {"hint", Data(false)}};
  return Object{{"message", text("No statement ran in this period.")}, {"hint", Data(false)}};
}

}  // namespace

Data statements_section(const PageScope& scope) {
  const StatementRanking ranking = rank_statements(scope.report);
  List rows;
  for (const StatementRow& each : ranking.rows) {
    if (rows.size() == shown) break;
    rows.push_back(row(each, scope.snapshot()));
  }
  const bool empty = rows.empty();
  const std::size_t more = ranking.rows.size() - rows.size();
  const bool window = ranking.length.count() > 0;
  return Object{{"rows", rows},
                {"has_rows", Data(!empty)},
                {"empty", empty ? why_empty(scope.snapshot()) : Data(false)},
                {"more", more > 0 ? text(std::to_string(more)) : Data(false)},
                {"period", text(window ? "last " + duration_text(ranking.length) : "since the statistics were reset")}};
}

}  // namespace pgsextant::web
