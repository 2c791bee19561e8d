#pragma once
// A planner in miniature for tests: its arithmetic can be done by hand. It has state (a schema, statements it refuses,
// questions asked) and answers whatever it is asked, in any order.
//
// Reading a table of n rows: n/10 from end to end. Through an index: 5, plus 1 for each row that its keys select, one
// row at least.
// A condition selects 1/distinct (=), 5 % (range), the NULLs (IS NULL), the rarer value (boolean) or 1 % (GIN's
// operators). A B-tree uses equality on its first keys, then one range. A sort costs 0.2 a row unless the index gives
// the order, and then LIMIT reads only 10 rows. The second table of a join is looked up once for each row of the first
// (through an index on the join key) or read from end to end.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "advisor/cost_model.hpp"
#include "advisor/schema_names.hpp"
#include "core/model/schema.hpp"
#include "sql/shape.hpp"

namespace pgsextant::advisor {

class FakePlanner final : public CostModel {
 public:
  explicit FakePlanner(const DatabaseSchema& schema) : schema_(schema), resolver_(schema) {}

  Verification verified_by = Verification::hypopg;
  bool knows_gin = true;                       ///< hypopg does not
  std::map<std::string, std::string> refused;  ///< statement → why

  [[nodiscard]] std::string name() const override { return "the fake planner"; }
  [[nodiscard]] std::size_t planner_calls() const override { return calls_; }

  Result<Bytes> size(const IndexDefinition& index) override {
    const double rows = schema_.table(index.schema, index.table)->tuples;
    const double share = index.predicate.empty() ? 1 : 0.1;
    return Bytes{static_cast<std::int64_t>(rows * share * 16 * static_cast<double>(index.keys.size()))};
  }

  Result<CostAnswer> cost(std::string_view statement, const WhatIf& change) override {
    ++calls_;
    if (const auto why = refused.find(std::string(statement)); why != refused.end()) {
      return Failure{Outcome::invalid_input, why->second, ""};
    }
    for (const auto& index : change.create) {
      if (index.method == "gin" && !knows_gin) return Failure{Outcome::unsupported, "no GIN", ""};
    }
    const auto shape = sql::shape(statement, &resolver_);
    if (!shape) return shape.failure();
    CostAnswer answer;
    answer.verified_by = verified_by;
    double outer_rows = 1;
    for (const auto& use : shape->tables) {
      const Table* table = schema_.table(use.schema, use.table);
      if (table == nullptr) continue;
      const bool inner = &use != &shape->tables.front();
      const auto [cost, used] = best_path(*table, use, *shape, inner ? outer_rows : 1, inner, change);
      answer.total_cost += cost;
      if (used) answer.used.push_back(*used);
      double rows = table->tuples;
      for (const auto& p : distinct_conditions(use)) rows *= selectivity(*table, p);
      outer_rows = inner ? outer_rows : rows;
    }
    return answer;
  }

 private:
  struct Path {
    double cost = 0;
    std::optional<std::size_t> used;
  };

  /// Both ends of a range on one column are one condition.
  static std::vector<sql::Predicate> distinct_conditions(const sql::TableUse& use) {
    std::vector<sql::Predicate> conditions;
    for (const auto& p : use.predicates) {
      const auto same = [&](const sql::Predicate& q) {
        return q.kind == p.kind && q.column == p.column && q.expression == p.expression;
      };
      if (std::ranges::none_of(conditions, same)) conditions.push_back(p);
    }
    return conditions;
  }

  static double selectivity(const Table& table, const sql::Predicate& p) {
    const Column* column = table.column(p.column);
    const ColumnStatistics* statistics = column != nullptr && column->statistics ? &*column->statistics : nullptr;
    switch (p.kind) {
      case sql::PredicateKind::equality: {
        const double distinct = distinct_values(table, p.column);
        return distinct > 0 ? 1 / distinct : 0.005;
      }
      case sql::PredicateKind::range: return 0.05;
      case sql::PredicateKind::is_null: return statistics ? statistics->null_fraction : 0.005;
      case sql::PredicateKind::is_not_null: return statistics ? 1 - statistics->null_fraction : 0.995;
      case sql::PredicateKind::boolean: return statistics ? 1 - statistics->top_frequency.value_or(0.5) : 0.5;
      case sql::PredicateKind::contains:
      case sql::PredicateKind::overlaps:
      case sql::PredicateKind::has_key:
      case sql::PredicateKind::full_text: return 0.01;
      default: return 1;
    }
  }

  static const sql::Predicate* find(const std::vector<sql::Predicate>& conditions, const IndexKey& key,
                                    sql::PredicateKind kind) {
    const auto found = std::ranges::find_if(conditions, [&](const sql::Predicate& p) {
      return p.kind == kind && p.column == key.column && p.expression == key.expression;
    });
    return found == conditions.end() ? nullptr : &*found;
  }

