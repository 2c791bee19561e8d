#pragma once
// Bounds, big stack, parse and "exactly one" in one place, for whoever in this folder looks at a statement's tree.

#include <functional>
#include <optional>
#include <string_view>

#include "core/outcome.hpp"
#include "sql/tree.hpp"

namespace pgsextant::sql {

/// Calls `use` on the big stack with the tree of a text that is exactly one statement. Returns why that was not
/// possible, or what `use` returned.
std::optional<Failure> with_single_statement(std::string_view text,
                                             const std::function<std::optional<Failure>(const Tree&)>& use);

}  // namespace pgsextant::sql
