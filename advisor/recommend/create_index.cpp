// create_index: B-tree, partial, expression, GIN and GiST indexes that the planner would use for measured statements.
// It does not look at statements that are fast because they are rare (the workload is weighted with calls), does not
// propose INCLUDE columns, and never an index that only a sequential scan of a small table would compete with.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "advisor/candidates.hpp"
#include "advisor/pricing.hpp"
#include "advisor/recommend/recommenders.hpp"
#include "advisor/schema_names.hpp"
#include "advisor/selection.hpp"
#include "advisor/workload_costs.hpp"
#include "sql/parse.hpp"
#include "sql/shape.hpp"

namespace pgsextant::advisor {
namespace {

/// A plan of half the cost, verified by a planner, on statements that matter: nobody would doubt it.
constexpr double large_gain = 0.5;
constexpr double measurable_share = 0.01;
constexpr double worth_mentioning = 0.10;

Unplanned unplanned_of(const WorkloadStatement& statement, const Failure& failure) {
  return {statement.query, statement.text, failure.message, statement.load_share};
}

PlannedStatement planned_of(const WorkloadStatement& statement, const sql::Shape& shape, const DatabaseSchema& schema) {
  PlannedStatement planned;
  planned.statement = &statement;
  const auto info = sql::inspect(statement.text);
  const bool updates = info && info->kind == sql::StatementKind::update;
  for (const sql::TableUse& use : shape.tables) {
    const Table* table = schema.table(use.schema, use.table);
    if (table == nullptr) continue;
    planned.tables.push_back(table->oid);
    if (!updates || !use.target) continue;
    for (const std::string& column : use.columns_written) planned.written.emplace_back(table->oid, column);
  }
  return planned;
}

/// One chosen index with what it is good for.
class Writer {
 public:
  Writer(const AdviceInput& input, const DatabaseSchema& schema, CostModel& model, WorkloadCosts& costs,
         CandidateSet all)
      : input_(input), schema_(schema), model_(model), costs_(costs), all_(std::move(all)) {}

  /// Empty when no statement gains from it on its own.
  std::optional<Recommendation> write(const Choice& choice, const std::vector<std::string>& names_taken) {
    const Candidate& candidate = costs_.pool()[choice.candidate];
    const Table& table = *schema_.table(candidate.table);
    const std::string name = free_index_name(schema_, candidate.index, names_taken);
    Recommendation r;
    r.kind = "create_index";
    r.object = {"table", schema_.name, table.qualified_name()};
    r.key = make_key(r.kind, r.object, describe(candidate.index));
    r.title = "Create index on " + describe(candidate.index);
    r.apply_sql = create_sql(candidate.index, name);
    r.undo_sql = drop_sql(candidate.index.schema, name);
    r.index = candidate.index;
    gains(r, choice);
    if (r.statements.empty()) return std::nullopt;
    r.price = creation_price(input_, model_, candidate.table, candidate.index);
    if (const auto lost = lost_hot_updates(candidate); !lost.empty()) r.price.note = lost + " " + r.price.note;
    r.reason = reason(r, display_name(table));
    const double gain = r.cost_before && r.cost_after ? 1 - *r.cost_after / *r.cost_before : 0;
    r.confidence = r.verification == Verification::estimate                             ? Confidence::low
                   : gain >= large_gain && r.load_share.value_or(0) >= measurable_share ? Confidence::high
                                                                                        : Confidence::medium;
    return r;
  }

 private:
  void gains(Recommendation& r, const Choice& choice) {
    double before = 0, after = 0, share = 0;
    r.verification = Verification::twin;
    for (const std::size_t i : choice.statements) {
      const PlannedStatement& planned = costs_.statements()[i];
      const auto alone = costs_.cost(i, {choice.candidate});
      if (!alone || alone->total >= planned.cost_now) continue;
      const WorkloadStatement& statement = *planned.statement;
      StatementGain gain;
      gain.query = statement.query;
      gain.text = statement.text;
      gain.calls_per_hour = statement.calls_per_hour;
      if (statement.mean_time.count() > 0) gain.mean_time = statement.mean_time;
      gain.cost_before = planned.cost_now;
      gain.cost_after = alone->total;
      r.statements.push_back(std::move(gain));
      before += planned.cost_now * costs_.weight(i);
      after += alone->total * costs_.weight(i);
      share += statement.load_share;
      r.verification = std::max(r.verification, alone->verified_by);
    }
    std::ranges::stable_sort(r.statements, std::ranges::greater{}, [](const StatementGain& gain) {
      return (gain.cost_before - gain.cost_after) * gain.calls_per_hour;
    });
    if (before <= 0) return;
    r.cost_before = before;
    r.cost_after = after;
    r.load_share = std::min(share, 1.0);
  }

