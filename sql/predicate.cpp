#include "sql/predicate.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/operators.hpp"
#include "sql/uses.hpp"

namespace pgsextant::sql {
namespace {

using Operands = std::vector<const Node*>;

Operands operands_of(const Node* node) {
  if (node == nullptr) return {};
  if (node->node_case != PG_QUERY__NODE__NODE_LIST) return {node};
  const auto items = list(node->list->items, node->list->n_items);
  return {items.begin(), items.end()};
}

const PgQuery__RowExpr* row_of(const Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_ROW_EXPR ? node->row_expr : nullptr;
}

class Conditions {
 public:
  explicit Conditions(const ConditionContext& context) : context_(context) {}

  void add(const Node& node) {
    switch (node.node_case) {
      case PG_QUERY__NODE__NODE_BOOL_EXPR: return add_bool(node);
      case PG_QUERY__NODE__NODE_A_EXPR: return add_operator(node);
      case PG_QUERY__NODE__NODE_NULL_TEST: return add_null_test(node, false, node);
      case PG_QUERY__NODE__NODE_BOOLEAN_TEST: return add_boolean_test(node);
      case PG_QUERY__NODE__NODE_COLUMN_REF: return add_boolean(node, false, node);
      case PG_QUERY__NODE__NODE_SUB_LINK: return add_sublink(*node.sub_link);
      default: return add_other(node, "");
    }
  }

 private:
  void add_bool(const Node& node) {
    const auto& expression = *node.bool_expr;
    const auto arguments = list(expression.args, expression.n_args);
    if (expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
      for (const Node* argument : arguments) add(*argument);
      return;
    }
    if (expression.boolop == PG_QUERY__BOOL_EXPR_TYPE__OR_EXPR) return add_or(node, arguments);
    const Node& negated = *arguments.front();
    if (negated.node_case == PG_QUERY__NODE__NODE_COLUMN_REF) return add_boolean(negated, true, node);
    if (negated.node_case == PG_QUERY__NODE__NODE_NULL_TEST) return add_null_test(negated, true, node);
    add_other(node, "NOT");
  }

  /// a = $1 OR a IN ($2, $3) is one equality on a.
  void add_or(const Node& node, std::span<Node* const> arms) {
    Operands values;
    std::optional<ColumnAt> column;
    for (const Node* arm : arms) {
      const auto equality = equality_arm(*arm);
      const bool same =
          equality && (!column || (column->table == equality->first.table && column->column == equality->first.column));
      if (!same) return add_other(node, "OR");
      column = equality->first;
      values.insert(values.end(), equality->second.begin(), equality->second.end());
    }
    if (!column) return;
    const Uses compared = uses(values);
    if (compared.unknown || compared.tables.contains(column->table)) return add_other(node, "OR");
    Predicate predicate;
    predicate.kind = PredicateKind::equality;
    predicate.column = column->column;
    predicate.operator_name = "=";
    store(column->table, std::move(predicate), compared, node);
  }

  std::optional<std::pair<ColumnAt, Operands>> equality_arm(const Node& arm) const {
    if (arm.node_case != PG_QUERY__NODE__NODE_A_EXPR) return std::nullopt;
    const auto& e = *arm.a_expr;
    const bool usable = e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP || e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_IN ||
                        e.kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY;
    if (!usable || last_name(e.name, e.n_name) != "=") return std::nullopt;
    if (auto left = column(e.lexpr)) return std::pair{*std::move(left), operands_of(e.rexpr)};
    if (e.kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP) return std::nullopt;
    if (auto right = column(e.rexpr)) return std::pair{*std::move(right), operands_of(e.lexpr)};
    return std::nullopt;
  }

