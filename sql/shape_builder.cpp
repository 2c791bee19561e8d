#include "sql/shape_builder.hpp"

#include <algorithm>
#include <utility>

namespace pgsextant::sql {

Shape ShapeBuilder::build(const Node& statement) {
  query(statement, nullptr);
  if (statement.node_case == PG_QUERY__NODE__NODE_SELECT_STMT) top_level(*statement.select_stmt);
  for (TableUse& use : shape_.tables) {
    for (auto* columns : {&use.columns_read, &use.columns_written}) {
      std::ranges::sort(*columns);
      columns->erase(std::ranges::unique(*columns).begin(), columns->end());
    }
    if (use.all_columns) use.columns_read.clear();
  }
  return std::move(shape_);
}

ShapeBuilder::OutputsPtr ShapeBuilder::query(const Node& node, const Scope* parent) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT: return select(*node.select_stmt, parent);
    case PG_QUERY__NODE__NODE_INSERT_STMT: insert(*node.insert_stmt, parent); break;
    case PG_QUERY__NODE__NODE_UPDATE_STMT: update(*node.update_stmt, parent); break;
    case PG_QUERY__NODE__NODE_DELETE_STMT: delete_from(*node.delete_stmt, parent); break;
    case PG_QUERY__NODE__NODE_MERGE_STMT: merge(*node.merge_stmt, parent); break;
    default: break;
  }
  return nullptr;
}

ShapeBuilder::OutputsPtr ShapeBuilder::select(const PgQuery__SelectStmt& select, const Scope* parent) {
  if (select.op != PG_QUERY__SET_OPERATION__SETOP_NONE && select.larg != nullptr && select.rarg != nullptr) {
    return set_operation(select, parent);
  }
  const int first = table_count();
  Scope scope(shape_, resolver_, parent);
  with(select.with_clause, scope);
  from(list(select.from_clause, select.n_from_clause), scope);
  for (const Node* target : list(select.target_list, select.n_target_list)) read(target, scope);
  read_all(list(select.distinct_clause, select.n_distinct_clause), scope);
  read_all(list(select.group_clause, select.n_group_clause), scope);
  read_all(list(select.window_clause, select.n_window_clause), scope);
  read_all(list(select.values_lists, select.n_values_lists), scope);
  read_all(list(select.sort_clause, select.n_sort_clause), scope);
  read(select.having_clause, scope);
  read(select.limit_count, scope);
  read(select.limit_offset, scope);
  where(select.where_clause, scope, first);
  sort_and_group(select, scope);
  return outputs_of(select, scope);
}

ShapeBuilder::OutputsPtr ShapeBuilder::set_operation(const PgQuery__SelectStmt& select_stmt, const Scope* parent) {
  Scope scope(shape_, resolver_, parent);
  with(select_stmt.with_clause, scope);
  const OutputsPtr left = select(*select_stmt.larg, &scope);
  select(*select_stmt.rarg, &scope);
  // The arms' rows are one result: its columns have the left arm's names and belong to no single table.
  if (left == nullptr || !left->through.empty()) return nullptr;
  auto outputs = std::make_shared<Outputs>();
  for (const auto& [name, at] : left->columns) outputs->columns.emplace_back(name, std::nullopt);
  return outputs;
}

void ShapeBuilder::insert(const PgQuery__InsertStmt& insert, const Scope* parent) {
  Scope outer(shape_, resolver_, parent);
  with(insert.with_clause, outer);
  Scope scope(shape_, resolver_, &outer);
  const int target = target_table(insert.relation, scope);
  for (const Node* column : list(insert.cols, insert.n_cols)) {
    if (target >= 0 && column->node_case == PG_QUERY__NODE__NODE_RES_TARGET) {
      table(target).columns_written.emplace_back(column->res_target->name);
    }
  }
  if (insert.select_stmt != nullptr) query(*insert.select_stmt, &outer);
  if (const auto* conflict = insert.on_conflict_clause; conflict != nullptr) {
    scope.add({"excluded", -1, nullptr});
    assignments(list(conflict->target_list, conflict->n_target_list), target, scope);
    read(conflict->where_clause, scope);
  }
  read_all(list(insert.returning_list, insert.n_returning_list), scope);
}

void ShapeBuilder::update(const PgQuery__UpdateStmt& update, const Scope* parent) {
  const int first = table_count();
  Scope scope(shape_, resolver_, parent);
  with(update.with_clause, scope);
  const int target = target_table(update.relation, scope);
  from(list(update.from_clause, update.n_from_clause), scope);
  assignments(list(update.target_list, update.n_target_list), target, scope);
  where(update.where_clause, scope, first);
  read_all(list(update.returning_list, update.n_returning_list), scope);
}

