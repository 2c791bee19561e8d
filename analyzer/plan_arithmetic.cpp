#include "analyzer/plan_arithmetic.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

namespace pgsextant::analyzer {
namespace {

bool is_gather(const PlanNode& node) { return node.type == "Gather" || node.type == "Gather Merge"; }

/// What is needed of a node's surroundings, indexed by PlanNode::id.
struct Place {
  const PlanNode* node = nullptr;
  const PlanNode* parent = nullptr;
  int last = 0;          ///< the greatest id of its sub-tree
  int gather = -1;       ///< the nearest Gather above whose workers run this node
  double processes = 1;  ///< that run it side by side: figures over all loops are divided by it to get elapsed time
};

/// A node runs in the workers of a Gather above it, except for an InitPlan of the Gather itself: the leader runs that.
/// How many processes took part is read off the loops, since a worker that came too late ran nothing and the leader
/// may not take part (parallel_leader_participation).
Place place_of(const PlanNode& node, const PlanNode* parent, const std::vector<Place>& places) {
  Place place{&node, parent, node.id};
  if (parent == nullptr) return place;
  const Place& above = places[static_cast<std::size_t>(parent->id)];
  place.gather = above.gather;
  place.processes = above.processes;
  if (is_gather(*parent) && node.relation_to_parent != "InitPlan") {
    place.gather = parent->id;
    const double per_run = node.loops.value_or(0) / std::max(parent->loops.value_or(1), 1.0);
    place.processes = above.processes * std::max(per_run, 1.0);
  }
  return place;
}

/// "$0" of "InitPlan 1 (returns $0)" (before 17), or "InitPlan 1" (17 and later: conditions show "(InitPlan 1).col1").
std::vector<std::string> names_of_result(std::string_view subplan_name) {
  std::vector<std::string> names;
  const auto returns = subplan_name.find("(returns ");
  if (returns == std::string_view::npos) return {std::string(subplan_name)};
  for (auto at = subplan_name.find('$', returns); at != std::string_view::npos; at = subplan_name.find('$', at + 1)) {
    const auto end = subplan_name.find_first_not_of("0123456789", at + 1);
    names.emplace_back(subplan_name.substr(at, end == std::string_view::npos ? end : end - at));
  }
  return names;
}

/// Whether `text` has `name` as a whole word: "$1" is not in "$10".
bool mentions(std::string_view text, std::string_view name) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const auto after = at + name.size();
    if (after == text.size() || std::isdigit(static_cast<unsigned char>(text[after])) == 0) return true;
  }
  return false;
}

bool mentions(const PlanNode& node, std::string_view name) {
  for (const std::string* text : {&node.filter, &node.index_condition, &node.recheck_condition, &node.join_filter,
                                  &node.hash_condition, &node.merge_condition}) {
    if (mentions(*text, name)) return true;
  }
  return std::ranges::any_of(node.outputs, [&](const auto& text) { return mentions(text, name); }) ||
         std::ranges::any_of(node.other, [&](const auto& entry) { return mentions(entry.second, name); });
}

class Arithmetic {
 public:
  explicit Arithmetic(const Plan& plan) {
    for_each_node(*plan.root, [&](const PlanNode& node, const PlanNode* parent) {
      places_.push_back(place_of(node, parent, places_));
      figures_.push_back(own_figures(places_.back()));
    });
    for (std::size_t i = places_.size(); i-- > 1;) {  // children before their parents
      int& last = places_[static_cast<std::size_t>(places_[i].parent->id)].last;
      last = std::max(last, places_[i].last);
    }
  }

  std::vector<NodeFigures> run() && {
    for (NodeFigures& figures : figures_) figures.exclusive_time = figures.inclusive_time;
    for (const Place& place : places_) {
      if (place.parent == nullptr) continue;
      NodeFigures& parent = figures_of(*place.parent);
      if (parent.exclusive_cost && place.node->total_cost) *parent.exclusive_cost -= *place.node->total_cost;
      if (place.node->relation_to_parent != "InitPlan") take_out(parent, inclusive(*place.node));
    }
    // Only now is known what each node has left to itself.
    for (const Place& place : places_) {
      if (place.parent != nullptr && place.node->relation_to_parent == "InitPlan") charge(place);
    }
    for (NodeFigures& figures : figures_) {
      if (figures.exclusive_cost) figures.exclusive_cost = std::max(*figures.exclusive_cost, 0.0);
    }
    return std::move(figures_);
  }

