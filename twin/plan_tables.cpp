#include "twin/plan_tables.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace pgsextant::twin {
namespace {

std::string_view visible_name(const sql::TableUse& use) { return use.alias.empty() ? use.table : use.alias; }

bool numbered(std::string_view alias, std::string_view name) {
  if (!alias.starts_with(name) || alias.size() < name.size() + 2 || alias[name.size()] != '_') return false;
  const auto digits = alias.substr(name.size() + 1);
  return std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

}  // namespace

bool is_plain_scan(const PlanNode& node) {
  return node.type == "Seq Scan" || node.type == "Index Scan" || node.type == "Bitmap Heap Scan";
}

std::optional<std::size_t> table_use_of(const PlanNode& node, const sql::Shape& shape) {
  if (node.relation.empty()) return std::nullopt;
  const std::string_view alias = node.alias.empty() ? node.relation : node.alias;
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < shape.tables.size(); ++i) {
    const auto& use = shape.tables[i];
    if (use.table != node.relation) continue;
    if (visible_name(use) == alias) return i;
    if (numbered(alias, visible_name(use))) found = i;
  }
  return found;
}

std::set<int> tables_below(const PlanNode& node, const sql::Shape& shape) {
  std::set<int> tables;
  for_each_node(node, [&](const PlanNode& below, const PlanNode*) {
    if (const auto use = table_use_of(below, shape)) tables.insert(static_cast<int>(*use));
  });
  return tables;
}

std::set<int> outer_tables_of_subplan(const std::vector<PlanNode*>& ancestors, const PlanNode& scan,
                                      const sql::TableUse& use, const sql::Shape& shape) {
  const PlanNode* subplan = scan.relation_to_parent == "SubPlan" ? &scan : nullptr;
  const PlanNode* parent = ancestors.empty() ? nullptr : ancestors.back();
  for (auto node = ancestors.rbegin(); subplan == nullptr && node != ancestors.rend(); ++node) {
    if ((*node)->relation_to_parent != "SubPlan") continue;
    subplan = *node;
    parent = std::next(node) == ancestors.rend() ? nullptr : *std::next(node);
  }
  if (subplan == nullptr || parent == nullptr) return {};
  if (parent->filter.find("hashed " + subplan->subplan_name) != std::string::npos) return {};
  const auto inside = tables_below(*subplan, shape);
  std::set<int> outside;
  for (const auto& join : use.joins) {
    if (!inside.contains(join.other_table)) outside.insert(join.other_table);
  }
  return outside;
}

const Table* table_of(const sql::TableUse& use, const DatabaseSchema& schema) {
  return schema.table(use.schema, use.table);
}

}  // namespace pgsextant::twin
