#include "twin/plan_rewrite.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "twin/plan_costs.hpp"

namespace pgsextant::twin {
namespace {

using Slot = std::unique_ptr<PlanNode>;

Slot* find_slot(Slot& slot, int id) {
  if (slot->id == id) return &slot;
  for (auto& child : slot->children) {
    if (auto* found = find_slot(child, id)) return found;
  }
  return nullptr;
}

Slot& slot_of(Slot& root, int id) {
  if (auto* found = find_slot(root, id)) return *found;
  throw std::logic_error("a rewrite names a node that is not in the plan");
}

void set_cost(PlanNode& node, const PathCost& cost) {
  node.startup_cost = cost.startup;
  node.total_cost = cost.total;
}

void name_index(PlanNode& node, std::string_view index_name) {
  node.index = index_name;
  node.other["Hypothetical Index"] = "true";
}

/// The new scan, in the place of the old one: the same relation, conditions and width.
Slot make_scan(const PlanNode& old, const PlanRewrite& rewrite, std::string_view index_name) {
  auto scan = std::make_unique<PlanNode>();
  scan->type = rewrite.bitmap ? "Bitmap Heap Scan" : "Index Scan";
  scan->relation_to_parent = old.relation_to_parent;
  scan->subplan_name = old.subplan_name;
  scan->schema = old.schema;
  scan->relation = old.relation;
  scan->alias = old.alias;
  scan->filter = old.filter;
  scan->width = old.width;
  scan->rows_estimated = rewrite.rows;
  set_cost(*scan, rewrite.scan_cost);
  if (!rewrite.bitmap) {
    name_index(*scan, index_name);
    return scan;
  }
  auto index = std::make_unique<PlanNode>();
  index->type = "Bitmap Index Scan";
  index->relation_to_parent = "Outer";
  index->rows_estimated = rewrite.rows;
  index->width = 0;
  set_cost(*index, rewrite.access);
  name_index(*index, index_name);
  scan->children.push_back(std::move(index));
  return scan;
}

Slot make_nested_loop(Slot& top, Slot scan, const PlanRewrite& rewrite) {
  auto join = std::make_unique<PlanNode>();
  join->type = "Nested Loop";
  join->join_type = top->join_type == "Right" ? "Left" : top->join_type;
  join->join_filter = top->join_filter;
  join->rows_estimated = top->rows_estimated;
  join->width = top->width;
  set_cost(*join, rewrite.cost);
  auto outer = std::move(slot_of(top, rewrite.outer));
  outer->relation_to_parent = "Outer";
  scan->relation_to_parent = "Inner";
  join->children.push_back(std::move(outer));
  join->children.push_back(std::move(scan));
  return join;
}

/// The nodes that stay are chained anew over the scan.
Slot make_chain(Slot& top, Slot scan, const PlanRewrite& rewrite) {
  for (std::size_t i = rewrite.kept.size(); i-- > 0;) {
    auto& slot = slot_of(top, rewrite.kept[i]);
    auto node = std::make_unique<PlanNode>(std::move(*slot));
    // Its id stays behind in the old tree, so that those above it are still found.
    slot->id = rewrite.kept[i];
    slot->children.clear();
    node->children.clear();
    node->parallel_aware = false;
    scan->relation_to_parent = "Outer";
    node->children.push_back(std::move(scan));
    set_cost(*node, rewrite.kept_costs[i]);
    scan = std::move(node);
  }
  return scan;
}

void number(PlanNode& node, int& next) {
  node.id = next++;
  for (auto& child : node.children) number(*child, next);
}

}  // namespace

PlanNode& node_of(PlanNode& root, int id) {
  PlanNode* found = nullptr;
  const auto find = [&](const auto& self, PlanNode& node) -> void {
    if (node.id == id) found = &node;
    for (const auto& child : node.children) self(self, *child);
  };
  find(find, root);
  if (found == nullptr) throw std::logic_error("a rewrite names a node that is not in the plan");
  return *found;
}

double root_cost_after(Plan& plan, const PlanRewrite& rewrite) {
  const auto above = costs_above(ancestors_of(*plan.root, rewrite.top), node_of(*plan.root, rewrite.top), rewrite.cost);
  return above.empty() ? rewrite.cost.total : above.front().second.total;
}

void apply(Plan& plan, const PlanRewrite& rewrite, std::string_view index_name) {
  auto& top = slot_of(plan.root, rewrite.top);
  const auto above = costs_above(ancestors_of(*plan.root, rewrite.top), *top, rewrite.cost);
  const auto relation_to_parent = top->relation_to_parent;
  const auto subplan_name = top->subplan_name;

  auto replacement = make_scan(*slot_of(top, rewrite.scan), rewrite, index_name);
  replacement = rewrite.outer >= 0 ? make_nested_loop(top, std::move(replacement), rewrite)
                                   : make_chain(top, std::move(replacement), rewrite);
  replacement->relation_to_parent = relation_to_parent;
  replacement->subplan_name = subplan_name;
  top = std::move(replacement);

  for (const auto& [node, cost] : above) set_cost(*node, cost);
  int next = 0;
  number(*plan.root, next);
}

}  // namespace pgsextant::twin
