// ShapeBuilder's FROM clause: which tables there are, and how they are joined.

#include <algorithm>
#include <string>
#include <utility>

#include "sql/shape_builder.hpp"

namespace pgsextant::sql {
namespace {

std::string alias_of(const PgQuery__Alias* alias) {
  return alias != nullptr && alias->aliasname != nullptr ? alias->aliasname : "";
}

bool renames_columns(const PgQuery__Alias* alias) { return alias != nullptr && alias->n_colnames > 0; }

}  // namespace

int ShapeBuilder::base_table(const PgQuery__RangeVar& relation, Scope& scope, bool nullable, bool target) {
  TableUse use;
  use.schema = relation.schemaname != nullptr ? relation.schemaname : "";
  use.table = relation.relname != nullptr ? relation.relname : "";
  use.alias = alias_of(relation.alias);
  use.outer_nullable = nullable;
  use.target = target;
  std::string visible = use.alias.empty() ? use.table : use.alias;
  shape_.tables.push_back(std::move(use));
  const int index = table_count() - 1;
  // t (a, b) renames t's columns: they cannot be told apart any more.
  scope.add({std::move(visible), renames_columns(relation.alias) ? -1 : index, nullptr});
  return index;
}

int ShapeBuilder::target_table(const PgQuery__RangeVar* relation, Scope& scope) {
  return relation == nullptr ? -1 : base_table(*relation, scope, false, true);
}

void ShapeBuilder::from(Nodes items, Scope& scope, bool nullable) {
  for (const Node* item : items) from_item(*item, scope, nullable);
}

void ShapeBuilder::from_item(const Node& item, Scope& scope, bool nullable) {
  switch (item.node_case) {
    case PG_QUERY__NODE__NODE_RANGE_VAR: {
      const auto& relation = *item.range_var;
      const bool qualified = relation.schemaname != nullptr && *relation.schemaname != '\0';
      const OutputsPtr* cte = qualified ? nullptr : scope.cte(relation.relname);
      if (cte == nullptr) {
        base_table(relation, scope, nullable, false);
        return;
      }
      const auto alias = alias_of(relation.alias);
      scope.add({alias.empty() ? relation.relname : alias, -1, renames_columns(relation.alias) ? nullptr : *cte});
      return;
    }
    case PG_QUERY__NODE__NODE_RANGE_SUBSELECT: {
      const auto& subselect = *item.range_subselect;
      if (subselect.subquery == nullptr) return;
      const int first = table_count();
      // A sub-query sees what is left of it only with LATERAL; looking there as well does no harm.
      OutputsPtr outputs = query(*subselect.subquery, &scope);
      for (int i = first; nullable && i < table_count(); ++i) table(i).outer_nullable = true;
      if (renames_columns(subselect.alias)) outputs = nullptr;
      scope.add({alias_of(subselect.alias), -1, std::move(outputs)});
      return;
    }
    case PG_QUERY__NODE__NODE_JOIN_EXPR: return join(*item.join_expr, scope, nullable);
    case PG_QUERY__NODE__NODE_RANGE_TABLE_SAMPLE:
      if (item.range_table_sample->relation != nullptr) from_item(*item.range_table_sample->relation, scope, nullable);
      return;
    case PG_QUERY__NODE__NODE_RANGE_FUNCTION:
      read(item.base, scope);
      shape_.set_returning = true;
      scope.add({alias_of(item.range_function->alias), -1, nullptr});
      return;
    default:  // XMLTABLE, JSON_TABLE: their columns lead to no table
      read(item.base, scope);
      shape_.set_returning = true;
      scope.add({"", -1, nullptr});
      return;
  }
}

void ShapeBuilder::join(const PgQuery__JoinExpr& join, Scope& scope, bool nullable) {
  const bool left_join = join.jointype == PG_QUERY__JOIN_TYPE__JOIN_LEFT;
  const bool right_join = join.jointype == PG_QUERY__JOIN_TYPE__JOIN_RIGHT;
  const bool full_join = join.jointype == PG_QUERY__JOIN_TYPE__JOIN_FULL;
  const int first = table_count();
  const std::size_t left = scope.sources().size();
  if (join.larg != nullptr) from_item(*join.larg, scope, nullable || right_join || full_join);
  const int middle = table_count();
  const std::size_t right = scope.sources().size();
  if (join.rarg != nullptr) from_item(*join.rarg, scope, nullable || left_join || full_join);

  join_using(join, scope, left, right);
  read(join.quals, scope);
  // ON of an outer join removes rows of its nullable side only.
  const int first_filtered = full_join ? table_count() : left_join ? middle : first;
  const std::size_t before = right_join ? static_cast<std::size_t>(middle) : shape_.tables.size();
  std::vector<std::size_t> kept;
  for (std::size_t i = before; i < shape_.tables.size(); ++i) kept.push_back(shape_.tables[i].predicates.size());
  add_conditions(join.quals, {shape_, scope, subqueries_, first, first_filtered});
  for (std::size_t i = 0; i < kept.size(); ++i) shape_.tables[before + i].predicates.resize(kept[i]);
}

void ShapeBuilder::join_using(const PgQuery__JoinExpr& join, Scope& scope, std::size_t left, std::size_t right) {
  const auto left_sources = scope.sources().subspan(left, right - left);
  const auto right_sources = scope.sources().subspan(right);
  std::vector<std::string> columns;
  for (const Node* node : list(join.using_clause, join.n_using_clause)) columns.emplace_back(string_of(node));
  if (join.is_natural != 0) {
    for (const Source& source : right_sources) {
      for (std::string& name : scope.columns_of(source)) {
        if (scope.resolve(name, left_sources).found == Found::base_column) columns.push_back(std::move(name));
      }
    }
  }
  for (const std::string& column : columns) {
    const auto a = scope.resolve(column, left_sources);
    const auto b = scope.resolve(column, right_sources);
    for (const Resolution* side : {&a, &b}) {
      if (side->found == Found::base_column) read_column(*side);
    }
    if (a.found == Found::base_column && b.found == Found::base_column && a.at.table != b.at.table) {
      table(a.at.table).joins.push_back({column, b.at.table, b.at.column});
      table(b.at.table).joins.push_back({column, a.at.table, a.at.column});
    }
  }
  for (const std::string& column : columns) scope.merge(column);
}

}  // namespace pgsextant::sql
