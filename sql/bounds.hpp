#pragma once
// What keeps libpg_query, which has no stack guard, from being given more than it can bear.

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/outcome.hpp"

namespace pgsextant::sql {

/// libpg_query and protobuf-c need up to 8 kB of stack a level and time that grows with its square: 5,000 levels take
/// 35 ms, 50,000 take 2 s. PostgreSQL's own grammar gives up at 10,000 parentheses.
inline constexpr std::size_t max_nesting = 5'000;
/// A parsed token takes up to 1 kB while its tree is copied between libpg_query and us.
inline constexpr std::size_t max_tokens = 200'000;

/// Why a text must not be parsed: too long, too many tokens, too deep, a NUL byte, not UTF-8. One pass, no recursion.
std::optional<Failure> check_bounds(std::string_view text);

/// Length of the valid UTF-8 character that begins here (1 … 4); 0 when it is none.
std::size_t utf8_character(std::string_view text, std::size_t position);

}  // namespace pgsextant::sql
