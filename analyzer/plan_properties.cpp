#include "analyzer/plan_properties.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pgsextant::analyzer {
namespace {

// Sorted by name. "HashAgg Batches" is not "Hash Batches": it counts batches of another kind and stays in `other`.
constexpr std::array node_properties = {
    NodeProperty{"Actual Loops", &PlanNode::loops},
    NodeProperty{"Actual Rows", &PlanNode::rows_per_loop},
    NodeProperty{"Actual Startup Time", &PlanNode::startup_time},
    NodeProperty{"Actual Total Time", &PlanNode::total_time},
    NodeProperty{"Alias", &PlanNode::alias},
    NodeProperty{"CTE Name", &PlanNode::cte},
    NodeProperty{"Command", &PlanNode::command},
    NodeProperty{"Disk Usage", &PlanNode::disk_usage_kb},
    NodeProperty{"Filter", &PlanNode::filter},
    NodeProperty{"Function Name", &PlanNode::function},
    NodeProperty{"Group Key", &PlanNode::group_keys},
    NodeProperty{"Hash Batches", &PlanNode::hash_batches},
    NodeProperty{"Hash Cond", &PlanNode::hash_condition},
    NodeProperty{"Heap Fetches", &PlanNode::heap_fetches},
    NodeProperty{"Index Cond", &PlanNode::index_condition},
    NodeProperty{"Index Name", &PlanNode::index},
    NodeProperty{"Join Filter", &PlanNode::join_filter},
    NodeProperty{"Join Type", &PlanNode::join_type},
    NodeProperty{"Local Hit Blocks", &PlanBuffers::local_hit},
    NodeProperty{"Local Read Blocks", &PlanBuffers::local_read},
    NodeProperty{"Local Written Blocks", &PlanBuffers::local_written},
    NodeProperty{"Merge Cond", &PlanNode::merge_condition},
    NodeProperty{"Node Type", &PlanNode::type},
    NodeProperty{"Operation", &PlanNode::operation},
    NodeProperty{"Original Hash Batches", &PlanNode::original_hash_batches},
    NodeProperty{"Output", &PlanNode::outputs},
    NodeProperty{"Parallel Aware", &PlanNode::parallel_aware},
    NodeProperty{"Parent Relationship", &PlanNode::relation_to_parent},
    NodeProperty{"Partial Mode", &PlanNode::partial_mode},
    NodeProperty{"Peak Memory Usage", &PlanNode::peak_memory_kb},
    NodeProperty{"Plan Rows", &PlanNode::rows_estimated},
    NodeProperty{"Plan Width", &PlanNode::width},
    NodeProperty{"Presorted Key", &PlanNode::presorted_keys},
    NodeProperty{"Recheck Cond", &PlanNode::recheck_condition},
    NodeProperty{"Relation Name", &PlanNode::relation},
    NodeProperty{"Rows Removed by Filter", &PlanNode::removed_by_filter},
    NodeProperty{"Rows Removed by Index Recheck", &PlanNode::removed_by_recheck},
    NodeProperty{"Rows Removed by Join Filter", &PlanNode::removed_by_join_filter},
    NodeProperty{"Scan Direction", &PlanNode::scan_direction},
    NodeProperty{"Schema", &PlanNode::schema},
    NodeProperty{"Shared Dirtied Blocks", &PlanBuffers::shared_dirtied},
    NodeProperty{"Shared Hit Blocks", &PlanBuffers::shared_hit},
    NodeProperty{"Shared Read Blocks", &PlanBuffers::shared_read},
    NodeProperty{"Shared Written Blocks", &PlanBuffers::shared_written},
    NodeProperty{"Sort Key", &PlanNode::sort_keys},
    NodeProperty{"Sort Method", &PlanNode::sort_method},
    NodeProperty{"Sort Space Type", &PlanNode::sort_space_type},
    NodeProperty{"Sort Space Used", &PlanNode::sort_space_kb},
    NodeProperty{"Startup Cost", &PlanNode::startup_cost},
    NodeProperty{"Strategy", &PlanNode::strategy},
    NodeProperty{"Subplan Name", &PlanNode::subplan_name},
    NodeProperty{"Temp Read Blocks", &PlanBuffers::temp_read},
    NodeProperty{"Temp Written Blocks", &PlanBuffers::temp_written},
    NodeProperty{"Total Cost", &PlanNode::total_cost},
    NodeProperty{"Workers Launched", &PlanNode::workers_launched},
    NodeProperty{"Workers Planned", &PlanNode::workers_planned},
};
static_assert(std::ranges::is_sorted(node_properties, {}, &NodeProperty::name));

}  // namespace

const NodeProperty* find_node_property(std::string_view name) {
  const auto* const found = std::ranges::lower_bound(node_properties, name, {}, &NodeProperty::name);
  return found != node_properties.end() && found->name == name ? found : nullptr;
}

std::optional<double> as_number(const PropertyValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  if (const auto* real = std::get_if<double>(&value)) return *real;
  return std::nullopt;
}

std::string_view set_property(PlanNode& node, const NodeProperty& property, const PropertyValue& value) {
  const auto* const integer = std::get_if<std::int64_t>(&value);
  const auto number = as_number(value);

  if (const auto* text_field = std::get_if<std::string PlanNode::*>(&property.field)) {
    const auto* const text = std::get_if<std::string>(&value);
    if (text == nullptr) return "a string";
    node.*(*text_field) = *text;
  } else if (const auto* flag = std::get_if<bool PlanNode::*>(&property.field)) {
    const auto* const boolean = std::get_if<bool>(&value);
    if (boolean == nullptr) return "true or false";
    node.*(*flag) = *boolean;
  } else if (const auto* quantity = std::get_if<std::optional<double> PlanNode::*>(&property.field)) {
    if (!number) return "a number";
    node.*(*quantity) = *number;
  } else if (const auto* time = std::get_if<std::optional<Milliseconds> PlanNode::*>(&property.field)) {
    if (!number) return "a number";
    node.*(*time) = Milliseconds(*number);
  } else if (const auto* small = std::get_if<std::optional<int> PlanNode::*>(&property.field)) {
    if (integer == nullptr || !std::in_range<int>(*integer)) return "an integer";
    node.*(*small) = static_cast<int>(*integer);
  } else if (const auto* large = std::get_if<std::optional<std::int64_t> PlanNode::*>(&property.field)) {
    if (integer == nullptr) return "an integer";
    node.*(*large) = *integer;
  } else if (const auto* blocks = std::get_if<Blocks PlanBuffers::*>(&property.field)) {
    if (integer == nullptr) return "an integer";
    if (!node.buffers) node.buffers.emplace();
    (*node.buffers).*(*blocks) = Blocks{*integer};
  } else {
    return "an array of strings";
  }
  return {};
}

}  // namespace pgsextant::analyzer
