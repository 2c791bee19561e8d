#pragma once
// Every recommender's function; recommend/registry.cpp lists them.

#include <vector>

#include "advisor/recommender.hpp"

namespace pgsextant::advisor {

std::vector<Recommendation> recommend_create_index(const AdviceInput& input, CostModel& model,
                                                   const AdviceLimits& limits, std::vector<Unplanned>& unplanned);
std::vector<Recommendation> recommend_index_foreign_key(const AdviceInput& input, CostModel& model,
                                                        const AdviceLimits& limits, std::vector<Unplanned>& unplanned);
std::vector<Recommendation> recommend_create_statistics(const AdviceInput& input, CostModel& model,
                                                        const AdviceLimits& limits, std::vector<Unplanned>& unplanned);
std::vector<Recommendation> recommend_drop_index(const AdviceInput& input, CostModel& model, const AdviceLimits& limits,
                                                 std::vector<Unplanned>& unplanned);

}  // namespace pgsextant::advisor
