#pragma once
// What a statement asks of each table: the columns it compares, joins and sorts by. The advisor builds index candidates
// from it; rules read it instead of matching text.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/outcome.hpp"

namespace pgsextant::sql {

/// How a predicate can use an index.
enum class PredicateKind {
  equality,  ///< =, IN, = ANY, IS NOT DISTINCT FROM
  range,     ///< <, <=, >, >=, BETWEEN
  is_null,
  is_not_null,
  boolean,     ///< the column itself, or NOT column
  contains,    ///< @> (jsonb, arrays, ranges)
  overlaps,    ///< && (arrays, ranges)
  has_key,     ///< ?, ?|, ?&
  text_match,  ///< LIKE, ILIKE, ~, ~*
  full_text,   ///< @@
  other,       ///< <>, NOT IN, anything else: no index use
};

/// A predicate of a WHERE or ON clause that is AND-ed at the top level and compares one table with something that does
/// not depend on that table.
struct Predicate {
  PredicateKind kind = PredicateKind::other;
  std::string column;         ///< set when the left side is a bare column
  std::string expression;     ///< set otherwise: deparsed, without table qualifiers, e.g. "lower(email)"
  std::string operator_name;  ///< "=", "@>", "~~*", …
  bool negated = false;       ///< NOT column
  /// Compared with what is known only when it runs: a parameter ($n), another table's expression, a sub-query. False:
  /// with a constant, or with nothing at all (IS NULL).
  bool parameter = false;
  bool immutable = false;  ///< `expression` holds no parameter and calls only functions known to be immutable
  /// SQL of the whole predicate without table qualifiers, when it holds no parameter and no volatile function: what a
  /// partial index may use as its WHERE. Empty otherwise.
  std::string constant_sql;
};

/// column = other table's column.
struct JoinKey {
  std::string column;
  int other_table = -1;  ///< index into Shape::tables
  std::string other_column;
};

struct SortKey {
  std::string column, expression;  ///< as in Predicate
  bool descending = false;
  bool nulls_first = false;
};

/// One reference to a base table (a table joined to itself is two).
struct TableUse {
  std::string schema, table, alias;  ///< schema empty when the text has none
  std::vector<Predicate> predicates;
  std::vector<JoinKey> joins;
  std::vector<SortKey> order_by;  ///< only when all of the sort's keys are of this table
  std::vector<SortKey> group_by;  ///< the same; DISTINCT and DISTINCT ON too
  std::vector<std::string>
      columns_read;          ///< every column of it that the statement names, sorted; empty with `all_columns`
  bool all_columns = false;  ///< SELECT *, whole-row references
  bool target = false;       ///< of INSERT, UPDATE, DELETE, MERGE
  std::vector<std::string> columns_written;
  bool outer_nullable = false;  ///< on the nullable side of an outer join
};

/// Sub-queries, CTEs and UNION arms contribute their tables to the same list; their scopes are kept apart when columns
/// are resolved. An unqualified column of a scope with several tables is given to the table that has it, through
/// `ColumnResolver`; unresolved ones are left out.
struct Shape {
  std::vector<TableUse> tables;
  bool limited = false;     ///< LIMIT or FETCH at the top level
  bool aggregates = false;  ///< the top level aggregates or groups
  bool set_returning = false;
};

/// Tells which table has a column.
class ColumnResolver {
 public:
  virtual ~ColumnResolver() = default;
  [[nodiscard]] virtual bool has_column(std::string_view schema, std::string_view table,
                                        std::string_view column) const = 0;
  /// Every column, for NATURAL JOIN; empty when unknown.
  [[nodiscard]] virtual std::vector<std::string> columns(std::string_view /*schema*/,
                                                         std::string_view /*table*/) const {
    return {};
  }
};

/// Fails as `inspect` does. Without a resolver, unqualified columns resolve only where a single table is in scope.
Result<Shape> shape(std::string_view text, const ColumnResolver* resolver = nullptr);

}  // namespace pgsextant::sql
