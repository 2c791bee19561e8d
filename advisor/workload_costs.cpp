#include "advisor/workload_costs.hpp"

#include <algorithm>

namespace pgsextant::advisor {

std::optional<Failure> WorkloadCosts::add(PlannedStatement statement) {
  if (exhausted()) {
    return Failure{Outcome::timeout, "the limit of questions to the planner is reached",
                   "lighter statements wait; those recommended so far come first"};
  }
  const auto answer = model_.cost(statement.statement->text, {});
  if (!answer) return answer.failure();
  statement.cost_now = answer->total_cost;
  known_[{statements_.size(), {}}] = StatementCost{answer->total_cost, {}, answer->verified_by};
  statements_.push_back(std::move(statement));
  return std::nullopt;
}

std::size_t WorkloadCosts::add(const Candidate& candidate) {
  const auto found = std::ranges::find(pool_, candidate.index, &Candidate::index);
  if (found != pool_.end()) return static_cast<std::size_t>(found - pool_.begin());
  pool_.push_back(candidate);
  return pool_.size() - 1;
}

std::optional<StatementCost> WorkloadCosts::cost(std::size_t statement, const CandidateSet& chosen) {
  const PlannedStatement& planned = statements_[statement];
  CandidateSet relevant;
  for (const std::size_t candidate : chosen) {
    if (std::ranges::find(planned.tables, pool_[candidate].table) != planned.tables.end()) relevant.insert(candidate);
  }
  const auto key = std::pair{statement, relevant};
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  if (exhausted()) return std::nullopt;

  const std::vector<std::size_t> order(relevant.begin(), relevant.end());
  WhatIf change;
  for (const std::size_t candidate : order) change.create.push_back(pool_[candidate].index);
  const auto answer = model_.cost(planned.statement->text, change);
  std::optional<StatementCost> cost;
  if (answer) {
    cost = StatementCost{answer->total_cost, {}, answer->verified_by};
    for (const std::size_t used : answer->used) {
      if (used < order.size()) cost->used.insert(order[used]);
    }
  }
  return known_[key] = cost;
}

double WorkloadCosts::weight(std::size_t statement) const {
  // A statement without a known rate still counts a little, so that a single file of statements can be advised on.
  return std::max(statements_[statement].statement->calls_per_hour, 1e-3);
}

}  // namespace pgsextant::advisor
