#pragma once
// The share of a table's rows that a condition keeps, as PostgreSQL guesses it where the values are parameters
// (src/backend/utils/adt/selfuncs.c and selfuncs.h; the function is named at each case).

#include <string_view>
#include <vector>

#include "core/model/schema.hpp"
#include "sql/shape.hpp"

namespace pgsextant::twin {

/// The number of different values among `rows` rows, from ColumnStatistics::distinct; PostgreSQL's default of 200 where
/// nothing is known (selfuncs.c, get_variable_numdistinct).
double distinct_values(const Column& column, double rows);

/// 0 … 1.
double predicate_selectivity(const sql::Predicate& predicate, const Table& table);

/// The column of that name = a value that is not known: var_eq_non_const().
double equality_selectivity(const Table& table, std::string_view name);

/// clauselist_selectivity(): independent conditions, but two bounds of one column are a range.
double combined_selectivity(const std::vector<const sql::Predicate*>& predicates, const Table& table);

/// Of a condition in SQL; one that cannot be read keeps a third (DEFAULT_INEQ_SEL).
double condition_selectivity(std::string_view sql, const Table& table);

}  // namespace pgsextant::twin