 private:
  static NodeFigures own_figures(const Place& place) {
    const PlanNode& node = *place.node;
    NodeFigures figures;
    figures.exclusive_cost = node.total_cost;
    if (!node.loops) return figures;
    if (node.total_time) figures.inclusive_time = *node.total_time * *node.loops / place.processes;
    if (node.rows_per_loop) {
      figures.rows_total = *node.rows_per_loop * *node.loops;
      if (*node.loops > 0 && node.rows_estimated.value_or(0) > 0) {
        figures.row_misestimate = *node.rows_per_loop / *node.rows_estimated;
      }
    }
    for (const auto& removed : {node.removed_by_filter, node.removed_by_join_filter, node.removed_by_recheck}) {
      if (removed) figures.rows_removed_total = figures.rows_removed_total.value_or(0) + *removed * *node.loops;
    }
    return figures;
  }

  NodeFigures& figures_of(const PlanNode& node) { return figures_[static_cast<std::size_t>(node.id)]; }
  Milliseconds inclusive(const PlanNode& node) { return figures_of(node).inclusive_time.value_or(Milliseconds{}); }
  static void take_out(NodeFigures& figures, Milliseconds time) {
    if (figures.exclusive_time) *figures.exclusive_time -= time;
  }

  /// Depth-first ids make a sub-tree a range.
  [[nodiscard]] bool inside(const PlanNode& node, const PlanNode& ancestor) const {
    return node.id >= ancestor.id && node.id <= places_[static_cast<std::size_t>(ancestor.id)].last;
  }

  /// The nodes whose time may hold the InitPlan's: a CTE runs inside the CTE Scans that read it, an InitPlan inside the
  /// first node that asks for its result. Below a Gather that is the Gather: the leader computes it for the workers.
  std::vector<int> runners(const Place& init) {
    const PlanNode& node = *init.node;
    std::vector<int> found;
    const auto add = [&](const Place& place) {
      const int id = place.gather == init.gather ? place.node->id : place.gather;
      if (id >= 0 && std::ranges::find(found, id) == found.end()) found.push_back(id);
    };
    if (node.subplan_name.starts_with("CTE ")) {
      const std::string_view cte = std::string_view(node.subplan_name).substr(4);
      for (const Place& place : places_) {
        if (place.node->cte == cte && place.node->type == "CTE Scan" && definition_for(*place.node) == &node)
          add(place);
      }
      return found;
    }
    const auto names = names_of_result(node.subplan_name);
    for (const Place& place : places_) {
      if (!inside(*place.node, *init.parent) || inside(*place.node, node)) continue;
      if (std::ranges::any_of(names, [&](const auto& name) { return !name.empty() && mentions(*place.node, name); })) {
        add(place);
      }
    }
    return found;
  }

  /// The nearest definition above wins: sub-queries may use a name again.
  [[nodiscard]] const PlanNode* definition_for(const PlanNode& scan) const {
    const std::string name = "CTE " + scan.cte;
    for (const PlanNode* above = &scan; above != nullptr; above = places_[static_cast<std::size_t>(above->id)].parent) {
      for (const auto& child : above->children) {
        if (child->subplan_name == name) return child.get();
      }
    }
    return nullptr;
  }

  void charge(const Place& init) {
    Milliseconds left = inclusive(*init.node);
    const auto ids = runners(init);
    for (const int id : ids) {
      NodeFigures& runner = figures_[static_cast<std::size_t>(id)];
      if (runner.exclusive_time.value_or(Milliseconds{}) >= left) return take_out(runner, left);
    }
    for (const int id : ids) {
      NodeFigures& runner = figures_[static_cast<std::size_t>(id)];
      const Milliseconds part = std::clamp(runner.exclusive_time.value_or(Milliseconds{}), Milliseconds{}, left);
      take_out(runner, part);
      left -= part;
    }
    take_out(figures_of(*init.parent), left);
  }

  std::vector<Place> places_;
  std::vector<NodeFigures> figures_;
};

}  // namespace

std::vector<NodeFigures> compute_figures(const Plan& plan) {
  if (!plan.root) return {};
  return Arithmetic(plan).run();
}

}  // namespace pgsextant::analyzer
