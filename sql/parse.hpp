#pragma once
// SQL as a tree. The only includer of pg_query.h is this folder: the grammar's version (15 or 17) stays behind it.
// Input is bounded before libpg_query sees it, which has no stack guard of its own.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/outcome.hpp"

namespace pgsextant::sql {

/// Longest text and deepest nesting that are parsed; beyond: invalid_input, saying so.
inline constexpr std::size_t max_length = 1 << 20;

/// Replaces every literal by $n, also in utility statements (CREATE ROLE … PASSWORD, COPY … FROM 's3://…'). A text that
/// cannot be parsed (cut short by track_activity_query_size, not SQL) has every literal, number and dollar quote masked
/// by the scanner; nothing of a literal ever survives.
std::string normalise(std::string_view text);

/// libpg_query's fingerprint, 16 hex digits.
Result<std::string> fingerprint(std::string_view text);

enum class StatementKind { select, insert, update, delete_, merge, utility };

struct StatementInfo {
  StatementKind kind = StatementKind::utility;
  int parameters = 0;        ///< the highest $n
  bool writes = false;       ///< data-modifying CTEs and SELECT … INTO included
  bool locks_rows = false;   ///< FOR UPDATE and its like
};

/// Fails when the text is not exactly one statement.
Result<StatementInfo> inspect(std::string_view text);

}  // namespace pgsextant::sql
