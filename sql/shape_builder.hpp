#pragma once
// Walks a statement's query levels (sub-queries, CTEs, UNION arms) and fills a Shape.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sql/predicate.hpp"
#include "sql/scope.hpp"
#include "sql/shape.hpp"
#include "sql/tree.hpp"

namespace pgsextant::sql {

class ShapeBuilder {
 public:
  explicit ShapeBuilder(const ColumnResolver* resolver) : resolver_(resolver) {}
  Shape build(const Node& statement);

 private:
  using OutputsPtr = std::shared_ptr<const Outputs>;
  using Nodes = std::span<Node* const>;

  // query levels
  OutputsPtr query(const Node& node, const Scope* parent);
  OutputsPtr select(const PgQuery__SelectStmt& select, const Scope* parent);
  OutputsPtr set_operation(const PgQuery__SelectStmt& select, const Scope* parent);
  void insert(const PgQuery__InsertStmt& insert, const Scope* parent);
  void update(const PgQuery__UpdateStmt& update, const Scope* parent);
  void delete_from(const PgQuery__DeleteStmt& statement, const Scope* parent);
  void merge(const PgQuery__MergeStmt& merge, const Scope* parent);
  void with(const PgQuery__WithClause* with, Scope& scope);

  // FROM
  void from(Nodes items, Scope& scope, bool nullable = false);
  void from_item(const Node& item, Scope& scope, bool nullable);
  void join(const PgQuery__JoinExpr& join, Scope& scope, bool nullable);
  void join_using(const PgQuery__JoinExpr& join, Scope& scope, std::size_t left, std::size_t right);
  int base_table(const PgQuery__RangeVar& relation, Scope& scope, bool nullable, bool target);
  int target_table(const PgQuery__RangeVar* relation, Scope& scope);

  // expressions
  void read(const Node* node, const Scope& scope);
  void read(const Message& message, const Scope& scope);
  void read_all(Nodes nodes, const Scope& scope);
  void read_column(const Resolution& resolution);
  void read_star(const Scope& scope);
  void sublink(const PgQuery__SubLink& sublink, const Scope& scope);
  void assignments(Nodes targets, int target, const Scope& scope);
  void where(const Node* condition, const Scope& scope, int first_table);

  // what the top level asks
  OutputsPtr outputs_of(const PgQuery__SelectStmt& select, const Scope& scope);
  void sort_and_group(const PgQuery__SelectStmt& select, const Scope& scope);
  struct Key {
    int table = -1;
    SortKey key;
  };
  std::optional<Key> key_of(const Node* node, const PgQuery__SelectStmt& select, const Scope& scope, bool output_first);
  void store_keys(const std::vector<Key>& keys, std::vector<SortKey> TableUse::*where);
  void top_level(const PgQuery__SelectStmt& select);

  [[nodiscard]] int table_count() const { return static_cast<int>(shape_.tables.size()); }
  [[nodiscard]] TableUse& table(int i) { return shape_.tables[static_cast<std::size_t>(i)]; }

  const ColumnResolver* resolver_;
  Shape shape_;
  Subqueries subqueries_;
  struct OpenSubquery {
    int first_table = 0;
    std::set<int> outer_tables;
  };
  std::vector<OpenSubquery> open_;  ///< the sub-queries that are being walked, outermost first
};

/// The name of a result column, as PostgreSQL gives it where that is a column's own; empty otherwise.
std::string output_name(const PgQuery__ResTarget& target);

}  // namespace pgsextant::sql
