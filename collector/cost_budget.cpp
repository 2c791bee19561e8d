#include "collector/cost_budget.hpp"

#include <algorithm>

namespace pgsextant::collector {

double CostBudget::add(Duration cost, Time end) {
  spent_ += cost;
  const auto passed = end - start_;
  if (passed >= window) {
    // What was measured is the cost at the present stretch: without it, it would be that many times as much.
    const double share = std::chrono::duration<double>(spent_) / std::chrono::duration<double>(passed);
    stretch_ = std::clamp(stretch_ * share / budget, 1.0, longest_stretch);
    start_ = end;
    spent_ = {};
  }
  return stretch_;
}

}  // namespace pgsextant::collector
