// Detects: an index that equals another one of its table in everything but the name.
//
// Leaves out: invalid indexes (invalid_index has them); indexes that differ in operator class, order, predicate or
// included columns; an index that is the beginning of a longer one (redundant_index).
//
// Threshold: none; the second index never pays. Which of the two to drop follows from what hangs on them, then from
// age, and never from how often they are scanned: that changes with every new index and would rename the finding.
#include <algorithm>
#include <tuple>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

bool same(const Index& a, const Index& b) {
  IndexDefinition left = a.definition, right = b.definition;
  left.unique = right.unique = false;
  return left == right;
}

/// Of two equal indexes the greater one stays.
auto worth(const Index& index) {
  return std::tuple(index.primary, index.replica_identity, index.constraint, index.unique, ~index.oid.value);
}

Finding finding_of(const DatabaseFacts& database, const Table& table, const Index& kept, const Index& dropped) {
  Finding finding;
  const auto size = static_cast<double>(dropped.pages.to_bytes().value);
  finding.object = {"index", database.schema.name, qualified_index_name(table, dropped)};
  finding.title =
      "Index " + dropped.name + " duplicates " + kept.name + " and takes " + format_value(size, Unit::bytes);
  finding.why = "Both are on " + describe(kept.definition) +
                ". Every insert and every update of these columns maintains both, and queries need one.";
  if (dropped.constraint) {
    finding.remedy =
        "Drop the constraint that owns it, unless foreign keys refer to it: " + kept.name + " says the same.";
    finding.remedy_sql =
        "ALTER TABLE " + table.qualified_name() + " DROP CONSTRAINT " + quote_identifier(dropped.name) + ";";
  } else {
    finding.remedy = "Drop it; " + kept.name + " serves the same queries.";
    finding.remedy_sql = "DROP INDEX CONCURRENTLY " + qualified_index_name(table, dropped) + ";";
  }
  finding.evidence = {{"size", size, Unit::bytes}};
  if (const auto* counters = database.index_counters(dropped.oid)) {
    finding.evidence.push_back({"scans of it", static_cast<double>(counters->scans), Unit::count});
  }
  if (const auto* counters = database.index_counters(kept.oid)) {
    finding.evidence.push_back({"scans of the other", static_cast<double>(counters->scans), Unit::count});
  }
  return finding;
}

}  // namespace

std::vector<Finding> duplicate_index(const Facts& facts) {
  std::vector<Finding> findings;
  for (const DatabaseFacts& database : databases(facts.now)) {
    for (const Index& index : database.schema.indexes) {
      const Table* const table = database.schema.table(index.table);
      if (table == nullptr || !index.valid || index.definition.keys.empty()) continue;
      const Index* kept = nullptr;
      for (const Index* other : database.schema.indexes_of(index.table)) {
        if (other->oid == index.oid || !other->valid || !same(*other, index) || worth(*other) < worth(index)) continue;
        if (kept == nullptr || worth(*kept) < worth(*other)) kept = other;
      }
      if (kept != nullptr) findings.push_back(finding_of(database, *table, *kept, index));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
