#pragma once
// The one place where totals and exclusive figures are computed from a plan's per-loop figures.

#include <optional>
#include <vector>

#include "core/plan.hpp"
#include "core/units.hpp"

namespace pgsextant::analyzer {

/// Indexed by PlanNode::id. Empty where the plan does not say (no ANALYZE, TIMING OFF, COSTS OFF).
struct NodeFigures {
  std::optional<Milliseconds> inclusive_time, exclusive_time;
  std::optional<double> rows_total, rows_removed_total;
  std::optional<double> exclusive_cost;
  std::optional<double> row_misestimate;  ///< actual / estimated per loop; > 1: more than expected
};

/// Exclusive times add up to the root's inclusive time. Time of an InitPlan, SubPlan or CTE belongs to its own nodes
/// and is taken out of the node that ran it, once. A negative remainder (rounding, or work in parallel) is kept.
std::vector<NodeFigures> compute_figures(const Plan& plan);

}  // namespace pgsextant::analyzer
