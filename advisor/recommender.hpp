#pragma once
// A recommender: one kind of thing that may be recommended. A value in an explicit list (recommend/registry.cpp). To
// add one: recommend/<id>.cpp, a line in the registry, its tests, docs/recommendations/<id>.md.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "advisor/cost_model.hpp"
#include "core/finding.hpp"
#include "core/recommendation.hpp"
#include "core/snapshot.hpp"
#include "core/window.hpp"

namespace pgsextant::advisor {

/// A statement of the workload with its weight.
struct WorkloadStatement {
  QueryId query;
  std::string text;  ///< normalised
  double calls_per_hour = 0;
  Milliseconds mean_time{};  ///< measured; 0 when unknown
  double load_share = 0;     ///< of all measured execution time
};

struct AdviceInput {
  const Snapshot& now;
  const Window& window;
  Oid database;                                 ///< the one advised on
  std::span<const WorkloadStatement> workload;  ///< heaviest first
  std::span<const Finding> findings;
};

struct AdviceLimits {
  std::size_t statements = 100;  ///< the heaviest that are costed
  std::size_t planner_calls = 2000;
  int index_width = 3;         ///< columns
  double minimum_gain = 0.10;  ///< of a statement's cost, else not worth an index
};

struct Recommender {
  std::string_view id;
  std::string_view title;
  std::vector<Recommendation> (*recommend)(const AdviceInput& input, CostModel& model, const AdviceLimits& limits,
                                           std::vector<Unplanned>& unplanned) = nullptr;
};

std::span<const Recommender> recommenders();

/// Runs every recommender, most gain first; one recommendation per key.
struct AdviceResult {
  std::vector<Recommendation> recommendations;
  std::vector<Unplanned> unplanned;
};
AdviceResult advise(const AdviceInput& input, CostModel& model, const AdviceLimits& limits = {});

/// The workload of one database from what was measured in the window, heaviest first; our own statements and utility
/// statements left out.
std::vector<WorkloadStatement> workload_of(const Snapshot& now, const Window& window, Oid database);

}  // namespace pgsextant::advisor