  /// An update that changes an indexed column cannot be heap-only: it then writes to every index of the table.
  [[nodiscard]] std::string lost_hot_updates(const Candidate& candidate) const {
    std::vector<std::string> columns;
    for (const PlannedStatement& planned : costs_.statements()) {
      for (const auto& [table, column] : planned.written) {
        const bool indexed = std::ranges::find(candidate.columns, column) != candidate.columns.end();
        if (table == candidate.table && indexed && std::ranges::find(columns, column) == columns.end()) {
          columns.push_back(column);
        }
      }
    }
    if (columns.empty()) return {};
    return "UPDATE statements of this workload write " + listed(columns) +
           ": with this index they can no longer be heap-only (HOT) and maintain every index of the table.";
  }

  /// Cost of a statement when everything that is recommended exists.
  std::optional<double> cost_with_all(QueryId query) {
    for (std::size_t i = 0; i < costs_.statements().size(); ++i) {
      if (costs_.statements()[i].statement->query != query) continue;
      const auto cost = costs_.cost(i, all_);
      return cost ? std::optional(cost->total) : std::nullopt;
    }
    return std::nullopt;
  }

  std::string reason(const Recommendation& r, const std::string& table) {
    const auto cost = [](double value) { return format_value(value, Unit::cost); };
    const StatementGain& first = r.statements.front();
    std::string text = counted(r.statements.size(), "statement") + " on " + table;
    text += r.statements.size() == 1 ? " takes " : " take ";
    text += format_value(r.load_share.value_or(0), Unit::ratio) + " of all measured execution time. ";
    text +=
        r.statements.size() == 1 ? "With this index its plan" : "With this index the plan of the one that gains most";
    text += " costs " + cost(first.cost_after) + " instead of " + cost(first.cost_before) + " planner units";
    text += r.verification == Verification::estimate ? " by estimate; no planner was asked."
                                                     : ", as " + model_.name() + " plans it.";
    const auto together = cost_with_all(first.query);
    if (together && *together < first.cost_after * (1 - worth_mentioning)) {
      text += " Together with the other indexes recommended here it costs " + cost(*together) + ".";
    }
    return text;
  }

  const AdviceInput& input_;
  const DatabaseSchema& schema_;
  CostModel& model_;
  WorkloadCosts& costs_;
  CandidateSet all_;
};

}  // namespace

std::vector<Recommendation> recommend_create_index(const AdviceInput& input, CostModel& model,
                                                   const AdviceLimits& limits, std::vector<Unplanned>& unplanned) {
  const DatabaseSchema* schema = input.now.schema(input.database);
  if (schema == nullptr) return {};
  const SchemaResolver resolver(*schema);
  WorkloadCosts costs(model, limits);
  for (const WorkloadStatement& statement : input.workload.first(std::min(limits.statements, input.workload.size()))) {
    const auto shape = sql::shape(statement.text, &resolver);
    if (!shape) {
      unplanned.push_back(unplanned_of(statement, shape.failure()));
      continue;
    }
    PlannedStatement planned = planned_of(statement, *shape, *schema);
    if (planned.tables.empty()) continue;
    if (const auto failure = costs.add(std::move(planned))) {
      unplanned.push_back(unplanned_of(statement, *failure));
      continue;
    }
    propose(costs, costs.statements().size() - 1, candidates_of(*shape, *schema, limits), model, limits);
  }

  std::vector<Recommendation> recommendations;
  std::vector<std::string> names;
  const auto choices = select(costs, model, limits);
  CandidateSet all;
  for (const Choice& choice : choices) all.insert(choice.candidate);
  Writer writer(input, *schema, model, costs, std::move(all));
  for (const Choice& choice : choices) {
    auto recommendation = writer.write(choice, names);
    if (!recommendation || !recommendation->index) continue;
    names.push_back(free_index_name(*schema, *recommendation->index, names));
    recommendations.push_back(*std::move(recommendation));
  }
  return recommendations;
}

}  // namespace pgsextant::advisor
