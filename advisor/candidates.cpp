#include "advisor/candidates.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "advisor/index_relations.hpp"
#include "advisor/schema_names.hpp"
#include "sql/scan.hpp"

namespace pgsextant::advisor {
namespace {

using Keys = std::vector<IndexKey>;

/// A condition that matches at least this share of the rows is not worth a partial index.
constexpr double selective = 0.30;
constexpr std::size_t most_per_table = 40;

IndexKey key_on(std::string column, std::string expression = {}) {
  IndexKey key;
  key.column = std::move(column);
  key.expression = std::move(expression);
  return key;
}

IndexKey key_on(const sql::SortKey& sort) {
  IndexKey key = key_on(sort.column, sort.expression);
  key.descending = sort.descending;
  key.nulls_first = sort.nulls_first;
  return key;
}

bool same_value(const IndexKey& a, const IndexKey& b) { return a.column == b.column && a.expression == b.expression; }

bool holds(const Keys& keys, const IndexKey& key) {
  return std::ranges::any_of(keys, [&](const IndexKey& other) { return same_value(other, key); });
}

void add_once(Keys& keys, IndexKey key) {
  if (!holds(keys, key)) keys.push_back(std::move(key));
}

/// The candidates of one use of one table.
class TableCandidates {
 public:
  TableCandidates(const sql::TableUse& use, const Table& table, const DatabaseSchema& schema, int width)
      : use_(use), table_(table), schema_(schema), width_(static_cast<std::size_t>(std::max(width, 1))) {}

  std::vector<Candidate> collect() {
    ordered(std::nullopt);
    for (const sql::Predicate& predicate : use_.predicates) {
      if (is_selective_constant(predicate)) ordered(predicate);
    }
    for (const sql::Predicate& predicate : use_.predicates) inverted(predicate);
    return std::move(found_);
  }

 private:
  /// B-trees: equality keys, then what puts rows in order or bounds them.
  void ordered(const std::optional<sql::Predicate>& partial) {
    const Keys equal = equality_keys(partial);
    std::vector<Keys> tails{{}};
    tails.push_back(sort_keys(use_.order_by, equal));
    for (IndexKey& key : range_keys(partial)) tails.push_back({std::move(key)});
    tails.push_back(sort_keys(use_.group_by, equal));

    std::vector<Keys> heads = prefixes(equal);
    for (const sql::JoinKey& join : use_.joins) {
      const IndexKey key = key_on(join.column);
      if (!is_sortable(join.column) || holds(equal, key)) continue;
      heads.push_back({key});
      for (const Keys& head : prefixes(equal)) {
        if (head.empty()) continue;
        Keys joined = head;
        joined.push_back(key);
        heads.push_back(joined);
        std::ranges::rotate(joined, joined.end() - 1);
        heads.push_back(std::move(joined));
      }
    }
    for (const Keys& head : heads) {
      for (const Keys& tail : tails) {
        Keys keys = head;
        for (const IndexKey& key : tail) add_once(keys, key);
        if (keys.size() > width_) keys.resize(width_);
        if (head.empty()) read_forward(keys);
        add("btree", std::move(keys), partial);
      }
    }
    // Nothing else is compared or sorted: the condition alone finds the rows, whatever the key.
    if (partial) add("btree", primary_key(), partial);
  }

  /// A B-tree is read both ways: where every key descends, the plain index does as well.
  static void read_forward(Keys& keys) {
    const bool all_descend = std::ranges::all_of(keys, [](const IndexKey& k) { return k.descending && k.nulls_first; });
    if (!all_descend) return;
    for (IndexKey& key : keys) key.descending = key.nulls_first = false;
  }

  /// Every leading part of the keys, also with the first two swapped, so that statements can share an index.
  [[nodiscard]] std::vector<Keys> prefixes(const Keys& keys) const {
    std::vector<Keys> all{{}};
    for (std::size_t n = 1; n <= std::min(keys.size(), width_); ++n) {
      all.emplace_back(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(n));
    }
    if (keys.size() >= 2 && width_ >= 2) {
      all.push_back({keys[1]});
      all.push_back({keys[1], keys[0]});
    }
    return all;
  }