void ShapeBuilder::delete_from(const PgQuery__DeleteStmt& statement, const Scope* parent) {
  const int first = table_count();
  Scope scope(shape_, resolver_, parent);
  with(statement.with_clause, scope);
  target_table(statement.relation, scope);
  from(list(statement.using_clause, statement.n_using_clause), scope);
  where(statement.where_clause, scope, first);
  read_all(list(statement.returning_list, statement.n_returning_list), scope);
}

void ShapeBuilder::merge(const PgQuery__MergeStmt& merge, const Scope* parent) {
  const int first = table_count();
  Scope scope(shape_, resolver_, parent);
  with(merge.with_clause, scope);
  const int target = target_table(merge.relation, scope);
  if (merge.source_relation != nullptr) from_item(*merge.source_relation, scope, false);
  where(merge.join_condition, scope, first);
  for (const Node* node : list(merge.merge_when_clauses, merge.n_merge_when_clauses)) {
    if (node->node_case != PG_QUERY__NODE__NODE_MERGE_WHEN_CLAUSE) continue;
    const auto& clause = *node->merge_when_clause;
    read(clause.condition, scope);
    assignments(list(clause.target_list, clause.n_target_list), target, scope);
    read_all(list(clause.values, clause.n_values), scope);
  }
}

void ShapeBuilder::with(const PgQuery__WithClause* with, Scope& scope) {
  if (with == nullptr) return;
  for (const Node* node : list(with->ctes, with->n_ctes)) {
    if (node->node_case != PG_QUERY__NODE__NODE_COMMON_TABLE_EXPR) continue;
    const auto& cte = *node->common_table_expr;
    if (cte.ctequery == nullptr) continue;
    if (with->recursive != 0) {
      Scope inner(shape_, resolver_, &scope);  // it sees itself, with columns that lead nowhere
      inner.add_cte(cte.ctename, nullptr);
      query(*cte.ctequery, &inner);
      scope.add_cte(cte.ctename, nullptr);
      continue;
    }
    OutputsPtr outputs = query(*cte.ctequery, &scope);
    if (cte.n_aliascolnames > 0) outputs = nullptr;  // renamed
    scope.add_cte(cte.ctename, std::move(outputs));
  }
}

void ShapeBuilder::assignments(Nodes targets, int target, const Scope& scope) {
  for (const Node* node : targets) {
    if (node->node_case != PG_QUERY__NODE__NODE_RES_TARGET) continue;
    if (target >= 0 && node->res_target->name != nullptr && *node->res_target->name != '\0') {
      table(target).columns_written.emplace_back(node->res_target->name);
    }
    read(node->res_target->val, scope);
  }
}

void ShapeBuilder::where(const Node* condition, const Scope& scope, int first_table) {
  read(condition, scope);
  add_conditions(condition, {shape_, scope, subqueries_, first_table, first_table});
}

void ShapeBuilder::read(const Node* node, const Scope& scope) {
  if (node != nullptr) read(node->base, scope);
}

void ShapeBuilder::read_all(Nodes nodes, const Scope& scope) {
  for (const Node* node : nodes) read(node, scope);
}

void ShapeBuilder::read(const Message& message, const Scope& scope) {
  for_each_message(message, [&](const Message& found) {
    if (const auto* column = as<PgQuery__ColumnRef>(found, pg_query__column_ref__descriptor)) {
      if (column->n_fields == 1 && ends_in_star(*column)) {
        read_star(scope);
      } else {
        read_column(scope.resolve(*column));
      }
      return false;
    }
    if (const auto* nested = as<PgQuery__SubLink>(found, pg_query__sub_link__descriptor)) {
      sublink(*nested, scope);
      return false;
    }
    return true;
  });
}

void ShapeBuilder::read_column(const Resolution& resolution) {
  if (resolution.at.table < 0) return;
  for (OpenSubquery& subquery : open_) {
    if (resolution.at.table < subquery.first_table) subquery.outer_tables.insert(resolution.at.table);
  }
  if (resolution.found == Found::whole_row) {
    table(resolution.at.table).all_columns = true;
  } else if (resolution.found == Found::base_column) {
    table(resolution.at.table).columns_read.push_back(resolution.at.column);
  }
}

void ShapeBuilder::read_star(const Scope& scope) {
  for (const Source& source : scope.sources()) {
    if (source.table >= 0) table(source.table).all_columns = true;
  }
}

void ShapeBuilder::sublink(const PgQuery__SubLink& sublink, const Scope& scope) {
  read(sublink.testexpr, scope);
  if (sublink.subselect == nullptr) return;
  open_.push_back({table_count(), {}});
  OutputsPtr outputs = query(*sublink.subselect, &scope);
  subqueries_[&sublink] = {std::move(outputs), std::move(open_.back().outer_tables)};
  open_.pop_back();
}

}  // namespace pgsextant::sql
