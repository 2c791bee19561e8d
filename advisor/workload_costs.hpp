#pragma once
// What the statements of a workload cost under sets of candidate indexes. Every question is asked of the CostModel
// once.

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "advisor/candidates.hpp"
#include "advisor/cost_model.hpp"
#include "advisor/recommender.hpp"
#include "sql/shape.hpp"

namespace pgsextant::advisor {

/// Indexes into a pool of candidates.
using CandidateSet = std::set<std::size_t>;

struct StatementCost {
  double total = 0;
  CandidateSet used;
  Verification verified_by = Verification::estimate;
};

/// A statement that could be planned, and the tables that it names.
struct PlannedStatement {
  const WorkloadStatement* statement = nullptr;
  std::vector<Oid> tables;
  std::vector<std::pair<Oid, std::string>> written;  ///< columns that it updates
  double cost_now = 0;
};

class WorkloadCosts {
 public:
  WorkloadCosts(CostModel& model, const AdviceLimits& limits)
      : model_(model), budget_(model.planner_calls() + limits.planner_calls) {}

  [[nodiscard]] const std::vector<Candidate>& pool() const { return pool_; }
  [[nodiscard]] const std::vector<PlannedStatement>& statements() const { return statements_; }

  /// Plans the statement as things are. Failure: why it cannot be planned, or that the budget is spent.
  std::optional<Failure> add(PlannedStatement statement);
  /// The position of the candidate in the pool, which keeps one of each.
  std::size_t add(const Candidate& candidate);
  /// Marks a candidate as good enough to choose from.
  void propose(std::size_t candidate) { proposed_.insert(candidate); }
  [[nodiscard]] const CandidateSet& proposed() const { return proposed_; }

  /// With those of `chosen` that are on tables of the statement. Empty when the model cannot judge the change or the
  /// budget is spent.
  std::optional<StatementCost> cost(std::size_t statement, const CandidateSet& chosen);
  /// Executions per hour: what a statement's cost is multiplied with.
  [[nodiscard]] double weight(std::size_t statement) const;
  [[nodiscard]] bool exhausted() const { return model_.planner_calls() >= budget_; }

 private:
  CostModel& model_;
  std::size_t budget_;
  std::vector<Candidate> pool_;
  CandidateSet proposed_;
  std::vector<PlannedStatement> statements_;
  std::map<std::pair<std::size_t, CandidateSet>, std::optional<StatementCost>> known_;
};

}  // namespace pgsextant::advisor
