// What would fix it: gain, price, proof, and the SQL to apply and to undo.

#include <cmath>
#include <map>

#include "web/pages/view.hpp"
#include "web/summary.hpp"
#include "web/text.hpp"
#include "web/url.hpp"

namespace pgsextant::web {
namespace {

constexpr std::size_t sql_in_a_row = 60;
constexpr std::size_t sql_on_hover = 600;

std::string_view proof(Verification verification) {
  switch (verification) {
    case Verification::twin:
      return "Planned on the statistics twin: the planner's own figures, tried away from the server.";
    case Verification::hypopg:
      return "Planned on the server with a hypothetical index (HypoPG): the planner's own figures.";
    case Verification::estimate: return "Computed from statistics; no planner was asked.";
    case Verification::none: return "Nothing to plan: it follows from definitions and counters.";
  }
  return "";
}

/// "−93 %" of the cost before; "+4 %" where it gets worse.
std::string change(double before, double after) {
  if (before <= 0) return "";
  const double share = (after - before) / before;
  constexpr double nothing = 0.0005;
  constexpr double nearly_all = 0.999;  // rounded, it would claim that nothing is left
  if (std::abs(share) < nothing) return "±0\u202F%";
  if (share < -nearly_all && after > 0) return "−99.9\u202F%";
  return (share < 0 ? "−" : "+") + percent(std::abs(share));
}

Data gain(const StatementGain& each, const std::string& server) {
  return Object{{"path", text(statement_path(server, each.query.value))},
                {"sql", text(each.text.empty() ? std::to_string(each.query.value) : one_line(each.text, sql_in_a_row))},
                {"hover", text(one_line(each.text, sql_on_hover))},
                {"calls", figure(each.calls_per_hour, Unit::count)},
                {"mean", each.mean_time ? figure(each.mean_time->count(), Unit::milliseconds) : Data(false)},
                {"before", figure(each.cost_before, Unit::cost, Basis::estimated)},
                {"after", figure(each.cost_after, Unit::cost, Basis::estimated)},
                {"change", text(change(each.cost_before, each.cost_after))},
                {"worse", Data(each.cost_after > each.cost_before)}};
}

Data size(const Price& price) {
  if (!price.size) return Data(false);
  const auto bytes = static_cast<double>(price.size->value);
  return Object{{"figure", figure(std::abs(bytes), Unit::bytes, price.size_basis)}, {"freed", Data(bytes < 0)}};
}

Data unplanned_view(const Unplanned& each, const std::string& server) {
  return Object{{"path", text(statement_path(server, each.query.value))},
                {"sql", text(each.text.empty() ? std::to_string(each.query.value) : one_line(each.text, sql_in_a_row))},
                {"hover", text(one_line(each.text, sql_on_hover))},
                {"reason", text(each.reason)},
                {"share", text(percent(each.load_share))}};
}

}  // namespace

Data recommendation_view(const Recommendation& each, const store::Tracked* tracked, const std::string& server,
                         Timestamp now) {
  List statements;
  for (const StatementGain& statement : each.statements) statements.push_back(gain(statement, server));
  const bool served = !statements.empty();
  const bool costed = each.cost_before && each.cost_after;
  Data total(false);
  if (costed)
    total = Object{{"before", figure(*each.cost_before, Unit::cost, Basis::estimated)},
                   {"after", figure(*each.cost_after, Unit::cost, Basis::estimated)},
                   {"change", text(change(*each.cost_before, *each.cost_after))}};
  return Object{{"id", text(anchor("advice", each.key))},
                {"kind", text(each.kind)},
                {"title", text(each.title)},
                {"reason", text_or_none(each.reason)},
                {"apply", text_or_none(each.apply_sql)},
                {"undo", text_or_none(each.undo_sql)},
                {"total", total},
                {"served", Data(served)},
                {"statements", statements},
                {"share", each.load_share ? text(percent(*each.load_share)) : Data(false)},
                {"size", size(each.price)},
                {"writes", each.price.writes_per_second > 0 ? figure(each.price.writes_per_second, Unit::per_second)
                                                            : Data(false)},
                {"lock", text_or_none(each.price.lock)},
                {"note", text_or_none(each.price.note)},
                {"verification", text(to_string(each.verification))},
                {"proof", text(proof(each.verification))},
                {"confidence", text(to_string(each.confidence))},
                {"first_seen", tracked != nullptr ? moment(tracked->first_seen, now) : Data(false)}};
}

Data recommendations_section(const PageScope& scope) {
  if (!scope.report.advice) return Data(false);
  const Advice& advice = *scope.report.advice;
  const std::string& server = scope.snapshot().server.name;
  std::map<std::string, store::Tracked, std::less<>> history;
  if (const auto tracked = scope.store.tracked(server, store::TrackedType::recommendation))
    for (const store::Tracked& each : *tracked) history.emplace(each.key, each);

  List list;
  std::size_t muted = 0;
  for (const Recommendation& each : advice.recommendations) {
    const auto found = history.find(each.key);
    const store::Tracked* const tracked = found == history.end() ? nullptr : &found->second;
    if (tracked != nullptr && tracked->muted) {
      ++muted;
      continue;
    }
    list.push_back(recommendation_view(each, tracked, server, scope.now));
  }
  List unplanned;
  for (const Unplanned& each : advice.unplanned) unplanned.push_back(unplanned_view(each, server));
  const std::size_t count = list.size();
  const std::size_t not_costed = unplanned.size();
  return Object{{"count", text(std::to_string(count))},
                {"list", list},
                {"empty", Data(count == 0)},
                {"model", text_or_none(advice.cost_model)},
                {"advice_note", text_or_none(advice.note)},
                {"at", moment(advice.at, scope.now)},
                {"muted", muted > 0 ? text(std::to_string(muted)) : Data(false)},
                {"has_unplanned", not_costed > 0 ? text(count_of(not_costed, "statement")) : Data(false)},
                {"unplanned", unplanned}};
}

}  // namespace pgsextant::web
