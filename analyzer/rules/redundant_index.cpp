// Detects: a B-tree whose columns are the first columns of another B-tree of the same table, in the same order.
//
// Leaves out: unique and primary indexes, those behind constraints or the replica identity, for they do more than find
// rows; other methods than B-tree; different predicates, operator classes or sort orders; equal indexes
// (duplicate_index); invalid ones.
//
// Threshold: 1 MB, below which nobody gains. No more than information: the shorter index is smaller, and a table with
// few writes may well afford both.
#include <algorithm>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr std::int64_t least_bytes = 1 << 20;

bool begins(const Index& shorter, const Index& longer) {
  const IndexDefinition &s = shorter.definition, &l = longer.definition;
  if (s.method != "btree" || l.method != "btree" || s.predicate != l.predicate || s.keys.size() >= l.keys.size()) {
    return false;
  }
  if (!std::equal(s.keys.begin(), s.keys.end(), l.keys.begin())) return false;
  return std::ranges::all_of(s.include, [&](const std::string& column) {
    return std::ranges::find(l.include, column) != l.include.end() ||
           std::ranges::find(l.keys, column, &IndexKey::column) != l.keys.end();
  });
}

}  // namespace

std::vector<Finding> redundant_index(const Facts& facts) {
  std::vector<Finding> findings;
  for (const DatabaseFacts& database : databases(facts.now)) {
    for (const Index& index : database.schema.indexes) {
      const Table* const table = database.schema.table(index.table);
      const auto size = index.pages.to_bytes();
      if (table == nullptr || !index.valid || index.unique || index.primary || index.constraint ||
          index.replica_identity || size.value < least_bytes) {
        continue;
      }
      const Index* covering = nullptr;
      for (const Index* other : database.schema.indexes_of(index.table)) {
        if (!other->valid || !begins(index, *other)) continue;
        if (covering == nullptr || other->pages < covering->pages) covering = other;
      }
      if (covering == nullptr) continue;

      Finding finding;
      finding.severity = Severity::info;
      finding.object = {"index", database.schema.name, qualified_index_name(*table, index)};
      finding.title = "Index " + index.name + " takes " + format_value(static_cast<double>(size.value), Unit::bytes) +
                      " and is the beginning of " + covering->name;
      finding.why = "What " + describe(index.definition) + " finds, " + describe(covering->definition) +
                    " finds too. Every insert maintains both.";
      finding.remedy =
          "Drop it if the table is written often. The longer index is larger, so that reading it may take a "
          "few more pages.";
      finding.remedy_sql = "DROP INDEX CONCURRENTLY " + qualified_index_name(*table, index) + ";";
      finding.evidence = {{"size", static_cast<double>(size.value), Unit::bytes},
                          {"size of the other", static_cast<double>(covering->pages.to_bytes().value), Unit::bytes}};
      if (const auto* counters = database.index_counters(index.oid)) {
        finding.evidence.push_back({"scans of it", static_cast<double>(counters->scans), Unit::count});
      }
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
