#pragma once
// How indexes stand to each other.

#include "core/index_definition.hpp"
#include "core/model/schema.hpp"

namespace pgsextant::advisor {

/// `wide` answers whatever `narrow` answers: same table, method and predicate, and narrow's keys are wide's first keys
/// (B-tree; directions equal, or all reversed, since a B-tree is read both ways) or exactly wide's keys (other
/// methods).
bool leads_with(const IndexDefinition& wide, const IndexDefinition& narrow);

/// The same index twice, its INCLUDE columns too; uniqueness aside.
bool same_index(const IndexDefinition& a, const IndexDefinition& b);

/// A valid index of the table that makes the candidate needless.
bool is_served(const DatabaseSchema& schema, Oid table, const IndexDefinition& candidate);

}  // namespace pgsextant::advisor