  [[nodiscard]] Keys equality_keys(const std::optional<sql::Predicate>& partial) const {
    Keys keys;
    for (const sql::Predicate& predicate : use_.predicates) {
      if (predicate.kind != sql::PredicateKind::equality || is_same(predicate, partial)) continue;
      if (auto key = usable_key(predicate)) add_once(keys, *std::move(key));
    }
    std::ranges::stable_sort(keys, std::ranges::greater{},
                             [this](const IndexKey& key) { return distinct_values(table_, key.column); });
    return keys;
  }

  [[nodiscard]] Keys range_keys(const std::optional<sql::Predicate>& partial) const {
    Keys keys;
    for (const sql::Predicate& predicate : use_.predicates) {
      if (predicate.kind != sql::PredicateKind::range || is_same(predicate, partial)) continue;
      if (auto key = usable_key(predicate)) add_once(keys, *std::move(key));
    }
    return keys;
  }

  /// Columns that an equality holds constant need no place in the order.
  [[nodiscard]] Keys sort_keys(const std::vector<sql::SortKey>& sort, const Keys& constant) const {
    Keys keys;
    for (const sql::SortKey& item : sort) {
      IndexKey key = key_on(item);
      if (!item.column.empty() && !is_sortable(item.column)) return {};
      if (!holds(constant, key)) add_once(keys, std::move(key));
    }
    return keys;
  }

  [[nodiscard]] Keys primary_key() const {
    for (const Index* index : schema_.indexes_of(table_.oid)) {
      if (index->primary && !index->definition.keys.empty()) return {index->definition.keys.front()};
    }
    return {};
  }

  [[nodiscard]] std::optional<IndexKey> usable_key(const sql::Predicate& predicate) const {
    if (!predicate.column.empty()) {
      if (!is_sortable(predicate.column)) return std::nullopt;
      return key_on(predicate.column);
    }
    if (!predicate.immutable) return std::nullopt;
    return key_on("", predicate.expression);
  }

  static bool is_same(const sql::Predicate& predicate, const std::optional<sql::Predicate>& partial) {
    return partial && predicate.column == partial->column && predicate.expression == partial->expression;
  }

  /// Has a default B-tree operator class whose entries fit on a page.
  [[nodiscard]] bool is_sortable(std::string_view name) const {
    static constexpr std::array<std::string_view, 14> unsortable{"json",     "jsonb",   "xml",  "point",   "line",
                                                                 "lseg",     "box",     "path", "polygon", "circle",
                                                                 "tsvector", "tsquery", "xid",  "cid"};
    constexpr std::int32_t widest = 1'000;
    const Column* column = table_.column(name);
    if (column == nullptr || column->type.ends_with("[]")) return false;
    if (std::ranges::find(unsortable, column->type) != unsortable.end()) return false;
    return !column->statistics || column->statistics->average_width <= widest;
  }

  /// The share of rows that a constant condition may match, from the statistics; empty when they do not say.
  [[nodiscard]] std::optional<double> matched(const sql::Predicate& predicate) const {
    const Column* column = table_.column(predicate.column);
    if (column == nullptr || !column->statistics) return std::nullopt;
    const ColumnStatistics& statistics = *column->statistics;
    switch (predicate.kind) {
      case sql::PredicateKind::is_null: return statistics.null_fraction;
      case sql::PredicateKind::is_not_null: return 1 - statistics.null_fraction;
      case sql::PredicateKind::boolean:  // which of the two is the common one is not known: the planner will tell
        if (!statistics.top_frequency) return std::nullopt;
        return 1 - statistics.null_fraction - *statistics.top_frequency;
      case sql::PredicateKind::equality: {
        const double distinct = distinct_values(table_, predicate.column);
        return distinct > 0 ? std::optional(1 / distinct) : std::nullopt;
      }
      default: return std::nullopt;
    }
  }