  void add_operator(const Node& node) {
    const auto& e = *node.a_expr;
    const auto name = last_name(e.name, e.n_name);
    switch (e.kind) {
      case PG_QUERY__A__EXPR__KIND__AEXPR_OP:
        if (e.lexpr == nullptr) return add_other(node, name);
        if (row_of(e.lexpr) != nullptr) return add_rows(node, name);
        return compare(e.lexpr, kind_of(name), name, {e.rexpr}, node);
      case PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY:
        if (column(e.lexpr)) {
          return compare(e.lexpr, name == "=" ? PredicateKind::equality : PredicateKind::other, name, {e.rexpr}, node);
        }
        return add_other(node, name);
      case PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT:
        return compare(e.lexpr, PredicateKind::equality, "=", {e.rexpr}, node);
      case PG_QUERY__A__EXPR__KIND__AEXPR_IN:
        if (name != "=") return add_other(node, name);
        if (row_of(e.lexpr) != nullptr) return add_rows(node, name);
        return compare(e.lexpr, PredicateKind::equality, name, operands_of(e.rexpr), node);
      case PG_QUERY__A__EXPR__KIND__AEXPR_LIKE:
      case PG_QUERY__A__EXPR__KIND__AEXPR_ILIKE: return compare(e.lexpr, kind_of(name), name, {e.rexpr}, node);
      case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN:
      case PG_QUERY__A__EXPR__KIND__AEXPR_BETWEEN_SYM:
        return compare(e.lexpr, PredicateKind::range, "BETWEEN", operands_of(e.rexpr), node);
      default: return add_other(node, name);
    }
  }

  /// (a, b) = ($1, $2), (a, b) IN (($1, $2), …) are equalities of each column; (a, b) < ($1, $2) a range of the first.
  void add_rows(const Node& node, std::string_view name) {
    const auto& e = *node.a_expr;
    const auto& left = *row_of(e.lexpr);
    const auto rows = operands_of(e.rexpr);
    const std::size_t columns = name == "=" ? left.n_args : std::min<std::size_t>(left.n_args, 1);
    for (std::size_t i = 0; i < columns; ++i) {
      Operands values;
      for (const Node* row : rows) {
        const auto* right = row_of(row);
        values.push_back(right != nullptr && i < right->n_args ? right->args[i] : row);
      }
      compare(left.args[i], kind_of(name), name, values, node);
    }
  }

  void add_null_test(const Node& test, bool negated, const Node& whole) {
    const bool is_null = (test.null_test->nulltesttype == PG_QUERY__NULL_TEST_TYPE__IS_NULL) != negated;
    Predicate predicate;
    predicate.kind = is_null ? PredicateKind::is_null : PredicateKind::is_not_null;
    predicate.operator_name = is_null ? "IS NULL" : "IS NOT NULL";
    add_unary(*test.null_test->arg, std::move(predicate), whole);
  }

  void add_boolean_test(const Node& node) {
    const auto& test = *node.boolean_test;
    if (test.booltesttype == PG_QUERY__BOOL_TEST_TYPE__IS_TRUE) return add_boolean(*test.arg, false, node);
    if (test.booltesttype == PG_QUERY__BOOL_TEST_TYPE__IS_FALSE) return add_boolean(*test.arg, true, node);
    add_other(node, "IS");
  }

  void add_boolean(const Node& argument, bool negated, const Node& whole) {
    Predicate predicate;
    predicate.kind = PredicateKind::boolean;
    predicate.negated = negated;
    add_unary(argument, std::move(predicate), whole);
  }

  void add_unary(const Node& argument, Predicate predicate, const Node& whole) {
    int table = -1;
    if (name_left_side(argument, predicate, table)) store(table, std::move(predicate), uses(argument), whole);
  }

  /// column IN (SELECT inner …) joins as column = inner does.
  void add_sublink(const PgQuery__SubLink& sublink) {
    const bool semi_join = sublink.sub_link_type == PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK &&
                           (sublink.n_oper_name == 0 || last_name(sublink.oper_name, sublink.n_oper_name) == "=");
    const auto known = context_.subqueries.find(&sublink);
    if (!semi_join || known == context_.subqueries.end() || known->second.outputs == nullptr) return;
    const auto outer = column(sublink.testexpr);
    const auto& columns = known->second.outputs->columns;
    if (!outer || columns.size() != 1) return;
    if (const auto& inner = columns.front().second) join(*outer, *inner, true);
  }

