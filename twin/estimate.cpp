#include "twin/estimate.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sql/shape.hpp"
#include "twin/index_size.hpp"
#include "twin/plan_rewrite.hpp"
#include "twin/planner_cost.hpp"
#include "twin/scan_choices.hpp"

namespace pgsextant::twin {
namespace {

class SchemaColumns : public sql::ColumnResolver {
 public:
  explicit SchemaColumns(const DatabaseSchema& schema) : schema_(schema) {}
  [[nodiscard]] bool has_column(std::string_view schema, std::string_view table,
                                std::string_view column) const override {
    const auto* found = schema_.table(schema, table);
    return found != nullptr && found->column(column) != nullptr;
  }
  [[nodiscard]] std::vector<std::string> columns(std::string_view schema, std::string_view table) const override {
    std::vector<std::string> names;
    if (const auto* found = schema_.table(schema, table)) {
      for (const auto& column : found->columns) names.push_back(column.name);
    }
    return names;
  }

 private:
  const DatabaseSchema& schema_;
};

Result<OfferedIndex> describe_offer(const IndexDefinition& index, const DatabaseSchema& schema) {
  const auto* table = schema.table(index.schema, index.table);
  if (table == nullptr) {
    return Failure{Outcome::unsupported, "nothing is known of table " + quote_identifier(index.table), ""};
  }
  const auto pages = index_pages(index, *table);
  if (!pages) return pages.failure();
  const double tuples = table->tuples * predicate_share(index, *table);
  return OfferedIndex{0, &index, table, {static_cast<double>(pages->value), tuples}};
}

}  // namespace

Result<advisor::CostAnswer> estimate_cost(Plan current, std::string_view statement,
                                          const std::vector<IndexDefinition>& offered, const DatabaseSchema& schema,
                                          const Settings& settings) {
  std::vector<OfferedIndex> indexes;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    auto described = describe_offer(offered[i], schema);
    if (!described) return described.failure();
    described->position = i;
    indexes.push_back(*described);
  }
  const SchemaColumns columns(schema);
  const auto shape = sql::shape(statement, &columns);
  if (!shape) return shape.failure();
  if (!current.root->total_cost) return Failure{Outcome::invalid_input, "the plan has no costs", ""};

  const auto costs = planner_costs(settings);
  std::set<std::size_t> used;
  double total = *current.root->total_cost;
  // Each step replaces a scan that is not yet one of the offered indexes by one that is, or improves on it.
  const std::size_t max_steps = 2 * shape->tables.size() + 2;
  for (std::size_t step = 0; step < max_steps; ++step) {
    const auto choices = scan_choices(current, {*shape, schema, costs, indexes});
    const PlanRewrite* best = nullptr;
    double best_total = total - 0.01;  // the precision that EXPLAIN prints
    for (const auto& choice : choices) {
      const double after = root_cost_after(current, choice);
      if (after < best_total) best = &choice, best_total = after;
    }
    if (best == nullptr) break;
    apply(current, *best, suggested_name(offered[best->index]));
    total = best_total;
  }
  for_each_node(*current.root, [&](const PlanNode& node, const PlanNode*) {
    if (!node.other.contains("Hypothetical Index")) return;
    for (std::size_t i = 0; i < offered.size(); ++i) {
      if (node.index == suggested_name(offered[i])) used.insert(i);
    }
  });
  advisor::CostAnswer answer;
  answer.total_cost = total;
  answer.used.assign(used.begin(), used.end());
  answer.plan = std::move(current);
  answer.verified_by = Verification::estimate;
  return answer;
}

Result<Bytes> estimate_size(const IndexDefinition& index, const DatabaseSchema& schema) {
  const auto offer = describe_offer(index, schema);
  if (!offer) return offer.failure();
  return Blocks{static_cast<std::int64_t>(offer->size.pages)}.to_bytes();
}

}  // namespace pgsextant::twin
