#pragma once
// Which reference of a statement a plan's node reads.

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "core/model/schema.hpp"
#include "core/plan.hpp"
#include "sql/shape.hpp"

namespace pgsextant::twin {

/// Seq Scan, Index Scan, Bitmap Heap Scan of a table: what an index could replace.
bool is_plain_scan(const PlanNode& node);

/// Position in Shape::tables. EXPLAIN calls a second reference of the same name "orders_1".
std::optional<std::size_t> table_use_of(const PlanNode& node, const sql::Shape& shape);

/// Positions of the references read anywhere below (and in) the node.
std::set<int> tables_below(const PlanNode& node, const sql::Shape& shape);

/// Of the tables that `use` is joined with, those outside the correlated sub-plan that the scan is part of: their
/// columns are parameters of the sub-plan. Empty outside of sub-plans and in hashed ones, which run once.
std::set<int> outer_tables_of_subplan(const std::vector<PlanNode*>& ancestors, const PlanNode& scan,
                                      const sql::TableUse& use, const sql::Shape& shape);

const Table* table_of(const sql::TableUse& use, const DatabaseSchema& schema);

}  // namespace pgsextant::twin
