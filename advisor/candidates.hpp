#pragma once
// Which indexes could serve a statement. Candidates are only proposals: the CostModel judges them.

#include <string>
#include <vector>

#include "advisor/recommender.hpp"
#include "core/index_definition.hpp"
#include "core/model/schema.hpp"
#include "sql/shape.hpp"

namespace pgsextant::advisor {

struct Candidate {
  Oid table;
  IndexDefinition index;
  std::vector<std::string> columns;  ///< every column that its keys and its predicate name: updates of them maintain it
};

/// Of each base table that the statement reads and that is worth an index: equality columns, most selective first, then
/// sort keys, a range column or group keys; joins as equality; partial variants for selective constant conditions; GIN
/// and GiST for the operators that need them; expressions that are known to be immutable. At most `index_width` keys.
/// None that an existing valid index already leads with, none on small, temporary or partitioned tables (CREATE INDEX
/// CONCURRENTLY does not work there).
std::vector<Candidate> candidates_of(const sql::Shape& shape, const DatabaseSchema& schema, const AdviceLimits& limits);

}  // namespace pgsextant::advisor
