#include "twin/server_cost_model.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "twin/estimate.hpp"
#include "twin/planner_model.hpp"

namespace pgsextant::twin {
namespace {

using advisor::CostAnswer;
using advisor::WhatIf;

/// "public.orders_idx", "\"Shop\".\"An index\"" → the name as EXPLAIN's JSON has it.
std::string index_name(std::string_view qualified) {
  if (!qualified.ends_with('"')) {
    const auto dot = qualified.rfind('.');
    return std::string(dot == std::string_view::npos ? qualified : qualified.substr(dot + 1));
  }
  std::string name;
  for (std::size_t at = qualified.size() - 1; at-- > 0;) {
    if (qualified[at] == '"') {
      if (at == 0 || qualified[at - 1] != '"') break;
      --at;
    }
    name.insert(name.begin(), qualified[at]);
  }
  return name;
}

bool uses_any(const Plan& plan, const std::vector<std::string>& qualified_names) {
  bool found = false;
  for_each_node(*plan.root, [&](const PlanNode& node, const PlanNode*) {
    found = found || std::any_of(qualified_names.begin(), qualified_names.end(), [&](const auto& name) {
              return !node.index.empty() && node.index == index_name(name);
            });
  });
  return found;
}

/// The planner judges what it can be shown, the estimate the rest, on top of the planner's plan.
class ServerCostModel : public advisor::CostModel {
 public:
  ServerCostModel(const pg::Conninfo& conninfo, DatabaseSchema schema, Settings settings)
      : planner_(conninfo), schema_(std::move(schema)), settings_(std::move(settings)) {}

  [[nodiscard]] std::string name() const override {
    return planner_.has_hypopg() ? planner_.name() : "estimate on the plans of " + schema_.name;
  }

  Result<CostAnswer> cost(std::string_view statement, const WhatIf& change) override {
    WhatIf shown;
    std::vector<IndexDefinition> estimated;
    std::vector<std::size_t> shown_positions;
    std::vector<std::size_t> estimated_positions;
    for (std::size_t i = 0; i < change.create.size(); ++i) {
      const bool planned = planner_.supports(change.create[i]);
      (planned ? shown.create : estimated).push_back(change.create[i]);
      (planned ? shown_positions : estimated_positions).push_back(i);
    }
    if (planner_.can_hide()) shown.hide = change.hide;

    auto answer = planner_.cost(statement, shown);
    if (!answer) return answer;
    // A plan that does without an index stays when the index goes: the planner had it to choose from and did not.
    if (shown.hide.size() != change.hide.size() && uses_any(answer->plan, change.hide)) {
      return Failure{Outcome::unsupported,
                     "the plan uses an index that is to be hidden, and hypopg before 1.4 cannot "
                     "hide one",
                     ""};
    }
    for (auto& position : answer->used) position = shown_positions[position];
    if (estimated.empty()) return answer;

    auto estimate = estimate_cost(std::move(answer->plan), statement, estimated, schema_, settings_);
    if (!estimate) return estimate;
    for (auto& position : estimate->used) position = estimated_positions[position];
    // What the planner chose may have been replaced since.
    for (const auto position : answer->used) {
      const std::vector<std::string> name = {suggested_name(change.create[position])};
      if (uses_any(estimate->plan, name)) estimate->used.push_back(position);
    }
    std::sort(estimate->used.begin(), estimate->used.end());
    return estimate;
  }

  Result<Bytes> size(const IndexDefinition& index) override {
    // hypopg knows no deduplication; the estimate does, and needs no call.
    auto estimate = estimate_size(index, schema_);
    if (estimate || !planner_.supports(index)) return estimate;
    return planner_.size(index);
  }

  [[nodiscard]] std::size_t planner_calls() const override { return planner_.planner_calls(); }

 private:
  PlannerModel planner_;
  DatabaseSchema schema_;
  Settings settings_;
};

}  // namespace

Result<std::unique_ptr<advisor::CostModel>> make_server_cost_model(const pg::Conninfo& conninfo,
                                                                   const DatabaseSchema& schema,
                                                                   const Settings& settings) {
  try {
    return std::unique_ptr<advisor::CostModel>(std::make_unique<ServerCostModel>(conninfo, schema, settings));
  } catch (const pg::Error& error) {
    return error.failure();
  }
}

}  // namespace pgsextant::twin
