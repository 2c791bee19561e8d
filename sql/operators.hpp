#pragma once
// What an operator asks of an index.

#include <string_view>

#include "sql/shape.hpp"

namespace pgsextant::sql {

struct OperatorKind {
  std::string_view name;
  PredicateKind kind;
  std::string_view commuted;  ///< empty: has no commutator that an index could use
};

/// By name only: a user's own operator of the same name is taken for PostgreSQL's. Null: not known.
const OperatorKind* find_operator(std::string_view name);
PredicateKind kind_of(std::string_view name);

}  // namespace pgsextant::sql
