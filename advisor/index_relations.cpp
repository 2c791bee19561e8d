#include "advisor/index_relations.hpp"

#include <algorithm>
#include <cstddef>

namespace pgsextant::advisor {
namespace {

bool same_value(const IndexKey& a, const IndexKey& b) {
  return a.column == b.column && a.expression == b.expression && a.operator_class == b.operator_class;
}

bool keys_lead(const std::vector<IndexKey>& wide, const std::vector<IndexKey>& narrow) {
  if (narrow.size() > wide.size()) return false;
  bool forward = true, backward = true;
  for (std::size_t i = 0; i < narrow.size(); ++i) {
    const IndexKey& a = wide[i];
    const IndexKey& b = narrow[i];
    if (!same_value(a, b)) return false;
    forward &= a.descending == b.descending && a.nulls_first == b.nulls_first;
    backward &= a.descending != b.descending && a.nulls_first != b.nulls_first;
  }
  return forward || backward;
}

bool same_place(const IndexDefinition& a, const IndexDefinition& b) {
  return a.schema == b.schema && a.table == b.table && a.method == b.method && a.predicate == b.predicate;
}

}  // namespace

bool leads_with(const IndexDefinition& wide, const IndexDefinition& narrow) {
  if (!same_place(wide, narrow) || narrow.keys.empty()) return false;
  const bool includes = std::ranges::all_of(narrow.include, [&](const std::string& column) {
    return std::ranges::find(wide.include, column) != wide.include.end() ||
           std::ranges::any_of(wide.keys, [&](const IndexKey& key) { return key.column == column; });
  });
  if (!includes) return false;
  return wide.method == "btree" ? keys_lead(wide.keys, narrow.keys) : wide.keys == narrow.keys;
}

bool same_index(const IndexDefinition& a, const IndexDefinition& b) {
  return same_place(a, b) && a.keys == b.keys && a.include == b.include;
}

bool is_served(const DatabaseSchema& schema, Oid table, const IndexDefinition& candidate) {
  return std::ranges::any_of(schema.indexes, [&](const Index& index) {
    return index.table == table && index.valid && leads_with(index.definition, candidate);
  });
}

}  // namespace pgsextant::advisor
