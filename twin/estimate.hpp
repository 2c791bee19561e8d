#pragma once
// What a statement would cost with indexes that no planner was shown: PostgreSQL's own formulas on top of its current
// plan. Pure.

#include <string_view>
#include <vector>

#include "advisor/cost_model.hpp"
#include "core/model/schema.hpp"
#include "core/model/settings.hpp"

namespace pgsextant::twin {

/// Judges B-tree and GIN indexes: at each step the use that makes the whole plan cheapest is carried out, until none
/// makes it cheaper. The answer's plan is the rewritten one; `used` are positions in `offered`.
///
/// Failure, unsupported: another access method, a table that the schema does not hold or that was never analysed.
Result<advisor::CostAnswer> estimate_cost(Plan current, std::string_view statement,
                                          const std::vector<IndexDefinition>& offered, const DatabaseSchema& schema,
                                          const Settings& settings);

/// What the index would occupy, see index_pages(). The same failures.
Result<Bytes> estimate_size(const IndexDefinition& index, const DatabaseSchema& schema);

}  // namespace pgsextant::twin
