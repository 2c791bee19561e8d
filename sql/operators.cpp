#include "sql/operators.hpp"

#include <algorithm>
#include <array>

namespace pgsextant::sql {
namespace {

constexpr std::array<OperatorKind, 15> operator_kinds{{
    {"=", PredicateKind::equality, "="},
    {"<", PredicateKind::range, ">"},
    {"<=", PredicateKind::range, ">="},
    {">", PredicateKind::range, "<"},
    {">=", PredicateKind::range, "<="},
    {"@>", PredicateKind::contains, "<@"},
    {"<@", PredicateKind::other, "@>"},
    {"&&", PredicateKind::overlaps, "&&"},
    {"?", PredicateKind::has_key, ""},
    {"?|", PredicateKind::has_key, ""},
    {"?&", PredicateKind::has_key, ""},
    {"~~", PredicateKind::text_match, ""},
    {"~~*", PredicateKind::text_match, ""},
    {"@@", PredicateKind::full_text, "@@"},
    {"<>", PredicateKind::other, "<>"},
}};

}  // namespace

const OperatorKind* find_operator(std::string_view name) {
  const auto* const found = std::ranges::find(operator_kinds, name, &OperatorKind::name);
  return found == operator_kinds.end() ? nullptr : found;
}

PredicateKind kind_of(std::string_view name) {
  if (name == "~" || name == "~*") return PredicateKind::text_match;
  const auto* known = find_operator(name);
  return known == nullptr ? PredicateKind::other : known->kind;
}

}  // namespace pgsextant::sql
