#include "sql/parse.hpp"

#include <pg_query.h>

#include <string>
#include <utility>

#include "sql/big_stack.hpp"
#include "sql/bounds.hpp"
#include "sql/scan.hpp"
#include "sql/single_statement.hpp"
#include "sql/tree.hpp"

namespace pgsextant::sql {
namespace {

StatementKind kind_of(const Node& statement) {
  switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT: return StatementKind::select;
    case PG_QUERY__NODE__NODE_INSERT_STMT: return StatementKind::insert;
    case PG_QUERY__NODE__NODE_UPDATE_STMT: return StatementKind::update;
    case PG_QUERY__NODE__NODE_DELETE_STMT: return StatementKind::delete_;
    case PG_QUERY__NODE__NODE_MERGE_STMT: return StatementKind::merge;
    default: return StatementKind::utility;
  }
}

StatementInfo describe(const Tree& tree) {
  StatementInfo info;
  info.kind = kind_of(tree.statement());
  info.writes = info.kind == StatementKind::utility &&
                tree.statement().node_case != PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT &&
                tree.statement().node_case != PG_QUERY__NODE__NODE_EXPLAIN_STMT;
  for_each_message(tree.message(), [&](const Message& message) {
    const auto* type = message.descriptor;
    info.locks_rows |= type == &pg_query__locking_clause__descriptor;
    info.writes |= type == &pg_query__insert_stmt__descriptor || type == &pg_query__update_stmt__descriptor ||
                   type == &pg_query__delete_stmt__descriptor || type == &pg_query__merge_stmt__descriptor ||
                   type == &pg_query__into_clause__descriptor;
    return true;
  });
  return info;
}

}  // namespace

std::optional<Failure> with_single_statement(std::string_view text,
                                             const std::function<std::optional<Failure>(const Tree&)>& use) {
  if (auto refused = check_bounds(text)) return refused;
  std::optional<Failure> failure;
  on_big_stack([&] {
    const auto tree = Tree::parse(text);
    if (!tree) {
      failure = tree.failure();
    } else if (tree->size() != 1) {
      failure =
          Failure{Outcome::invalid_input, "exactly one statement is expected, not " + std::to_string(tree->size()), ""};
    } else {
      failure = use(*tree);
    }
  });
  return failure;
}

Result<std::string> fingerprint(std::string_view text) {
  if (auto refused = check_bounds(text)) return *std::move(refused);
  std::string digits;
  on_big_stack([&] {
    const PgQueryFingerprintResult result = pg_query_fingerprint(std::string(text).c_str());
    if (result.error == nullptr && result.fingerprint_str != nullptr) digits = result.fingerprint_str;
    pg_query_free_fingerprint_result(result);
  });
  if (digits.empty()) return Failure{Outcome::invalid_input, "not valid SQL", ""};
  return digits;
}

Result<StatementInfo> inspect(std::string_view text) {
  StatementInfo info;
  if (auto failure = with_single_statement(text, [&](const Tree& tree) {
        info = describe(tree);
        return std::nullopt;
      })) {
    return *std::move(failure);
  }
  info.parameters = static_cast<int>(highest_parameter(text));
  return info;
}

Result<std::string> plannable(std::string_view text) {
  std::string written;
  if (auto failure = with_single_statement(text, [&](const Tree& tree) -> std::optional<Failure> {
        call_extract_as_function(tree);
        auto result = tree.deparse();
        if (!result) return result.failure();
        written = *std::move(result);
        return std::nullopt;
      })) {
    return *std::move(failure);
  }
  return written;
}

}  // namespace pgsextant::sql