  Path best_path(const Table& table, const sql::TableUse& use, const sql::Shape& shape, double loops, bool inner,
                 const WhatIf& change) const {
    const bool sorted = !use.order_by.empty();
    const auto conditions = distinct_conditions(use);
    double all = 1;
    for (const auto& p : conditions) all *= selectivity(table, p);
    Path best{table.tuples / 10 + (sorted ? 0.2 * all * table.tuples : 0), std::nullopt};
    const auto offer = [&](const IndexDefinition& index, std::optional<std::size_t> position) {
      const auto cost = index_path(table, use, conditions, all, shape.limited, loops, inner, index);
      if (cost && *cost < best.cost) best = {*cost, position};
    };
    for (const Index* index : schema_.indexes_of(table.oid)) {
      if (index->valid) offer(index->definition, std::nullopt);
    }
    for (std::size_t i = 0; i < change.create.size(); ++i) {
      const auto& index = change.create[i];
      if (index.schema == table.schema && index.table == table.name) offer(index, i);
    }
    return best;
  }

  std::optional<double> index_path(const Table& table, const sql::TableUse& use,
                                   const std::vector<sql::Predicate>& conditions, double all, bool limited,
                                   double loops, bool inner, const IndexDefinition& index) const {
    double selected = 1;
    if (!index.predicate.empty()) {
      const auto implied = std::ranges::find(conditions, index.predicate, &sql::Predicate::constant_sql);
      if (implied == conditions.end()) return std::nullopt;
      selected *= selectivity(table, *implied);
    }
    if (index.method == "gin" || index.method == "gist") {
      for (const auto kind : {sql::PredicateKind::contains, sql::PredicateKind::has_key, sql::PredicateKind::overlaps,
                              sql::PredicateKind::full_text}) {
        const auto* p = find(conditions, index.keys.front(), kind);
        const bool fits = index.keys.front().operator_class.empty() || kind == sql::PredicateKind::contains;
        if (p != nullptr && fits) return 5 + selectivity(table, *p) * table.tuples;
      }
      return std::nullopt;
    }
    std::size_t i = 0;
    bool looked_up = false;
    for (; i < index.keys.size(); ++i) {
      if (const auto* p = find(conditions, index.keys[i], sql::PredicateKind::equality)) {
        selected *= selectivity(table, *p);
      } else if (const auto* join = join_on(use, index.keys[i]); inner && join != nullptr) {
        const double distinct = distinct_values(table, join->column);
        selected *= distinct > 0 ? 1 / distinct : 0.005;
        looked_up = true;
      } else {
        break;
      }
    }
    const bool in_order = gives_order(index, i, use);
    bool ranged = false;
    if (i < index.keys.size()) {
      if (const auto* p = find(conditions, index.keys[i], sql::PredicateKind::range)) {
        selected *= selectivity(table, *p);
        ranged = true;
      }
    }
    const bool sorted = !use.order_by.empty();
    const bool useful = i > 0 || ranged || (sorted && in_order) || !index.predicate.empty();
    if (!useful) return std::nullopt;
    double fetched = std::max(1.0, selected * table.tuples);
    // The order is no use while LIMIT has to wait for a join to pass enough rows; this planner leaves that out.
    if (limited && sorted && in_order) fetched = std::min(fetched, 10 * selected / all);
    const double sort = sorted && !in_order ? 0.2 * all * table.tuples : 0;
    return (looked_up ? loops : 1) * (5 + fetched) + sort;
  }

  static const sql::JoinKey* join_on(const sql::TableUse& use, const IndexKey& key) {
    const auto found = std::ranges::find(use.joins, key.column, &sql::JoinKey::column);
    return key.column.empty() || found == use.joins.end() ? nullptr : &*found;
  }

  /// Columns that an equality holds constant are in any order.
  static bool gives_order(const IndexDefinition& index, std::size_t first, const sql::TableUse& use) {
    bool forward = true, backward = true;
    std::size_t i = first;
    for (const auto& sort : use.order_by) {
      const auto constant = [&](const sql::Predicate& p) {
        return p.kind == sql::PredicateKind::equality && p.column == sort.column && p.expression == sort.expression;
      };
      if (std::ranges::any_of(use.predicates, constant)) continue;
      if (i == index.keys.size()) return false;
      const auto& key = index.keys[i++];
      if (key.column != sort.column || key.expression != sort.expression) return false;
      forward &= key.descending == sort.descending && key.nulls_first == sort.nulls_first;
      backward &= key.descending != sort.descending && key.nulls_first != sort.nulls_first;
    }
    return forward || backward;
  }

  const DatabaseSchema& schema_;
  SchemaResolver resolver_;
  std::size_t calls_ = 0;
};

}  // namespace pgsextant::advisor
