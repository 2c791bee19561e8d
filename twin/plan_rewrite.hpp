#pragma once
// A plan with one of its scans replaced by a scan of an index that does not exist.

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/plan.hpp"
#include "twin/planner_cost.hpp"

namespace pgsextant::twin {

/// What to replace, by PlanNode::id, and what it costs afterwards. The replaced part reaches from `top` down to `scan`:
/// both are the same for a scan alone; `top` is the Sort that falls away when the index delivers the order, the Gather
/// that falls away when one process is enough, or the join that becomes a Nested Loop over `outer`.
struct PlanRewrite {
  int top = 0, scan = 0;
  int outer = -1;         ///< the side of the join that stays; -1: no join
  std::vector<int> kept;  ///< nodes between top and scan that stay, highest first
  std::vector<PathCost> kept_costs;
  std::size_t index = 0;  ///< position in WhatIf::create
  bool bitmap = false;
  PathCost access, scan_cost;  ///< of the index alone; of the scan, per loop
  PathCost cost;               ///< of what takes the place of `top`
  double rows = 1;             ///< of the scan, per loop
};

/// The root's total cost after the rewrite.
double root_cost_after(Plan& plan, const PlanRewrite& rewrite);

/// Carries it out: costs are updated up to the root, ids are numbered anew. The scan carries `index_name` and the
/// property "Hypothetical Index": true.
void apply(Plan& plan, const PlanRewrite& rewrite, std::string_view index_name);

/// The node with that id, which must be there.
PlanNode& node_of(PlanNode& root, int id);

}  // namespace pgsextant::twin
