#pragma once
// libpg_query's parse tree behind one wrapper: what differs between the grammars of 15 and 17 stays in tree.cpp.
// Everything here runs inside on_big_stack(), destructors included: the tree is as deep as the statement nests.

#include <pg_query.pb-c.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/outcome.hpp"

namespace pgsextant::sql {

using Node = PgQuery__Node;
using Message = ProtobufCMessage;

/// The statements of a text that passed check_bounds().
class Tree {
 public:
  /// Failure: PostgreSQL's own syntax error, with the position instead of the text near it.
  static Result<Tree> parse(std::string_view text);

  [[nodiscard]] std::size_t size() const { return result_->n_stmts; }
  [[nodiscard]] const Node& statement(std::size_t i = 0) const { return *result_->stmts[i]->stmt; }
  [[nodiscard]] const Message& message() const { return result_->base; }
  /// The whole text again, in libpg_query's formatting.
  [[nodiscard]] Result<std::string> deparse() const;

 private:
  struct Free {
    void operator()(PgQuery__ParseResult* result) const { pg_query__parse_result__free_unpacked(result, nullptr); }
  };
  explicit Tree(PgQuery__ParseResult* result) : result_(result) {}
  std::unique_ptr<PgQuery__ParseResult, Free> result_;
};

/// Visits every message below and including `root`, parents first; `visit` says whether to go below it.
void for_each_message(const Message& root, const std::function<bool(const Message&)>& visit);

/// The message as T when it is one, else null: as<PgQuery__ColumnRef>(m, pg_query__column_ref__descriptor).
template <class T>
const T* as(const Message& message, const ProtobufCMessageDescriptor& descriptor) {
  return message.descriptor == &descriptor ? reinterpret_cast<const T*>(&message) : nullptr;
}

inline std::span<Node* const> list(Node** nodes, std::size_t n) { return {nodes, n}; }

/// The value of a String node; empty for any other.
std::string_view string_of(const Node* node);
/// The last part of a qualified name (an operator's, a function's).
std::string_view last_name(Node** names, std::size_t n);

/// Turns extract($1 from x), which pg_stat_statements makes of extract(year from x) and PostgreSQL does not parse, into
/// a call of the function behind it, pg_catalog.extract($1, x).
void call_extract_as_function(const Tree& tree);

/// SQL of an expression with every column reference reduced to its column. Empty when it cannot be written.
std::string deparse_unqualified(const Node& expression);

}  // namespace pgsextant::sql
