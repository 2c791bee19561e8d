#pragma once
// What an expression depends on.

#include <set>

#include "sql/predicate.hpp"

namespace pgsextant::sql {

struct Uses {
  std::set<int> tables;
  bool unknown = false;  ///< a column that could not be resolved
  bool derived = false;  ///< a column computed by a sub-query or function
  bool parameter = false;
  bool subquery = false;
  bool immutable = true;  ///< only functions known to be immutable, no cast

  void add(const Uses& other) {
    tables.insert(other.tables.begin(), other.tables.end());
    unknown |= other.unknown;
    derived |= other.derived;
    parameter |= other.parameter;
    subquery |= other.subquery;
    immutable &= other.immutable;
  }
  /// Depends on this table and nothing else that changes from execution to execution.
  [[nodiscard]] bool constant_on(int table) const {
    return immutable && !unknown && !derived && !parameter && !subquery && tables.size() == 1 && tables.contains(table);
  }
};

Uses uses_of(const Node& node, const Scope& scope, const Subqueries& subqueries);

}  // namespace pgsextant::sql
