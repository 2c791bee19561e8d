#pragma once
// Whether there is anything to show.

#include <string>
#include <vector>

#include "core/report.hpp"

namespace pgsextant::web {

struct Readiness {
  bool ready = false;
  std::string summary;  ///< one line, without names
  std::string detail;   ///< the same, then one line for each server that is not ready: which and why
};

/// Ready when at least one server was read, or every one has had its first attempt, even a failed one: a server that is
/// down is a finding, not a reason to keep the page from people.
Readiness assess_readiness(const std::vector<ServerReport>& servers);

}  // namespace pgsextant::web
