#include "twin/planner_model.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "analyzer/plan_json.hpp"
#include "twin/explain.hpp"

namespace pgsextant::twin {
namespace {

constexpr std::size_t max_kept_bytes = 64 << 20;

Failure not_installed() {
  return {Outcome::unsupported, "hypopg is not installed in this database",
          "install the package postgresql-NN-hypopg and run CREATE EXTENSION hypopg"};
}

Failure cannot_imitate(const IndexDefinition& index) {
  return {Outcome::unsupported, "hypopg cannot imitate an index of method " + index.method, ""};
}

std::vector<std::string> sorted_definitions(const std::vector<IndexDefinition>& indexes) {
  std::set<std::string> unique;
  std::transform(indexes.begin(), indexes.end(), std::inserter(unique, unique.end()), definition_of);
  return {unique.begin(), unique.end()};
}

bool includes(const std::vector<std::string>& all, const std::vector<std::string>& part) {
  return std::includes(all.begin(), all.end(), part.begin(), part.end());
}

/// Calls `visit` with every node of the plan, to be changed.
template <class Visit>
void for_each_mutable(PlanNode& node, const Visit& visit) {
  visit(node);
  for (const auto& child : node.children) for_each_mutable(*child, visit);
}

Result<advisor::CostAnswer> to_answer(Plan plan, const std::map<std::string, std::string>& plan_names,
                                      const advisor::WhatIf& change) {
  const auto total = plan.root->total_cost;
  if (!total) return Failure{Outcome::invalid_input, "the plan has no costs", ""};
  advisor::CostAnswer answer;
  answer.total_cost = *total;
  std::set<std::size_t> used;
  for_each_mutable(*plan.root, [&](PlanNode& node) {
    const auto named = plan_names.find(node.index);
    if (named == plan_names.end()) return;
    for (std::size_t i = 0; i < change.create.size(); ++i) {
      if (definition_of(change.create[i]) != named->second) continue;
      used.insert(i);
      node.index = suggested_name(change.create[i]);
      node.other["Hypothetical Index"] = "true";
      break;
    }
  });
  answer.used.assign(used.begin(), used.end());
  answer.plan = std::move(plan);
  answer.verified_by = change.create.empty() && change.hide.empty() ? Verification::none : Verification::hypopg;
  return answer;
}

}  // namespace

PlannerModel::PlannerModel(const pg::Conninfo& conninfo) : connection_(conninfo) {
  hypopg_ = Hypopg::find(connection_.get());
  generation_ = connection_.generation();
}

std::string PlannerModel::name() const {
  return (hypopg_ ? "hypopg on " : "planner of ") + connection_.conninfo().value("dbname");
}

bool PlannerModel::supports(const IndexDefinition& index) const { return hypopg_ && Hypopg::supports(index); }

std::optional<Failure> PlannerModel::refuse(const advisor::WhatIf& change) const {
  if (!hypopg_ && !(change.create.empty() && change.hide.empty())) {
    return not_installed();
  }
  for (const auto& index : change.create) {
    if (!supports(index)) return cannot_imitate(index);
  }
  if (!change.hide.empty() && !can_hide()) {
    return Failure{Outcome::unsupported, "this version of hypopg cannot hide an index", "from version 1.4 on it can"};
  }
  return std::nullopt;
}

pg::Session& PlannerModel::session() {
  auto& session = connection_.get();
  if (generation_ != connection_.generation()) {
    generation_ = connection_.generation();
    if (hypopg_) hypopg_->forget();
  }
  return session;
}

Result<advisor::CostAnswer> PlannerModel::cost(std::string_view statement, const advisor::WhatIf& change) {
  if (auto refused = refuse(change)) return *std::move(refused);
  auto offered = sorted_definitions(change.create);
  auto hidden = change.hide;
  std::sort(hidden.begin(), hidden.end());
  if (const auto* answer = known(statement, offered, hidden)) {
    auto plans = analyzer::parse_plan_json(answer->json);
    if (!plans) return plans.failure();
    return to_answer(std::move(plans->front()), answer->plan_names, change);
  }
  try {
    auto answer = ask(statement, change, std::move(offered), std::move(hidden));
    if (!answer) return answer.failure();
    auto plans = analyzer::parse_plan_json(answer->json);
    if (!plans) return plans.failure();
    auto result = to_answer(std::move(plans->front()), answer->plan_names, change);
    keep(statement, std::move(*answer));
    return result;
  } catch (const pg::Error& error) {
    return error.failure();
  }
}

const PlannerModel::Answer* PlannerModel::known(std::string_view statement, const std::vector<std::string>& offered,
                                                const std::vector<std::string>& hidden) const {
  const auto found = answers_.find(statement);
  if (found == answers_.end()) return nullptr;
  for (const auto& answer : found->second) {
    if (answer.hidden == hidden && includes(answer.offered, offered) && includes(offered, answer.used)) return &answer;
  }
  return nullptr;
}

Result<PlannerModel::Answer> PlannerModel::ask(std::string_view statement, const advisor::WhatIf& change,
                                               std::vector<std::string> offered, std::vector<std::string> hidden) {
  auto& connected = session();
  Answer answer;
  answer.offered = std::move(offered);
  answer.hidden = std::move(hidden);
  if (hypopg_) {
    hypopg_->hold(connected, change.create);
    for (const auto& held : hypopg_->held()) answer.plan_names.emplace(held.second.plan_name, held.first);
    if (!answer.hidden.empty()) hypopg_->hide(connected, answer.hidden);
  }
  ++planner_calls_;
  auto explained = explain(connected, statement);
  if (hypopg_ && !answer.hidden.empty() && connected.usable()) hypopg_->unhide(connected);
  if (!explained) return explained.failure();
  std::set<std::string> used;
  for_each_node(*explained->plan.root, [&](const PlanNode& node, const PlanNode*) {
    const auto named = answer.plan_names.find(node.index);
    if (named != answer.plan_names.end()) used.insert(named->second);
  });
  answer.used.assign(used.begin(), used.end());
  answer.json = std::move(explained->json);
  return answer;
}

void PlannerModel::keep(std::string_view statement, Answer answer) {
  kept_bytes_ += answer.json.size();
  if (kept_bytes_ > max_kept_bytes) {
    answers_.clear();
    kept_bytes_ = answer.json.size();
  }
  answers_[std::string(statement)].push_back(std::move(answer));
}

Result<Bytes> PlannerModel::size(const IndexDefinition& index) {
  if (!hypopg_) return not_installed();
  if (!Hypopg::supports(index)) return cannot_imitate(index);
  try {
    auto& connected = session();
    const auto definition = definition_of(index);
    if (!hypopg_->held().contains(definition)) hypopg_->hold(connected, {&index, 1});
    return hypopg_->size(connected, hypopg_->held().at(definition));
  } catch (const pg::Error& error) {
    return error.failure();
  }
}

}  // namespace pgsextant::twin