  [[nodiscard]] bool is_selective_constant(const sql::Predicate& predicate) const {
    if (predicate.constant_sql.empty()) return false;
    // t.x IS NULL behind a LEFT JOIN asks for rows without a partner, not for rows with a null.
    if (use_.outer_nullable && predicate.kind == sql::PredicateKind::is_null) return false;
    const auto share = matched(predicate);
    return share && *share < selective;
  }

  /// GIN and GiST, for operators that no B-tree answers.
  void inverted(const sql::Predicate& predicate) {
    const Column* column = table_.column(predicate.column);
    if (column == nullptr) return;
    const bool contains = predicate.kind == sql::PredicateKind::contains;
    const bool overlaps = predicate.kind == sql::PredicateKind::overlaps;
    IndexKey key = key_on(column->name);
    if (column->type == "jsonb" && contains) {
      key.operator_class = "jsonb_path_ops";
      add("gin", {std::move(key)}, std::nullopt);
    } else if ((column->type == "jsonb" && predicate.kind == sql::PredicateKind::has_key) ||
               (column->type.ends_with("[]") && (contains || overlaps)) ||
               (column->type == "tsvector" && predicate.kind == sql::PredicateKind::full_text)) {
      add("gin", {std::move(key)}, std::nullopt);
    } else if (column->type.ends_with("range") && (contains || overlaps)) {
      add("gist", {std::move(key)}, std::nullopt);
    }
  }

  void add_columns_in(std::string_view expression, std::vector<std::string>& columns) const {
    sql::Scanner scanner(expression);
    sql::Token token;
    while (scanner.next(token)) {
      for (const Column& column : table_.columns) {
        if (token.text == column.name || token.text == quote_identifier(column.name)) columns.push_back(column.name);
      }
    }
  }

  void add(std::string method, Keys keys, const std::optional<sql::Predicate>& partial) {
    if (keys.empty() || found_.size() >= most_per_table) return;
    Candidate candidate;
    candidate.table = table_.oid;
    candidate.index.schema = table_.schema;
    candidate.index.table = table_.name;
    candidate.index.method = std::move(method);
    candidate.index.keys = std::move(keys);
    if (partial) {
      candidate.index.predicate = partial->constant_sql;
      candidate.columns.push_back(partial->column);
    }
    const bool known = std::ranges::any_of(found_, [&](const Candidate& c) { return c.index == candidate.index; });
    if (known || is_served(schema_, table_.oid, candidate.index)) return;
    for (const IndexKey& key : candidate.index.keys) {
      if (key.expression.empty()) {
        candidate.columns.push_back(key.column);
      } else {
        add_columns_in(key.expression, candidate.columns);
      }
    }
    found_.push_back(std::move(candidate));
  }

  const sql::TableUse& use_;
  const Table& table_;
  const DatabaseSchema& schema_;
  std::size_t width_;
  std::vector<Candidate> found_;
};

}  // namespace

std::vector<Candidate> candidates_of(const sql::Shape& shape, const DatabaseSchema& schema,
                                     const AdviceLimits& limits) {
  std::vector<Candidate> all;
  for (const sql::TableUse& use : shape.tables) {
    const Table* table = schema.table(use.schema, use.table);
    const bool ordinary = table != nullptr && (table->kind == 'r' || table->kind == 'm') && table->persistence != 't';
    if (!ordinary || is_small(*table)) continue;
    for (Candidate& candidate : TableCandidates(use, *table, schema, limits.index_width).collect()) {
      const bool known = std::ranges::any_of(all, [&](const Candidate& c) { return c.index == candidate.index; });
      if (!known) all.push_back(std::move(candidate));
    }
  }
  return all;
}

}  // namespace pgsextant::advisor
