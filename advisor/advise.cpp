#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <utility>

#include "advisor/recommender.hpp"

namespace pgsextant::advisor {
namespace {

/// The share of all measured execution time that is saved if time falls as cost does: good enough to sort by.
double expected_gain(const Recommendation& r) {
  if (!r.load_share || !r.cost_before || !r.cost_after || *r.cost_before <= 0) return 0;
  return *r.load_share * std::max(0.0, 1 - *r.cost_after / *r.cost_before);
}

bool leads_with_columns_of(const IndexDefinition& wide, const IndexDefinition& narrow) {
  if (wide.schema != narrow.schema || wide.table != narrow.table || wide.method != "btree") return false;
  if (!wide.predicate.empty() || wide.keys.size() < narrow.keys.size()) return false;
  std::multiset<std::string> a, b;
  for (std::size_t i = 0; i < narrow.keys.size(); ++i) {
    a.insert(wide.keys[i].column);
    b.insert(narrow.keys[i].column);
  }
  return a == b;
}

/// An index that is recommended for statements and supports a foreign key as well is one recommendation, not two.
void fold_foreign_keys(std::vector<Recommendation>& all) {
  std::set<std::string> folded;
  for (const Recommendation& key : all) {
    if (key.kind != "index_foreign_key" || !key.index) continue;
    const auto host = std::ranges::find_if(all, [&](const Recommendation& r) {
      return r.kind == "create_index" && r.index && leads_with_columns_of(*r.index, *key.index);
    });
    if (host == all.end()) continue;
    host->reason += " It supports a foreign key as well. " + key.reason;
    folded.insert(key.key);
  }
  std::erase_if(all, [&](const Recommendation& r) { return folded.contains(r.key); });
}

}  // namespace

AdviceResult advise(const AdviceInput& input, CostModel& model, const AdviceLimits& limits) {
  AdviceResult result;
  std::set<std::string> keys;
  for (const Recommender& recommender : recommenders()) {
    for (Recommendation& r : recommender.recommend(input, model, limits, result.unplanned)) {
      if (keys.insert(r.key).second) result.recommendations.push_back(std::move(r));
    }
  }
  fold_foreign_keys(result.recommendations);
  std::ranges::stable_sort(result.recommendations, std::ranges::greater{}, expected_gain);
  return result;
}

}  // namespace pgsextant::advisor
