#include "twin/plan_costs.hpp"

#include <algorithm>
#include <cmath>

namespace pgsextant::twin {
namespace {

constexpr double printed_precision = 0.01;  // EXPLAIN rounds costs to two decimals

double rows_of(const PlanNode& node) { return std::max(1.0, node.rows_estimated.value_or(1)); }

PathCost limit_cost(const PlanNode& node, const PlanNode& child, const PathCost& changed) {
  // adjust_limit_rows_costs(), pathnode.c.
  const auto before = cost_of(node);
  const auto child_before = cost_of(child);
  const double run_before = child_before.total - child_before.startup;
  const double run = changed.total - changed.startup;
  const double skipped =
      run_before > printed_precision ? std::clamp((before.startup - child_before.startup) / run_before, 0.0, 1.0) : 0;
  const double returned = std::min(1.0, rows_of(node) / rows_of(child));
  const double startup = changed.startup + run * skipped;
  return {startup, std::min(changed.total, startup + run * returned)};
}

/// How many times the child's cost is in the node's.
double repetitions(const PlanNode& node, const PlanNode& child) {
  const double child_total = cost_of(child).total;
  const double total = cost_of(node).total + printed_precision;
  double others = 0;
  const PlanNode* outer = nullptr;
  for (const auto& other : node.children) {
    if (other.get() == &child) continue;
    others += cost_of(*other).total;
    if (other->relation_to_parent == "Outer") outer = other.get();
  }
  if (child_total <= 0) return 1;
  if (node.type == "Nested Loop" && child.relation_to_parent == "Inner" && outer != nullptr) {
    const double loops = rows_of(*outer);
    return others + loops * child_total <= total ? loops : 1;
  }
  // A SubPlan is run per row that the node looks at, which EXPLAIN does not tell; nearly all of the node's cost is it.
  if (child.relation_to_parent == "SubPlan") return std::max(1.0, std::floor((total - others) / child_total));
  return 1;
}

}  // namespace

PathCost cost_of(const PlanNode& node) { return {node.startup_cost.value_or(0), node.total_cost.value_or(0)}; }

PathCost cost_with_child(const PlanNode& node, const PlanNode& child, const PathCost& changed, double own_factor) {
  if (node.type == "Limit") return limit_cost(node, child, changed);
  const auto before = cost_of(node);
  const auto child_before = cost_of(child);
  const double times = repetitions(node, child);
  const bool waits = before.startup + printed_precision >= child_before.total;
  const double own_startup =
      before.startup - (waits ? child_before.total : std::min(child_before.startup, before.startup));
  const double own_total = before.total - times * child_before.total;
  PathCost cost;
  cost.startup = std::max(0.0, own_startup * own_factor) + (waits ? changed.total : changed.startup);
  cost.total = std::max(cost.startup, own_total * own_factor + times * changed.total);
  return cost;
}

std::vector<PlanNode*> ancestors_of(PlanNode& root, int id) {
  std::vector<PlanNode*> path;
  const auto find = [&](const auto& self, PlanNode& node) -> bool {
    if (node.id == id) return true;
    path.push_back(&node);
    for (const auto& child : node.children) {
      if (self(self, *child)) return true;
    }
    path.pop_back();
    return false;
  };
  find(find, root);
  return path;
}

std::vector<std::pair<PlanNode*, PathCost>> costs_above(const std::vector<PlanNode*>& ancestors, const PlanNode& child,
                                                        PathCost changed) {
  std::vector<std::pair<PlanNode*, PathCost>> costs;
  const PlanNode* below = &child;
  for (auto node = ancestors.rbegin(); node != ancestors.rend(); ++node) {
    changed = cost_with_child(**node, *below, changed);
    costs.emplace_back(*node, changed);
    below = *node;
  }
  std::reverse(costs.begin(), costs.end());
  return costs;
}

}  // namespace pgsextant::twin
