#pragma once
// Where in a plan an index that does not exist could be used.

#include <vector>

#include "core/index_definition.hpp"
#include "core/model/schema.hpp"
#include "core/plan.hpp"
#include "sql/shape.hpp"
#include "twin/plan_rewrite.hpp"
#include "twin/planner_cost.hpp"

namespace pgsextant::twin {

/// An index on offer, with its table and size.
struct OfferedIndex {
  std::size_t position = 0;  ///< in WhatIf::create
  const IndexDefinition* definition = nullptr;
  const Table* table = nullptr;
  RelationSize size;
};

struct ScanContext {
  const sql::Shape& shape;
  const DatabaseSchema& schema;
  const PlannerCosts& costs;
  const std::vector<OfferedIndex>& indexes;
};

/// Every use of an offered index that this model knows: in place of a scan of a plain table (Seq Scan, Index Scan,
/// Bitmap Heap Scan), together with the Sort above it that becomes needless, or without the Gather above it; and as the
/// inner side of a Nested Loop in place of a Hash Join or of a Nested Loop over a whole table. Merge Joins are left
/// alone: their order may be needed above. Partitioned tables are not judged (their partitions have other names), nor
/// are Index Only Scans (the visibility map is not known).
std::vector<PlanRewrite> scan_choices(Plan& plan, const ScanContext& context);

}  // namespace pgsextant::twin
