#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "advisor/recommender.hpp"
#include "sql/parse.hpp"

namespace pgsextant::advisor {
namespace {

constexpr std::string_view our_marker = "/* pgsextant */";

/// A text that does not parse stays: whoever costs it says why it could not.
bool is_left_out(std::string_view text) {
  if (text.starts_with(our_marker)) return true;
  const auto info = sql::inspect(text);
  return info && info->kind == sql::StatementKind::utility;
}

}  // namespace

std::vector<WorkloadStatement> workload_of(const Snapshot& now, const Window& window, Oid database) {
  // The same statement of several roles is one.
  std::map<QueryId, StatementCounters> sums;
  for (const StatementDelta& entry : window.statements.entries) {
    if (entry.key.database != database) continue;
    StatementCounters& sum = sums[entry.key.query];
    sum.calls += entry.counters.calls;
    sum.exec_time += entry.counters.exec_time;
  }
  const double total = window.total_exec_time().count();
  const double hours = window.statements.length.count() / 3600;
  std::vector<WorkloadStatement> workload;
  for (const auto& [query, sum] : sums) {
    const std::string* text = now.text(query);
    if (text == nullptr || text->empty() || sum.calls <= 0 || is_left_out(*text)) continue;
    WorkloadStatement statement;
    statement.query = query;
    statement.text = *text;
    if (hours > 0) statement.calls_per_hour = static_cast<double>(sum.calls) / hours;
    statement.mean_time = sum.exec_time / static_cast<double>(sum.calls);
    if (total > 0) statement.load_share = sum.exec_time.count() / total;
    workload.push_back(std::move(statement));
  }
  std::ranges::stable_sort(workload, std::ranges::greater{}, &WorkloadStatement::load_share);
  return workload;
}

}  // namespace pgsextant::advisor
