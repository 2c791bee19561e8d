#pragma once
// EXPLAIN (FORMAT JSON).

#include <cstddef>
#include <string_view>
#include <vector>

#include "core/outcome.hpp"
#include "core/plan.hpp"

namespace pgsextant::analyzer {

inline constexpr std::size_t max_plan_bytes = 64 << 20;
inline constexpr int max_plan_depth = 500;
inline constexpr int max_plan_nodes = 100'000;

/// Reads what EXPLAIN printed: an array of plans, one such object, or auto_explain's object with "Query Text". Unknown
/// properties and node types are kept. Invalid input: line, column, what was expected.
Result<std::vector<Plan>> parse_plan_json(std::string_view text);

}  // namespace pgsextant::analyzer
