#pragma once
// The uses of an offered index in a join, and what they share with single scans.

#include <vector>

#include "core/plan.hpp"
#include "twin/index_match.hpp"
#include "twin/scan_choices.hpp"

namespace pgsextant::twin {

/// The scan as the formulas want it. `share`: of the table's rows that the scan gives after all its conditions.
IndexScanInput scan_input(const OfferedIndex& index, const IndexMatch& match, double share, double loops);

/// Costs of the scan alone; top, scan and rows are left to the caller.
PlanRewrite scan_rewrite(const OfferedIndex& index, const IndexScanInput& input, bool bitmap,
                         const PlannerCosts& costs);

/// Appends a Nested Loop for each side of the join that an index could look up. Nothing for a node that is no join.
void add_join_choices(PlanNode& root, const PlanNode& join, const ScanContext& context,
                      std::vector<PlanRewrite>& found);

}  // namespace pgsextant::twin
