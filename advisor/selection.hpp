#pragma once
// Which of many good candidates to recommend together.

#include <cstddef>
#include <vector>

#include "advisor/workload_costs.hpp"

namespace pgsextant::advisor {

/// A chosen index and the statements whose plans use it when all chosen ones exist.
struct Choice {
  std::size_t candidate = 0;
  std::vector<std::size_t> statements;
};

/// Proposes what is good for this statement on its own: used by its plan, and cheaper by `minimum_gain`. Of each table
/// the cheapest and those within a few percent of it, since one of them may serve other statements as well. Then the
/// same again for the other tables with the best one in place.
void propose(WorkloadCosts& costs, std::size_t statement, const std::vector<Candidate>& candidates, CostModel& model,
             const AdviceLimits& limits);

/// Greedy: again and again the index that saves most cost × calls with those already chosen in place, until none brings
/// any statement `minimum_gain`. Afterwards an index whose work the others do nearly as well is taken out again, which
/// folds prefixes into wider indexes.
std::vector<Choice> select(WorkloadCosts& costs, CostModel& model, const AdviceLimits& limits);

}  // namespace pgsextant::advisor
