#include "core/model/activity.hpp"

#include <set>

namespace pgsextant {

std::vector<BackendPid> root_blockers(const Activity& activity) {
  std::set<BackendPid> waiters;
  std::set<BackendPid> blockers;
  for (const auto& wait : activity.waits) {
    waiters.insert(wait.waiter);
    blockers.insert(wait.blockers.begin(), wait.blockers.end());
  }
  std::vector<BackendPid> roots;
  for (const auto pid : blockers)
    if (!waiters.contains(pid)) roots.push_back(pid);
  return roots;
}

}  // namespace pgsextant
