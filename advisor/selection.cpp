#include "advisor/selection.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace pgsextant::advisor {
namespace {

/// Costs within this share of each other are the same: planner estimates are no better than that.
constexpr double same_cost = 0.02;
/// Near enough to the best for one statement to be kept, in case it serves others too.
constexpr double near_best = 0.05;
constexpr std::size_t kept_per_table = 4;

struct Proposal {
  std::size_t candidate = 0;
  double cost = 0;
};

/// Fewer columns, then the smaller, then the fixed order of generation.
class Preference {
 public:
  explicit Preference(CostModel& model) : model_(model) {}
  bool operator()(const Candidate& a, const Candidate& b) {
    return std::tuple(a.index.keys.size(), size(a)) < std::tuple(b.index.keys.size(), size(b));
  }

 private:
  std::int64_t size(const Candidate& candidate) {
    const auto name = describe(candidate.index);
    if (const auto found = sizes_.find(name); found != sizes_.end()) return found->second;
    const auto answer = model_.size(candidate.index);
    return sizes_[name] = answer ? answer->value : std::numeric_limits<std::int64_t>::max();
  }

  CostModel& model_;
  std::map<std::string, std::int64_t> sizes_;
};

/// The preferred of the cheapest first, then those that are nearly as cheap.
void keep_near_best(std::vector<Proposal>& proposals, const WorkloadCosts& costs, Preference& preferred) {
  const double best = std::ranges::min(proposals, {}, &Proposal::cost).cost;
  std::erase_if(proposals, [&](const Proposal& p) { return p.cost > best * (1 + near_best); });
  std::ranges::stable_sort(proposals, [&](const Proposal& a, const Proposal& b) {
    const bool a_best = a.cost <= best * (1 + same_cost);
    const bool b_best = b.cost <= best * (1 + same_cost);
    if (a_best != b_best) return a_best;
    return preferred(costs.pool()[a.candidate], costs.pool()[b.candidate]);
  });
  if (proposals.size() > kept_per_table) proposals.resize(kept_per_table);
}

/// What one more index saves of calls × cost when `chosen` are there.
struct Saving {
  double total = 0;
  bool worthwhile = false;  ///< for at least one statement
};
Saving saving(WorkloadCosts& costs, const CandidateSet& chosen, std::size_t extra, double minimum_gain) {
  CandidateSet with = chosen;
  with.insert(extra);
  Saving saved;
  for (std::size_t i = 0; i < costs.statements().size(); ++i) {
    const auto before = costs.cost(i, chosen);
    const auto after = costs.cost(i, with);
    if (!before || !after || !after->used.contains(extra) || after->total >= before->total) continue;
    saved.total += (before->total - after->total) * costs.weight(i);
    saved.worthwhile |= before->total - after->total >= minimum_gain * before->total;
  }
  return saved;
}

/// Nothing gets dearer by more than a few percent without this one.
bool is_needless(WorkloadCosts& costs, const CandidateSet& chosen, std::size_t candidate) {
  CandidateSet without = chosen;
  without.erase(candidate);
  for (std::size_t i = 0; i < costs.statements().size(); ++i) {
    const auto with = costs.cost(i, chosen);
    const auto after = costs.cost(i, without);
    if (!with || !with->used.contains(candidate)) continue;
    if (!after || after->total > with->total * (1 + near_best)) return false;
  }
  return true;
}

CandidateSet choose_greedily(WorkloadCosts& costs, Preference& preferred, double minimum_gain) {
  CandidateSet chosen;
  // Savings only shrink while others of the same table are chosen, so an old figure is an upper bound: only the leaders
  // are asked again. With an index of another table they may grow: a small part of a plan becomes a large one.
  std::map<std::size_t, double> bound;
  for (const std::size_t candidate : costs.proposed()) bound[candidate] = std::numeric_limits<double>::infinity();
  for (;;) {
    std::optional<std::size_t> best;
    double best_saving = 0;
    std::vector<std::size_t> order;
    for (const auto& [candidate, most] : bound) {
      if (!chosen.contains(candidate) && most > 0) order.push_back(candidate);
    }
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::size_t candidate) { return bound[candidate]; });
    for (const std::size_t candidate : order) {
      if (best && bound[candidate] < best_saving * (1 - same_cost)) break;
      const auto saved = saving(costs, chosen, candidate, minimum_gain);
      bound[candidate] = saved.total;
      if (!saved.worthwhile) continue;
      const bool better = !best || saved.total > best_saving * (1 + same_cost);
      const bool equal = best && !better && saved.total >= best_saving * (1 - same_cost);
      if (better || (equal && preferred(costs.pool()[candidate], costs.pool()[*best]))) {
        best = candidate;
        best_saving = saved.total;
      }
    }
    if (!best) return chosen;
    chosen.insert(*best);
    for (auto& [candidate, most] : bound) {
      if (costs.pool()[candidate].table != costs.pool()[*best].table) most = std::numeric_limits<double>::infinity();
    }
  }
}

}  // namespace

void propose(WorkloadCosts& costs, std::size_t statement, const std::vector<Candidate>& candidates, CostModel& model,
             const AdviceLimits& limits) {
  Preference preferred(model);
  CandidateSet in_place;
  std::set<Oid> done;
  for (double now = costs.statements()[statement].cost_now;;) {
    std::map<Oid, std::vector<Proposal>> by_table;
    for (const Candidate& candidate : candidates) {
      if (done.contains(candidate.table)) continue;
      const std::size_t position = costs.add(candidate);
      CandidateSet with = in_place;
      with.insert(position);
      const auto cost = costs.cost(statement, with);
      if (!cost || !cost->used.contains(position) || cost->total > now * (1 - limits.minimum_gain)) continue;
      by_table[candidate.table].push_back({position, cost->total});
    }
    if (by_table.empty()) return;
    std::optional<Proposal> best;
    for (auto& [table, proposals] : by_table) {
      keep_near_best(proposals, costs, preferred);
      for (const Proposal& proposal : proposals) costs.propose(proposal.candidate);
      if (!best || proposals.front().cost < best->cost) best = proposals.front();
    }
    // What is little beside a scan of another table may be all that is left when that scan is gone.
    in_place.insert(best->candidate);
    done.insert(costs.pool()[best->candidate].table);
    now = best->cost;
  }
}

std::vector<Choice> select(WorkloadCosts& costs, CostModel& model, const AdviceLimits& limits) {
  Preference preferred(model);
  CandidateSet chosen = choose_greedily(costs, preferred, limits.minimum_gain);
  for (const std::size_t candidate : CandidateSet(chosen)) {
    if (is_needless(costs, chosen, candidate)) chosen.erase(candidate);
  }
  std::vector<Choice> choices;
  for (const std::size_t candidate : chosen) {
    Choice choice{candidate, {}};
    for (std::size_t i = 0; i < costs.statements().size(); ++i) {
      const auto cost = costs.cost(i, chosen);
      if (cost && cost->used.contains(candidate)) choice.statements.push_back(i);
    }
    if (!choice.statements.empty()) choices.push_back(std::move(choice));
  }
  return choices;
}

}  // namespace pgsextant::advisor
