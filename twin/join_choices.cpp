#include "twin/join_choices.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "twin/plan_costs.hpp"
#include "twin/plan_tables.hpp"

namespace pgsextant::twin {
namespace {

/// btcostestimate(): the first column's correlation counts three quarters when there are more columns.
double correlation_of(const OfferedIndex& index) {
  const auto& keys = index.definition->keys;
  const auto* column = index.table->column(keys.front().column);
  if (column == nullptr || !column->statistics) return 0;
  return column->statistics->correlation.value_or(0) * (keys.size() > 1 ? 0.75 : 1.0);
}

/// Through what only passes rows on.
const PlanNode& through(const PlanNode& node) {
  const bool passes = node.type == "Hash" || node.type == "Materialize";
  return passes && node.children.size() == 1 ? through(*node.children.front()) : node;
}

/// Whether that side may become the inner one of a Nested Loop, which keeps every row of its outer side.
bool may_be_inner(const PlanNode& join, const PlanNode& side) {
  const bool inner = side.relation_to_parent == "Inner";
  if (join.type == "Nested Loop") return inner && join.join_type != "Right" && join.join_type != "Full";
  if (join.type != "Hash Join") return false;
  if (join.join_type == "Inner") return true;
  if (join.join_type == "Right") return !inner;
  return inner && (join.join_type == "Left" || join.join_type == "Semi" || join.join_type == "Anti");
}

bool has_parallel_node(const PlanNode& node) {
  bool found = false;
  for_each_node(node, [&](const PlanNode& below, const PlanNode*) { found = found || below.parallel_aware; });
  return found;
}

bool below_gather(PlanNode& root, const PlanNode& node) {
  const auto ancestors = ancestors_of(root, node.id);
  return std::any_of(ancestors.begin(), ancestors.end(),
                     [](const PlanNode* above) { return above->type.starts_with("Gather"); });
}

PathCost nested_loop_cost(const PathCost& outer, const PlanRewrite& inner, double loops, const PlannerCosts& costs) {
  // initial_cost_nestloop(), final_cost_nestloop(): the inner scan again for each outer row, each pair a tuple.
  const double run = outer.total - outer.startup + loops * (inner.scan_cost.total + inner.rows * costs.tuple);
  const double startup = outer.startup + inner.scan_cost.startup;
  return {startup, startup + run - inner.scan_cost.startup};
}

}  // namespace

IndexScanInput scan_input(const OfferedIndex& index, const IndexMatch& match, double share, double loops) {
  IndexScanInput input;
  input.heap = {static_cast<double>(index.table->pages.value), index.table->tuples};
  input.index = index.size;
  // The planner's own row count knows more (most common values) than the guess from single conditions.
  input.selectivity = match.all_served ? share : std::max(match.selectivity, share);
  const bool all_bound = match.boundary_selectivity <= match.selectivity;
  input.boundary_selectivity = all_bound ? input.selectivity : std::max(match.boundary_selectivity, input.selectivity);
  input.correlation = correlation_of(index);
  input.index_conditions = match.conditions;
  input.filter_conditions = match.filters;
  input.loops = loops;
  return input;
}

PlanRewrite scan_rewrite(const OfferedIndex& index, const IndexScanInput& input, bool bitmap,
                         const PlannerCosts& costs) {
  PlanRewrite rewrite;
  rewrite.index = index.position;
  rewrite.bitmap = bitmap;
  rewrite.access = index.definition->method == "gin" ? gin_access_cost(input, costs) : btree_access_cost(input, costs);
  rewrite.scan_cost =
      bitmap ? bitmap_scan_cost(input, rewrite.access, costs) : index_scan_cost(input, rewrite.access, costs);
  return rewrite;
}

void add_join_choices(PlanNode& root, const PlanNode& join, const ScanContext& context,
                      std::vector<PlanRewrite>& found) {
  if (join.children.size() != 2) return;
  for (std::size_t side = 0; side < 2; ++side) {
    const auto& inner = through(*join.children[side]);
    const auto& outer = through(*join.children[1 - side]);
    const auto use = table_use_of(inner, context.shape);
    if (!use || !may_be_inner(join, *join.children[side]) || !is_plain_scan(inner)) continue;
    // In a worker, only what is divided among the workers may drive the loop.
    if (below_gather(root, join) && !has_parallel_node(outer)) continue;
    const auto& table_use = context.shape.tables[*use];
    const auto known = tables_below(outer, context.shape);
    for (const auto& index : context.indexes) {
      if (index.table != table_of(table_use, context.schema) || index.definition->method != "btree") continue;
      const auto match = match_index(*index.definition, *index.table, table_use, known);
      const auto alone = match_index(*index.definition, *index.table, table_use, {});
      if (!match || match->conditions <= alone->conditions) continue;
      const double loops = std::max(1.0, outer.rows_estimated.value_or(1));
      const auto input = scan_input(index, *match, match->selectivity, loops);
      for (const bool bitmap : {false, true}) {
        auto rewrite = scan_rewrite(index, input, bitmap, context.costs);
        rewrite.top = join.id;
        rewrite.scan = inner.id;
        rewrite.outer = outer.id;
        rewrite.rows = std::max(1.0, input.selectivity * input.heap.tuples);
        rewrite.cost = nested_loop_cost(cost_of(outer), rewrite, loops, context.costs);
        found.push_back(std::move(rewrite));
      }
    }
  }
}

}  // namespace pgsextant::twin
