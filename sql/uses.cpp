#include "sql/uses.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace pgsextant::sql {
namespace {

/// Immutable whatever the types of their arguments. A function that is not here may depend on settings or time, and
/// PostgreSQL refuses it in an index: date_trunc and to_char on timestamptz, now(), unaccent, …
bool is_immutable_function(std::string_view name) {
  static constexpr std::array<std::string_view, 24> names{
      "abs",    "btrim",   "ceil",    "char_length", "decode", "encode",     "floor",  "initcap",
      "left",   "length",  "lower",   "lpad",        "ltrim",  "md5",        "mod",    "octet_length",
      "repeat", "replace", "reverse", "right",       "rtrim",  "split_part", "substr", "upper"};
  return std::ranges::find(names, name) != names.end();
}

/// Operators whose result depends on nothing but their arguments for every type that has them. Arithmetic is not here:
/// timestamptz + interval depends on the time zone.
bool is_immutable_operator(std::string_view name) {
  static constexpr std::array<std::string_view, 12> names{
      "=", "<>", "<", "<=", ">", ">=", "->", "->>", "#>", "#>>", "@>", "&&"};
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

Uses uses_of(const Node& node, const Scope& scope, const Subqueries& subqueries) {
  Uses uses;
  for_each_message(node.base, [&](const Message& message) {
    if (const auto* column = as<PgQuery__ColumnRef>(message, pg_query__column_ref__descriptor)) {
      const auto resolution = scope.resolve(*column);
      switch (resolution.found) {
        case Found::base_column: uses.tables.insert(resolution.at.table); break;
        case Found::derived: uses.derived = true; break;
        case Found::whole_row:
        case Found::nothing: uses.unknown = true; break;
      }
      return false;
    }
    if (const auto* sublink = as<PgQuery__SubLink>(message, pg_query__sub_link__descriptor)) {
      uses.subquery = true;
      if (const auto known = subqueries.find(sublink); known != subqueries.end()) {
        uses.tables.insert(known->second.outer_tables.begin(), known->second.outer_tables.end());
      }
      if (sublink->testexpr != nullptr) uses.add(uses_of(*sublink->testexpr, scope, subqueries));
      return false;
    }
    if (const auto* call = as<PgQuery__FuncCall>(message, pg_query__func_call__descriptor)) {
      uses.immutable &= is_immutable_function(last_name(call->funcname, call->n_funcname));
    } else if (const auto* expression = as<PgQuery__AExpr>(message, pg_query__a__expr__descriptor)) {
      uses.immutable &= is_immutable_operator(last_name(expression->name, expression->n_name));
    }
    uses.parameter |= message.descriptor == &pg_query__param_ref__descriptor;
    uses.immutable &= message.descriptor != &pg_query__sqlvalue_function__descriptor &&
                      message.descriptor != &pg_query__type_cast__descriptor;
    return true;
  });
  return uses;
}

}  // namespace pgsextant::sql
