#pragma once
// The one place where totals and exclusive figures are computed from a plan's per-loop figures.

#include <optional>
#include <vector>

#include "core/plan.hpp"
#include "core/units.hpp"

namespace pgsextant::analyzer {

/// Indexed by PlanNode::id. Empty where the plan does not say (no ANALYZE, TIMING OFF, COSTS OFF).
struct NodeFigures {
  /// Elapsed: over all loops, divided by the processes that ran the node side by side below a Gather.
  std::optional<Milliseconds> inclusive_time, exclusive_time;
  std::optional<double> rows_total, rows_removed_total;  ///< over all loops and processes
  /// Total cost less that of the children run once each, never below zero: what repeats an inner side stays with the
  /// join, and a LIMIT that ends its child early costs nothing itself.
  std::optional<double> exclusive_cost;
  std::optional<double> row_misestimate;  ///< actual / estimated per loop; > 1: more than expected
};

/// Exclusive times add up to the root's inclusive time. Time of an InitPlan, SubPlan or CTE belongs to its own nodes
/// and is taken out of the node that ran it, once. A negative remainder (rounding, or work in parallel) is kept.
std::vector<NodeFigures> compute_figures(const Plan& plan);

}  // namespace pgsextant::analyzer