  void compare(const Node* left, PredicateKind kind, std::string_view name, const Operands& right, const Node& whole) {
    if (left == nullptr || right.empty() || std::ranges::count(right, nullptr) > 0) return;
    const Node* single = right.size() == 1 ? right.front() : nullptr;
    const auto left_column = column(left);
    const auto right_column = single != nullptr ? column(single) : std::nullopt;
    if (left_column && right_column && left_column->table != right_column->table && name == "=" &&
        kind == PredicateKind::equality && whole.a_expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY) {
      return join(*left_column, *right_column, false);
    }
    if (compare_one_way(*left, kind, name, right, whole)) return;
    const auto* known = find_operator(name);
    const bool plain = whole.a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP ||
                       whole.a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_NOT_DISTINCT;
    if (plain && single != nullptr && known != nullptr && !known->commuted.empty() &&
        compare_one_way(*single, kind_of(known->commuted), known->commuted, {left}, whole)) {
      return;
    }
    add_other(whole, name);
  }

  bool compare_one_way(const Node& left, PredicateKind kind, std::string_view name, const Operands& right,
                       const Node& whole) {
    Predicate predicate;
    predicate.kind = kind;
    predicate.operator_name = std::string(name);
    int table = -1;
    if (!name_left_side(left, predicate, table)) return false;
    const Uses compared = uses(right);
    if (compared.unknown || compared.tables.contains(table)) return false;
    store(table, std::move(predicate), compared, whole);
    return true;
  }

  /// Sets `column` or `expression`, and the one table that it belongs to.
  bool name_left_side(const Node& left, Predicate& predicate, int& table) const {
    if (auto bare = column(&left)) {
      table = bare->table;
      predicate.column = std::move(bare->column);
      return true;
    }
    auto expression = expression_of(left, context_.scope, context_.subqueries);
    if (expression.table < 0 || expression.sql.empty()) return false;
    table = expression.table;
    predicate.expression = std::move(expression.sql);
    predicate.immutable = expression.immutable;
    return true;
  }

  void add_other(const Node& whole, std::string_view name) {
    const Uses all = uses(whole);
    if (all.tables.size() != 1 || all.unknown || all.subquery) return;
    Predicate predicate;
    predicate.operator_name = std::string(name);
    if (whole.node_case == PG_QUERY__NODE__NODE_A_EXPR) {
      if (auto left = column(whole.a_expr->lexpr)) predicate.column = std::move(left->column);
    }
    store(*all.tables.begin(), std::move(predicate), all, whole);
  }

  void store(int table, Predicate predicate, const Uses& compared, const Node& whole) {
    if (table < context_.first_filtered) return;
    predicate.parameter = compared.parameter || compared.derived || compared.subquery ||
                          std::ranges::any_of(compared.tables, [table](int other) { return other != table; });
    if (uses(whole).constant_on(table)) predicate.constant_sql = deparse_unqualified(whole);
    context_.shape.tables[static_cast<std::size_t>(table)].predicates.push_back(std::move(predicate));
  }

  /// A column of an outer query is a value for the inner one; only IN (SELECT …) can be turned round.
  void join(const ColumnAt& a, const ColumnAt& b, bool both_levels) {
    const auto add_key = [&](const ColumnAt& from, const ColumnAt& to) {
      if (!both_levels && from.table < context_.first_table) return;
      context_.shape.tables[static_cast<std::size_t>(from.table)].joins.push_back({from.column, to.table, to.column});
    };
    add_key(a, b);
    add_key(b, a);
  }

  [[nodiscard]] std::optional<ColumnAt> column(const Node* node) const {
    if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) return std::nullopt;
    auto resolution = context_.scope.resolve(*node->column_ref);
    if (resolution.found != Found::base_column) return std::nullopt;
    return std::move(resolution.at);
  }
  [[nodiscard]] Uses uses(const Node& node) const { return uses_of(node, context_.scope, context_.subqueries); }
  [[nodiscard]] Uses uses(const Operands& nodes) const {
    Uses all;
    for (const Node* node : nodes) all.add(uses(*node));
    return all;
  }

  const ConditionContext& context_;
};

}  // namespace

Expression expression_of(const Node& node, const Scope& scope, const Subqueries& subqueries) {
  const Uses uses = uses_of(node, scope, subqueries);
  if (uses.tables.size() != 1 || uses.unknown || uses.derived || uses.subquery) return {};
  const int table = *uses.tables.begin();
  return {table, deparse_unqualified(node), uses.constant_on(table)};
}

void add_conditions(const Node* condition, const ConditionContext& context) {
  if (condition != nullptr) Conditions(context).add(*condition);
}

}  // namespace pgsextant::sql
