#pragma once
// From the conditions of WHERE and ON to Shape's predicates and join keys.

#include <map>
#include <memory>
#include <set>

#include "sql/scope.hpp"
#include "sql/shape.hpp"
#include "sql/tree.hpp"

namespace pgsextant::sql {

/// What is known of a sub-query in an expression.
struct SubqueryInfo {
  std::shared_ptr<const Outputs> outputs;
  std::set<int> outer_tables;  ///< tables of outer queries that it refers to
};
using Subqueries = std::map<const PgQuery__SubLink*, SubqueryInfo>;

struct ConditionContext {
  Shape& shape;
  const Scope& scope;
  const Subqueries& subqueries;
  int first_table = 0;     ///< the first table of this query level: only its own tables are given join keys
  int first_filtered = 0;  ///< tables before it keep their rows whatever this condition says (LEFT JOIN … ON)
};

/// Adds what the AND-ed conditions of `condition` ask of each table. Null adds nothing.
void add_conditions(const Node* condition, const ConditionContext& context);

/// "lower(email)" and whether it may be indexed; both empty when the node depends on anything but one table.
struct Expression {
  int table = -1;
  std::string sql;
  bool immutable = false;
};
Expression expression_of(const Node& node, const Scope& scope, const Subqueries& subqueries);

}  // namespace pgsextant::sql
