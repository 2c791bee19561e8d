#pragma once
// One tree, whatever format EXPLAIN's output came in. Figures are kept exactly as PostgreSQL printed them, which is
// *per loop* for times, rows and "Rows Removed"; derived totals and exclusive figures are computed in one place,
// analyzer/plan_arithmetic.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/units.hpp"

namespace pgsextant {

struct PlanBuffers {
  Blocks shared_hit, shared_read, shared_dirtied, shared_written;
  Blocks local_hit, local_read, local_written;
  Blocks temp_read, temp_written;
};

/// A node of a plan. `std::optional` is empty where the output did not say.
struct PlanNode {
  int id = 0;                      ///< position in depth-first order, the root is 0
  std::string type;                ///< "Seq Scan", "Hash Join", …; unknown types are kept as printed
  std::string relation_to_parent;  ///< Outer, Inner, InitPlan, SubPlan, Member, Subquery
  std::string subplan_name;
  std::string schema, relation, alias, index, cte, function;
  std::string join_type, strategy, partial_mode, scan_direction, operation, command;
  bool parallel_aware = false;

  std::optional<double> startup_cost, total_cost, rows_estimated;
  std::optional<int> width;

  std::optional<double> loops;                           ///< 0: never executed
  std::optional<double> rows_per_loop;                   ///< rounded by PostgreSQL before 18
  std::optional<Milliseconds> startup_time, total_time;  ///< per loop

  std::string filter, index_condition, recheck_condition, join_filter, hash_condition, merge_condition;
  std::optional<double> removed_by_filter, removed_by_join_filter, removed_by_recheck;  ///< per loop
  std::optional<double> heap_fetches;                                                   ///< total over loops
  std::vector<std::string> sort_keys, presorted_keys, group_keys, outputs;
  std::string sort_method, sort_space_type;
  std::optional<std::int64_t> sort_space_kb, hash_batches, original_hash_batches, peak_memory_kb, disk_usage_kb;
  std::optional<int> workers_planned, workers_launched;
  std::optional<PlanBuffers> buffers;

  /// Every property that has no field above, as printed (JSON text of the value).
  std::map<std::string, std::string> other;

  std::vector<std::unique_ptr<PlanNode>> children;
};

struct PlanTrigger {
  std::string name, constraint, relation;
  std::optional<Milliseconds> time;
  std::int64_t calls = 0;
};

struct Plan {
  std::unique_ptr<PlanNode> root;  ///< never null in a parsed plan
  std::optional<Milliseconds> planning_time, execution_time, jit_time;
  std::vector<PlanTrigger> triggers;
  std::map<std::string, std::string> settings;  ///< EXPLAIN (SETTINGS)
  std::string query;                            ///< Query Text of auto_explain, else empty
  std::map<std::string, std::string> other;

  /// ANALYZE was on.
  [[nodiscard]] bool executed() const { return root && root->loops.has_value(); }
};

/// Visits nodes depth first, parents before children. `parent` is null for the root.
template <class Visit>
void for_each_node(const PlanNode& node, Visit&& visit, const PlanNode* parent = nullptr) {
  visit(node, parent);
  for (const auto& child : node.children) for_each_node(*child, visit, &node);
}

}  // namespace pgsextant
