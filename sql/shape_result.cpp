// ShapeBuilder's view of a query's result: its columns, order and grouping.

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "sql/shape_builder.hpp"

namespace pgsextant::sql {
namespace {

bool is_aggregate(const PgQuery__FuncCall& call) {
  static constexpr std::array<std::string_view, 23> names{
      "array_agg",  "avg",   "bit_and",  "bit_or",          "bool_and",        "bool_or",
      "count",      "every", "json_agg", "jsonb_agg",       "json_object_agg", "jsonb_object_agg",
      "max",        "min",   "mode",     "percentile_cont", "percentile_disc", "stddev",
      "string_agg", "sum",   "variance", "stddev_pop",      "stddev_samp"};
  if (call.over != nullptr) return false;
  return call.agg_star != 0 || call.agg_distinct != 0 || call.agg_within_group != 0 || call.agg_filter != nullptr ||
         std::ranges::find(names, last_name(call.funcname, call.n_funcname)) != names.end();
}

bool returns_set(std::string_view function) {
  static constexpr std::array<std::string_view, 9> names{
      "generate_series", "generate_subscripts", "unnest",         "json_array_elements",  "jsonb_array_elements",
      "jsonb_each",      "jsonb_object_keys",   "regexp_matches", "regexp_split_to_table"};
  return std::ranges::find(names, function) != names.end();
}

const PgQuery__ResTarget* target_of(const Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_RES_TARGET ? node->res_target : nullptr;
}

bool is_star(const PgQuery__ResTarget& target) {
  return target.val != nullptr && target.val->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
         ends_in_star(*target.val->column_ref);
}

}  // namespace

std::string output_name(const PgQuery__ResTarget& target) {
  if (target.name != nullptr && *target.name != '\0') return target.name;
  if (target.val == nullptr || target.val->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) return {};
  const auto& reference = *target.val->column_ref;
  return reference.n_fields == 0 ? std::string{} : std::string(string_of(reference.fields[reference.n_fields - 1]));
}

ShapeBuilder::OutputsPtr ShapeBuilder::outputs_of(const PgQuery__SelectStmt& select, const Scope& scope) {
  auto outputs = std::make_shared<Outputs>();
  for (const Node* node : list(select.target_list, select.n_target_list)) {
    const auto* target = target_of(node);
    if (target == nullptr || target->val == nullptr) continue;
    if (is_star(*target)) {
      const auto& reference = *target->val->column_ref;
      if (reference.n_fields == 1) {
        outputs->through.insert(outputs->through.end(), scope.sources().begin(), scope.sources().end());
      } else if (const auto* source = scope.source(string_of(reference.fields[reference.n_fields - 2]))) {
        outputs->through.push_back(*source);
      }
      continue;
    }
    std::optional<ColumnAt> at;
    // A condition on a limited result is not one on the table.
    if (target->val->node_case == PG_QUERY__NODE__NODE_COLUMN_REF && select.limit_count == nullptr) {
      auto resolution = scope.resolve(*target->val->column_ref);
      if (resolution.found == Found::base_column) at = std::move(resolution.at);
    }
    outputs->columns.emplace_back(output_name(*target), std::move(at));
  }
  if (select.limit_count != nullptr && !outputs->through.empty()) return nullptr;
  if (select.n_values_lists > 0) return nullptr;
  return outputs;
}

std::optional<ShapeBuilder::Key> ShapeBuilder::key_of(const Node* node, const PgQuery__SelectStmt& select,
                                                      const Scope& scope, bool output_first) {
  if (node == nullptr || node->node_case == PG_QUERY__NODE__NODE_GROUPING_SET) return std::nullopt;
  const auto targets = list(select.target_list, select.n_target_list);
  if (node->node_case == PG_QUERY__NODE__NODE_A_CONST) {  // a position
    if (node->a_const->val_case != PG_QUERY__A__CONST__VAL_IVAL) return std::nullopt;
    const auto position = node->a_const->ival->ival;
    if (position < 1 || static_cast<std::size_t>(position) > targets.size()) return std::nullopt;
    const auto* target = target_of(targets[static_cast<std::size_t>(position) - 1]);
    if (target == nullptr || target->val == nullptr || target->val->node_case == PG_QUERY__NODE__NODE_A_CONST) {
      return std::nullopt;
    }
    return key_of(target->val, select, scope, false);
  }
  if (node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF) {
    const auto& reference = *node->column_ref;
    if (output_first && reference.n_fields == 1) {  // ORDER BY looks at the result's names first
      const auto name = string_of(reference.fields[0]);
      for (const Node* candidate : targets) {
        const auto* target = target_of(candidate);
        if (target != nullptr && target->name != nullptr && name == target->name) {
          return key_of(target->val, select, scope, false);
        }
      }
    }
    auto resolution = scope.resolve(reference);
    if (resolution.found != Found::base_column) return std::nullopt;
    return Key{resolution.at.table, {std::move(resolution.at.column), "", false, false}};
  }
  auto expression = expression_of(*node, scope, subqueries_);
  if (expression.table < 0 || !expression.immutable) return std::nullopt;
  return Key{expression.table, {"", std::move(expression.sql), false, false}};
}

void ShapeBuilder::store_keys(const std::vector<Key>& keys, std::vector<SortKey> TableUse::*where) {
  if (keys.empty()) return;
  const int only = keys.front().table;
  if (!std::ranges::all_of(keys, [only](const Key& key) { return key.table == only; })) return;
  auto& stored = table(only).*where;
  stored.clear();
  for (const Key& key : keys) stored.push_back(key.key);
}

void ShapeBuilder::sort_and_group(const PgQuery__SelectStmt& select, const Scope& scope) {
  std::vector<Key> sort;
  for (const Node* node : list(select.sort_clause, select.n_sort_clause)) {
    const auto& item = *node->sort_by;
    auto key = node->node_case == PG_QUERY__NODE__NODE_SORT_BY && item.sortby_dir != PG_QUERY__SORT_BY_DIR__SORTBY_USING
                   ? key_of(item.node, select, scope, true)
                   : std::nullopt;
    if (!key) {
      sort.clear();
      break;
    }
    key->key.descending = item.sortby_dir == PG_QUERY__SORT_BY_DIR__SORTBY_DESC;
    key->key.nulls_first = item.sortby_nulls == PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_FIRST ||
                           (key->key.descending && item.sortby_nulls != PG_QUERY__SORT_BY_NULLS__SORTBY_NULLS_LAST);
    sort.push_back(*std::move(key));
  }
  store_keys(sort, &TableUse::order_by);

  std::vector<const Node*> grouped;
  for (const Node* node : list(select.group_clause, select.n_group_clause)) grouped.push_back(node);
  const auto distinct = list(select.distinct_clause, select.n_distinct_clause);
  if (grouped.empty() && !distinct.empty()) {
    const bool plain = distinct.front()->node_case == PG_QUERY__NODE__NODE__NOT_SET;
    if (plain) {
      for (const Node* target : list(select.target_list, select.n_target_list)) {
        grouped.push_back(target_of(target) != nullptr ? target_of(target)->val : nullptr);
      }
    } else {
      grouped.assign(distinct.begin(), distinct.end());
    }
  }
  std::vector<Key> groups;
  for (const Node* node : grouped) {
    auto key = key_of(node, select, scope, false);
    if (!key) return;
    groups.push_back(*std::move(key));
  }
  store_keys(groups, &TableUse::group_by);
}

void ShapeBuilder::top_level(const PgQuery__SelectStmt& select) {
  const Node* limit = select.limit_count;
  const bool limit_is_null =
      limit != nullptr && limit->node_case == PG_QUERY__NODE__NODE_A_CONST && limit->a_const->isnull != 0;
  shape_.limited = limit != nullptr && !limit_is_null;
  shape_.aggregates = select.n_group_clause > 0 || select.having_clause != nullptr;
  for (const Node* target : list(select.target_list, select.n_target_list)) {
    for_each_message(target->base, [this](const Message& message) {
      if (message.descriptor == &pg_query__sub_link__descriptor) return false;
      if (const auto* call = as<PgQuery__FuncCall>(message, pg_query__func_call__descriptor)) {
        shape_.aggregates |= is_aggregate(*call);
        shape_.set_returning |= returns_set(last_name(call->funcname, call->n_funcname));
      }
      return true;
    });
  }
}

}  // namespace pgsextant::sql
