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

/// Replaces every literal by $n, also in utility statements (CREATE ROLE … PASSWORD, COPY … FROM 's3://…'), numbered on
/// from the highest parameter that is there. Comments are dropped, except our own marker at the beginning. A text that
/// cannot be parsed (cut short by track_activity_query_size, not SQL) has every literal, number and dollar quote masked
/// by the scanner; nothing of a literal ever survives. What stays in SELECT, INSERT, UPDATE, DELETE and MERGE are
/// integers that are no values: type modifiers (numeric(10,2)) and positions in ORDER BY and GROUP BY. Valid UTF-8.
std::string normalise(std::string_view text);

/// The highest n of the parameters $n in a text that need not be SQL; 0 when there is none.
std::int64_t highest_parameter(std::string_view text);

/// libpg_query's fingerprint, 16 hex digits.
Result<std::string> fingerprint(std::string_view text);

enum class StatementKind { select, insert, update, delete_, merge, utility };

struct StatementInfo {
  StatementKind kind = StatementKind::utility;
  int parameters = 0;  ///< the highest $n
  /// Data-modifying CTEs and SELECT … INTO included; every utility statement but SHOW and EXPLAIN of what does not
  /// write. What a function does is not seen.
  bool writes = false;
  bool locks_rows = false;  ///< FOR UPDATE and its like
};

/// Fails when the text is not exactly one statement.
Result<StatementInfo> inspect(std::string_view text);

/// The statement as PREPARE accepts it: pg_stat_statements leaves `interval $1`, `date $1` and `extract($1 from x)`,
/// which PostgreSQL itself cannot parse. Fails as `inspect` does.
Result<std::string> plannable(std::string_view text);

}  // namespace pgsextant::sql
