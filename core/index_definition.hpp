#pragma once
// An index as a value: existing, hypothetical or recommended.

#include <string>
#include <string_view>
#include <vector>

namespace pgsextant {

/// One key. Exactly one of `column` and `expression` is set.
struct IndexKey {
  std::string column;      ///< as in the catalog, unquoted
  std::string expression;  ///< SQL text, without the outer parentheses
  bool descending = false;
  bool nulls_first = false;    ///< as pg_index.indoption has it: a plain DESC has true here
  std::string operator_class;  ///< SQL text ("gin_trgm_ops"); empty: the default of the type
  bool operator==(const IndexKey&) const = default;
};

struct IndexDefinition {
  std::string schema, table;  ///< unquoted
  std::string method = "btree";
  std::vector<IndexKey> keys;
  std::vector<std::string> include;
  std::string predicate;  ///< SQL text of a partial index's WHERE; empty: whole table
  bool unique = false;
  bool operator==(const IndexDefinition&) const = default;
};

/// PostgreSQL's quote_ident(): quotes unless it is a plain lower-case identifier and no reserved word.
std::string quote_identifier(std::string_view name);
/// PostgreSQL's quote_literal(): E'…' when there is a backslash.
std::string quote_literal(std::string_view text);

/// "orders (customer_id, created_at DESC) WHERE …": what a person calls the index by; stable, without a name. The
/// schema is left out when it is public, the method when it is btree.
std::string describe(const IndexDefinition& index);

/// CREATE INDEX as to be run, in the words of pg_get_indexdef() and like it without a semicolon. `concurrently` for a
/// person; hypopg and the twin want it without. An empty name is left out.
std::string create_statement(const IndexDefinition& index, std::string_view name, bool concurrently);

/// A name in PostgreSQL's own style (table_col_col_idx), at most 63 bytes without cutting a UTF-8 character.
std::string suggested_name(const IndexDefinition& index);

}  // namespace pgsextant
