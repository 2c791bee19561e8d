#pragma once
// A plan for reading in a terminal.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/finding.hpp"
#include "core/plan.hpp"

namespace pgsextant::analyzer {

/// What the rules find in a plan alone, without the server it comes from; sorted as find_all() does.
std::vector<Finding> find_in_plan(std::shared_ptr<const Plan> plan);

/// The findings, then the tree: for each node its own time (without ANALYZE: its own cost) with a bar for its share,
/// and the rows it gave against those expected. UTF-8, ending in a line feed; control characters of the plan are
/// replaced, so that it cannot command the terminal. Conditions are shown as the plan has them, literals included.
std::string explain_text(const Plan& plan, std::span<const Finding> findings, bool colours);

}  // namespace pgsextant::analyzer
