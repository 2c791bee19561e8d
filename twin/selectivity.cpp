#include "twin/selectivity.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace pgsextant::twin {
namespace {

constexpr double default_equality = 0.005;      // DEFAULT_EQ_SEL
constexpr double default_inequality = 1.0 / 3;  // DEFAULT_INEQ_SEL
constexpr double default_range = 0.005;         // DEFAULT_RANGE_INEQ_SEL: both ends
constexpr double default_contained = 0.005;     // DEFAULT_CONTAIN_SEL, array_selfuncs.c
constexpr double default_overlap = 0.01;        // DEFAULT_OVERLAP_SEL, array_selfuncs.c
constexpr double default_matching = 0.010;      // DEFAULT_MATCHING_SEL: jsonb
constexpr double default_match = 0.005;         // DEFAULT_MATCH_SEL: LIKE; DEFAULT_TS_MATCH_SEL is the same
constexpr double default_boolean = 0.5;         // boolvarsel() without statistics
constexpr double default_null = 0.005;          // DEFAULT_UNK_SEL

double null_fraction(const Column* column) {
  return column != nullptr && column->statistics ? column->statistics->null_fraction : 0;
}

}  // namespace

double distinct_values(const Column& column, double rows) {
  constexpr double default_distinct = 200;
  const double known = column.statistics ? column.statistics->distinct : 0;
  if (known > 0) return known;
  if (known < 0) return std::max(1.0, std::rint(-known * rows));
  return std::clamp(rows, 1.0, default_distinct);
}

double equality_selectivity(const Table& table, std::string_view name) {
  const auto* column = table.column(name);
  if (column == nullptr || !column->statistics || table.tuples < 0) return default_equality;
  const double share = (1 - null_fraction(column)) / distinct_values(*column, table.tuples);
  return std::clamp(std::min(share, column->statistics->top_frequency.value_or(1)), 0.0, 1.0);
}

double predicate_selectivity(const sql::Predicate& predicate, const Table& table) {
  const auto* column = predicate.column.empty() ? nullptr : table.column(predicate.column);
  const bool json = column != nullptr && column->type == "jsonb";
  switch (predicate.kind) {
    case sql::PredicateKind::equality:
      return column != nullptr ? equality_selectivity(table, predicate.column) : default_equality;
    case sql::PredicateKind::range: return predicate.operator_name == "BETWEEN" ? default_range : default_inequality;
    case sql::PredicateKind::is_null: return column != nullptr ? null_fraction(column) : default_null;
    case sql::PredicateKind::is_not_null: return 1 - (column != nullptr ? null_fraction(column) : default_null);
    case sql::PredicateKind::boolean: return default_boolean;
    case sql::PredicateKind::contains: return json ? default_matching : default_contained;
    case sql::PredicateKind::has_key: return default_matching;
    case sql::PredicateKind::overlaps: return default_overlap;
    case sql::PredicateKind::text_match:
    case sql::PredicateKind::full_text: return default_match;
    case sql::PredicateKind::other: break;
  }
  if (predicate.operator_name == "<>" && column != nullptr) {
    return 1 - null_fraction(column) - equality_selectivity(table, predicate.column);
  }
  return default_inequality;
}

double combined_selectivity(const std::vector<const sql::Predicate*>& predicates, const Table& table) {
  double share = 1;
  std::map<std::string_view, int> bounds;
  for (const auto* predicate : predicates) {
    const bool bound = predicate->kind == sql::PredicateKind::range && predicate->operator_name != "BETWEEN" &&
                       !predicate->column.empty();
    if (bound) {
      ++bounds[predicate->column];
    } else {
      share *= predicate_selectivity(*predicate, table);
    }
  }
  for (const auto& [column, count] : bounds) share *= count == 1 ? default_inequality : default_range;
  return std::clamp(share, 0.0, 1.0);
}

double condition_selectivity(std::string_view sql, const Table& table) {
  const auto shape = sql::shape("SELECT FROM " + table.qualified_name() + " WHERE " + std::string(sql));
  if (!shape || shape->tables.size() != 1 || shape->tables.front().predicates.empty()) return default_inequality;
  std::vector<const sql::Predicate*> all;
  for (const auto& predicate : shape->tables.front().predicates) all.push_back(&predicate);
  return combined_selectivity(all, table);
}

}  // namespace pgsextant::twin
