#pragma once
// PostgreSQL's own formulas for what reading a table through an index costs (src/backend/optimizer/path/costsize.c and
// src/backend/utils/adt/selfuncs.c of version 15; the function is named at each one). Pure arithmetic.

#include "core/model/settings.hpp"

namespace pgsextant::twin {

/// The planner's cost settings, PostgreSQL's defaults where a setting is unknown.
struct PlannerCosts {
  double seq_page = 1.0, random_page = 4.0;
  double tuple = 0.01, index_tuple = 0.005, operation = 0.0025;
  double cache_pages = 524288;             ///< effective_cache_size
  double work_memory = 4.0 * 1024 * 1024;  ///< bytes
  bool leader_participates = true;         ///< parallel_leader_participation
};
PlannerCosts planner_costs(const Settings& settings);

/// In planner units, as EXPLAIN prints them.
struct PathCost {
  double startup = 0, total = 0;
};

/// A table or an index as pg_class describes it.
struct RelationSize {
  double pages = 1, tuples = 1;
};

/// An index as the planner sees it for one scan.
struct IndexScanInput {
  RelationSize heap, index;
  double boundary_selectivity = 1;  ///< of the table: the part of the index that is read
  double selectivity = 1;           ///< of the table: the rows that are fetched; at most boundary_selectivity
  double correlation = 0;           ///< of the index's order with the table's
  int index_conditions = 0;         ///< operators evaluated per index tuple
  int filter_conditions = 0;        ///< operators evaluated per fetched row by a plain index scan
  double loops = 1;                 ///< how often the scan is repeated with other values (inner side of a join)
};

/// Levels above the leaves of a B-tree of that many pages, with about 300 entries on an inner page.
int btree_height(double pages);

/// btcostestimate() over genericcostestimate(): reading the index alone.
PathCost btree_access_cost(const IndexScanInput& scan, const PlannerCosts& costs);

/// gincostestimate() for one search entry per condition, which is what it assumes of a parameter; no pending list.
PathCost gin_access_cost(const IndexScanInput& scan, const PlannerCosts& costs);

/// index_pages_fetched(): the Mackert-Lohman formula. `table_pages` of which `cache_pages` fit into the cache.
double index_pages_fetched(double tuples, double table_pages, double index_pages, const PlannerCosts& costs);

/// cost_index() of a plain index scan: rows in index order. Cost of one loop.
PathCost index_scan_cost(const IndexScanInput& scan, const PathCost& access, const PlannerCosts& costs);

/// cost_bitmap_heap_scan() over one index; lossy pages beyond work_mem are charged. Cost of one loop.
PathCost bitmap_scan_cost(const IndexScanInput& scan, const PathCost& access, const PlannerCosts& costs);

/// get_parallel_divisor(): by how much a parallel node's row count was divided.
double parallel_divisor(int workers, const PlannerCosts& costs);

}  // namespace pgsextant::twin
