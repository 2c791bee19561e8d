#pragma once
// How the cost of a plan's root follows when a part of the plan becomes cheaper.

#include <utility>
#include <vector>

#include "core/plan.hpp"
#include "twin/planner_cost.hpp"

namespace pgsextant::twin {

PathCost cost_of(const PlanNode& node);

/// The node's cost when its child (one of node.children) costs `changed` instead. What the node adds itself stays, or
/// is multiplied by `own_factor`. Startup follows the child's total where the node has to read it all first (Sort,
/// Hash, Aggregate). Limit pays for its share of the child's rows. The inner side of a Nested Loop and a SubPlan count
/// as often as the node's own cost says that they were run.
PathCost cost_with_child(const PlanNode& node, const PlanNode& child, const PathCost& changed, double own_factor = 1);

/// From the root down to (without) the node with that id. Empty for the root, and for an id that is not there.
std::vector<PlanNode*> ancestors_of(PlanNode& root, int id);

/// The ancestors' costs, root first, when the child of the last one costs `changed`. `child` is that child.
std::vector<std::pair<PlanNode*, PathCost>> costs_above(const std::vector<PlanNode*>& ancestors, const PlanNode& child,
                                                        PathCost changed);

}  // namespace pgsextant::twin
