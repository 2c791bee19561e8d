#include "twin/index_match.hpp"

#include <algorithm>

#include "twin/selectivity.hpp"

namespace pgsextant::twin {
namespace {

using sql::Predicate;
using sql::PredicateKind;

bool is_equality(PredicateKind kind) {
  return kind == PredicateKind::equality || kind == PredicateKind::is_null || kind == PredicateKind::boolean;
}

bool is_bound(PredicateKind kind) { return kind == PredicateKind::range || kind == PredicateKind::is_not_null; }

bool same_key(const IndexKey& key, const Predicate& predicate) {
  return key.column.empty() ? !predicate.expression.empty() && key.expression == predicate.expression
                            : key.column == predicate.column;
}

bool serves_gin(const IndexKey& key, PredicateKind kind) {
  switch (kind) {
    case PredicateKind::text_match: return key.operator_class.find("trgm") != std::string::npos;
    case PredicateKind::has_key: return key.operator_class != "jsonb_path_ops";
    case PredicateKind::contains:
    case PredicateKind::overlaps:
    case PredicateKind::full_text: return true;
    default: return false;
  }
}

/// The conditions of one reference that a scan may use, joins with known tables turned into equalities.
std::vector<Predicate> conditions_of(const sql::TableUse& use, const std::set<int>& known_tables) {
  auto conditions = use.predicates;
  for (const auto& join : use.joins) {
    if (!known_tables.contains(join.other_table)) continue;
    Predicate equality;
    equality.kind = PredicateKind::equality;
    equality.column = join.column;
    equality.operator_name = "=";
    equality.parameter = true;
    conditions.push_back(std::move(equality));
  }
  return conditions;
}

bool predicate_implied(const IndexDefinition& index, const sql::TableUse& use) {
  return index.predicate.empty() || std::any_of(use.predicates.begin(), use.predicates.end(), [&](const auto& found) {
           return found.constant_sql == index.predicate;
         });
}

class Matcher {
 public:
  Matcher(const IndexDefinition& index, const Table& table, const std::vector<Predicate>& conditions)
      : index_(index), table_(table), conditions_(conditions) {
    // Every row of a partial index fulfils its predicate: nothing is left to check, and there are fewer rows.
    for (const auto& condition : conditions_) {
      if (index_.predicate.empty() || condition.constant_sql != index_.predicate) continue;
      implied_.push_back(&condition);
    }
  }

  IndexMatch btree() {
    bool bounding = true;
    bool fixed = true;
    for (const auto& key : index_.keys) {
      bool equal = false;
      bool found = false;
      for (const auto& condition : conditions_) {
        // Another operator class orders differently: only equality is common to all of them.
        const bool serves = is_equality(condition.kind) || (is_bound(condition.kind) && key.operator_class.empty());
        if (!serves || !same_key(key, condition)) continue;
        found = true;
        equal = equal || is_equality(condition.kind);
        served_.push_back(&condition);
        if (bounding) bounding_.push_back(&condition);
      }
      fixed = fixed && equal;
      if (fixed) ++match_.fixed_keys;
      bounding = bounding && equal;
      // A condition behind a key without one is an index condition, but bounds nothing.
      if (!found && &key == &index_.keys.front()) return finish(false);
    }
    return finish(true);
  }

  IndexMatch gin() {
    for (const auto& key : index_.keys) {
      for (const auto& condition : conditions_) {
        if (!serves_gin(key, condition.kind) || !same_key(key, condition)) continue;
        served_.push_back(&condition);
        bounding_.push_back(&condition);
      }
    }
    return finish(true);
  }

 private:
  IndexMatch finish(bool usable) {
    if (!usable) {
      served_.clear();
      bounding_.clear();
      match_.fixed_keys = 0;
    }
    match_.conditions = static_cast<int>(served_.size());
    for (auto* list : {&served_, &bounding_}) list->insert(list->end(), implied_.begin(), implied_.end());
    match_.selectivity = combined_selectivity(served_, table_);
    match_.boundary_selectivity = combined_selectivity(bounding_, table_);
    match_.filters = static_cast<int>(conditions_.size() - std::min(conditions_.size(), served_.size()));
    match_.all_served = match_.filters == 0;
    return match_;
  }

  const IndexDefinition& index_;
  const Table& table_;
  const std::vector<Predicate>& conditions_;
  std::vector<const Predicate*> served_, bounding_, implied_;
  IndexMatch match_;
};

/// Takes `suffix` off the end.
bool take(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

std::string without_table(std::string_view text) {
  // Only of a plain column: "orders.created_at", "o_1.\"When\"".
  const auto dot = text.find('.');
  if (dot == std::string_view::npos || text.find('(') != std::string_view::npos) return std::string(text);
  return std::string(text.substr(dot + 1));
}

std::string printed_key(const IndexKey& key) {
  return key.column.empty() ? key.expression : quote_identifier(key.column);
}

}  // namespace

std::optional<IndexMatch> match_index(const IndexDefinition& index, const Table& table, const sql::TableUse& use,
                                      const std::set<int>& known_tables) {
  if (index.keys.empty() || !predicate_implied(index, use)) return std::nullopt;
  const auto conditions = conditions_of(use, known_tables);
  Matcher matcher(index, table, conditions);
  if (index.method == "btree") return matcher.btree();
  if (index.method == "gin") return matcher.gin();
  return std::nullopt;
}

PrintedSortKey read_sort_key(std::string_view printed) {
  PrintedSortKey key;
  const bool first = take(printed, " NULLS FIRST");
  const bool last = !first && take(printed, " NULLS LAST");
  key.descending = take(printed, " DESC");
  key.nulls_first = first || (key.descending && !last);
  while (printed.starts_with('(') && printed.ends_with(')')) printed = printed.substr(1, printed.size() - 2);
  key.text = without_table(printed);
  return key;
}

bool delivers_order(const IndexDefinition& index, const IndexMatch& match, const std::vector<PrintedSortKey>& keys) {
  if (index.method != "btree" || keys.empty()) return false;
  std::size_t at = 0;
  std::optional<bool> backward;
  for (const auto& wanted : keys) {
    const auto same = [&](const IndexKey& key) { return printed_key(key) == wanted.text; };
    // A key fixed to one value needs no place in the order.
    const auto fixed_end = index.keys.begin() + static_cast<std::ptrdiff_t>(match.fixed_keys);
    if (std::any_of(index.keys.begin(), fixed_end, same)) continue;
    at = std::max(at, match.fixed_keys);
    if (at >= index.keys.size() || !same(index.keys[at]) || !index.keys[at].operator_class.empty()) return false;
    const auto& key = index.keys[at++];
    const bool flipped = key.descending != wanted.descending;
    if (flipped != (key.nulls_first != wanted.nulls_first) || backward.value_or(flipped) != flipped) return false;
    backward = flipped;
  }
  return true;
}

}  // namespace pgsextant::twin
