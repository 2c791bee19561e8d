#include "twin/scan_choices.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <set>
#include <string>
#include <string_view>

#include "twin/index_match.hpp"
#include "twin/join_choices.hpp"
#include "twin/plan_costs.hpp"
#include "twin/plan_tables.hpp"

namespace pgsextant::twin {
namespace {

bool is_gather(const PlanNode& node) { return node.type == "Gather" || node.type == "Gather Merge"; }
bool is_sort(const PlanNode& node) { return node.type == "Sort" || node.type == "Incremental Sort"; }

/// Forgets the order of what it reads, or makes its own.
bool ends_order(const PlanNode& node) {
  return is_sort(node) || node.type == "Hash" || node.strategy == "Hashed" || node.strategy == "Plain";
}

bool depends_on_order(const PlanNode& node) {
  static constexpr std::array<std::string_view, 7> types = {"Merge Join", "Group", "Unique",      "Limit",
                                                            "WindowAgg",  "SetOp", "Gather Merge"};
  return std::find(types.begin(), types.end(), node.type) != types.end() || node.strategy == "Sorted" ||
         node.type == "Merge Append";
}

class Choices {
 public:
  Choices(Plan& plan, const ScanContext& context) : plan_(plan), context_(context) {}

  std::vector<PlanRewrite> collect() {
    for_each_node(*plan_.root, [&](const PlanNode& node, const PlanNode*) {
      add_join_choices(*plan_.root, node, context_, found_);
      const auto use = table_use_of(node, context_.shape);
      if (use && is_plain_scan(node)) add_scan(node, *use);
    });
    return std::move(found_);
  }

 private:
  void add_scan(const PlanNode& scan, std::size_t use) {
    const auto ancestors = ancestors_of(*plan_.root, scan.id);
    const bool inner =
        !ancestors.empty() && ancestors.back()->type == "Nested Loop" && scan.relation_to_parent == "Inner";
    if (inner && scan.type != "Seq Scan") return;  // already looks up the outer side's values
    for (const auto& index : context_.indexes) {
      if (index.table != table_of(context_.shape.tables[use], context_.schema)) continue;
      add_index(scan, ancestors, use, index);
    }
  }

  void add_index(const PlanNode& scan, const std::vector<PlanNode*>& ancestors, std::size_t use,
                 const OfferedIndex& index) {
    const auto& table_use = context_.shape.tables[use];
    const auto known = outer_tables_of_subplan(ancestors, scan, table_use, context_.shape);
    const auto match = match_index(*index.definition, *index.table, table_use, known);
    if (!match) return;
    const double workers = scan.parallel_aware ? divisor_above(ancestors) : 1;
    const double share = scan.rows_estimated.value_or(1) * workers / std::max(1.0, index.table->tuples);
    const auto input = scan_input(index, *match, share, 1);
    const bool selective = match->conditions > 0 || !index.definition->predicate.empty();

    const bool needs_order = order_needed(scan, ancestors, table_use);
    const bool keeps_order = delivers_order(*index.definition, *match, printed_order(table_use));
    for (const bool bitmap : {false, true}) {
      if (!bitmap && index.definition->method != "btree") continue;
      auto rewrite = scan_rewrite(index, input, bitmap, context_.costs);
      rewrite.scan = scan.id;
      rewrite.rows = scan.rows_estimated.value_or(1);
      const bool fits = selective && (!needs_order || (keeps_order && !bitmap));
      if (fits) add_in_place(rewrite);
      if (ancestors.empty()) continue;
      const auto& parent = *ancestors.back();
      const bool sorted = !bitmap && is_sort(parent) && delivers_order(*index.definition, *match, sort_keys(parent));
      if (sorted) add_without_sort(rewrite, parent);
      rewrite.rows *= workers;
      if (fits || sorted) add_without_gather(rewrite, ancestors, sorted, workers);
    }
  }

  void add_in_place(PlanRewrite rewrite) {
    rewrite.top = rewrite.scan;
    rewrite.cost = rewrite.scan_cost;
    found_.push_back(std::move(rewrite));
  }

  void add_without_sort(PlanRewrite rewrite, const PlanNode& sort) {
    rewrite.top = sort.id;
    rewrite.cost = rewrite.scan_cost;
    found_.push_back(std::move(rewrite));
  }

  /// One process with an index instead of several that read everything.
  void add_without_gather(PlanRewrite rewrite, const std::vector<PlanNode*>& ancestors, bool sorted, double workers) {
    const PlanNode* below = &node_of(*plan_.root, rewrite.scan);
    auto cost = rewrite.scan_cost;
    for (const PlanNode* const node : std::views::reverse(ancestors)) {
      if (node->children.size() != 1) return;
      if (is_gather(*node)) {
        rewrite.top = node->id;
        rewrite.cost = cost;
        found_.push_back(std::move(rewrite));
        return;
      }
      const bool needless_sort = sorted && below->id == rewrite.scan;
      if (!needless_sort) {
        cost = cost_with_child(*node, *below, cost, workers);
        rewrite.kept.insert(rewrite.kept.begin(), node->id);
        rewrite.kept_costs.insert(rewrite.kept_costs.begin(), cost);
      }
      below = node;
    }
  }

  [[nodiscard]] double divisor_above(const std::vector<PlanNode*>& ancestors) const {
    for (const PlanNode* const node : std::views::reverse(ancestors)) {
      if (is_gather(*node)) return parallel_divisor(node->workers_planned.value_or(0), context_.costs);
    }
    return 1;
  }

  /// Whether somebody above relies on the order in which the scan gives its rows today.
  static bool order_needed(const PlanNode& scan, const std::vector<PlanNode*>& ancestors, const sql::TableUse& use) {
    if (!scan.type.starts_with("Index")) return false;
    for (const PlanNode* const node : std::views::reverse(ancestors)) {
      if (ends_order(*node)) return false;
      if (depends_on_order(*node)) return true;
    }
    return !use.order_by.empty();
  }

  static std::vector<PrintedSortKey> sort_keys(const PlanNode& sort) {
    std::vector<PrintedSortKey> keys;
    keys.reserve(sort.sort_keys.size());
    for (const auto& key : sort.sort_keys) keys.push_back(read_sort_key(key));
    return keys;
  }

  static std::vector<PrintedSortKey> printed_order(const sql::TableUse& use) {
    std::vector<PrintedSortKey> keys;
    keys.reserve(use.order_by.size());
    for (const auto& key : use.order_by) {
      keys.push_back(
          {key.column.empty() ? key.expression : quote_identifier(key.column), key.descending, key.nulls_first});
    }
    return keys;
  }

  Plan& plan_;
  const ScanContext& context_;
  std::vector<PlanRewrite> found_;
};

}  // namespace

std::vector<PlanRewrite> scan_choices(Plan& plan, const ScanContext& context) {
  return Choices(plan, context).collect();
}

}  // namespace pgsextant::twin
