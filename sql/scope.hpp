#pragma once
// Which table a column reference means: aliases, sub-queries, CTEs and outer queries, as PostgreSQL looks names up.

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/shape.hpp"
#include "sql/tree.hpp"

namespace pgsextant::sql {

/// A column of a base table; `table` is an index into Shape::tables.
struct ColumnAt {
  int table = -1;
  std::string column;
};

struct Outputs;

/// An entry of FROM: a base table (`table` ≥ 0) or something derived, whose columns may lead to base tables.
struct Source {
  std::string name;
  int table = -1;
  std::shared_ptr<const Outputs> outputs;  ///< of a sub-query or CTE; null for a function
};

/// What a query returns. A column that is computed leads to no base table.
struct Outputs {
  std::vector<std::pair<std::string, std::optional<ColumnAt>>> columns;
  std::vector<Source> through;  ///< SELECT *: all columns of these
};

enum class Found {
  nothing,  ///< no such column in sight, or it cannot be said which table has it
  derived,  ///< computed by a sub-query or a function
  base_column,
  whole_row,  ///< the name is that of a table
};

struct Resolution {
  Found found = Found::nothing;
  ColumnAt at;
};

/// The names that one query level can see.
class Scope {
 public:
  Scope(const Shape& shape, const ColumnResolver* resolver, const Scope* parent = nullptr)
      : shape_(shape), resolver_(resolver), parent_(parent) {}

  void add(Source source) { sources_.push_back(std::move(source)); }
  void add_cte(std::string name, std::shared_ptr<const Outputs> outputs) {
    ctes_.emplace_back(std::move(name), std::move(outputs));
  }
  /// USING makes one column of two: its unqualified name is no longer ambiguous.
  void merge(std::string_view column) { merged_.emplace(column); }

  [[nodiscard]] std::span<const Source> sources() const { return sources_; }
  /// The CTE of that name, in this query level or an outer one; null when there is none.
  [[nodiscard]] const std::shared_ptr<const Outputs>* cte(std::string_view name) const;

  [[nodiscard]] Resolution resolve(const PgQuery__ColumnRef& reference) const;
  /// A column by its bare name, among some of the sources only.
  [[nodiscard]] Resolution resolve(std::string_view column, std::span<const Source> among) const;
  /// The source that a qualifier names, here or in an outer query.
  [[nodiscard]] const Source* source(std::string_view name) const;
  /// Every column of a source that is a base table; empty when unknown.
  [[nodiscard]] std::vector<std::string> columns_of(const Source& source) const;

 private:
  enum class Has { no, maybe, yes };
  struct Lookup {
    Has has = Has::no;
    std::optional<ColumnAt> at;
  };
  [[nodiscard]] Lookup lookup(const Source& source, std::string_view column) const;
  [[nodiscard]] Resolution resolve_name(std::string_view column) const;

  const Shape& shape_;
  const ColumnResolver* resolver_;
  const Scope* parent_;
  std::vector<Source> sources_;
  std::vector<std::pair<std::string, std::shared_ptr<const Outputs>>> ctes_;
  std::set<std::string, std::less<>> merged_;
};

/// The star of "t.*" or "*".
bool ends_in_star(const PgQuery__ColumnRef& reference);

}  // namespace pgsextant::sql
