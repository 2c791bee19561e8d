#include "twin/planner_cost.hpp"

#include <algorithm>
#include <cmath>

namespace pgsextant::twin {
namespace {

constexpr double page_bytes = 8192;
constexpr double page_cpu_multiplier = 50;  // DEFAULT_PAGE_CPU_MULTIPLIER, selfuncs.h

// clamp_row_est()
double row_estimate(double rows) { return rows <= 1 ? 1 : std::rint(rows); }

// tbm_calculate_entries(): a PagetableEntry of 48 bytes and two pointers each.
double bitmap_entries(double work_memory) { return std::max(16.0, work_memory / 64); }

}  // namespace

PlannerCosts planner_costs(const Settings& settings) {
  PlannerCosts costs;
  const auto read = [&](std::string_view name, double& target, double unit = 1) {
    if (const auto value = settings.number(name)) target = *value / unit;
  };
  read("seq_page_cost", costs.seq_page);
  read("random_page_cost", costs.random_page);
  read("cpu_tuple_cost", costs.tuple);
  read("cpu_index_tuple_cost", costs.index_tuple);
  read("cpu_operator_cost", costs.operation);
  read("effective_cache_size", costs.cache_pages, page_bytes);
  read("work_mem", costs.work_memory);
  costs.leader_participates = settings.flag("parallel_leader_participation").value_or(true);
  return costs;
}

int btree_height(double pages) {
  constexpr double fan_out = 300;
  int height = 0;
  for (double level = pages; level > 1; level = std::ceil(level / fan_out)) ++height;
  return height;
}

double index_pages_fetched(double tuples, double table_pages, double index_pages, const PlannerCosts& costs) {
  const double pages = std::max(table_pages, 1.0);
  const double cached = std::max(1.0, std::ceil(costs.cache_pages * pages / std::max(pages + index_pages, 1.0)));
  const double fetched = 2.0 * pages * tuples / (2.0 * pages + tuples);
  if (pages <= cached) return fetched >= pages ? pages : std::ceil(fetched);
  const double limit = 2.0 * pages * cached / (2.0 * pages - cached);
  return std::ceil(tuples <= limit ? fetched : cached + (tuples - limit) * (pages - cached) / pages);
}

PathCost btree_access_cost(const IndexScanInput& scan, const PlannerCosts& costs) {
  const double tuples =
      std::clamp(std::rint(scan.boundary_selectivity * scan.heap.tuples), 1.0, std::max(1.0, scan.index.tuples));
  const double pages =
      scan.index.pages > 1 && scan.index.tuples > 1 ? std::ceil(tuples * scan.index.pages / scan.index.tuples) : 1.0;

  PathCost cost;
  cost.total = scan.loops > 1 ? index_pages_fetched(pages * scan.loops, scan.index.pages, scan.index.pages, costs) *
                                    costs.random_page / scan.loops
                              : pages * costs.random_page;
  cost.total += tuples * (costs.index_tuple + costs.operation * scan.index_conditions);

  double descent = (btree_height(scan.index.pages) + 1) * page_cpu_multiplier * costs.operation;
  if (scan.index.tuples > 1) descent += std::ceil(std::log2(scan.index.tuples)) * costs.operation;
  cost.startup = descent;
  cost.total += descent;
  return cost;
}

PathCost gin_access_cost(const IndexScanInput& scan, const PlannerCosts& costs) {
  // Without the metapage's counts gincostestimate() takes nine pages in ten for entries, a hundred entries to a page.
  const double entry_pages = std::max(1.0, std::floor(scan.index.pages * 0.90));
  const double data_pages = std::max(0.0, scan.index.pages - entry_pages);
  const double entries = std::max(1.0, std::floor(scan.index.pages * 100));
  const double searches = std::max(1, scan.index_conditions);

  double entry_fetches = std::ceil(searches * std::rint(std::pow(entry_pages, 0.15)));
  double data_fetches = std::max(std::ceil(data_pages * searches / entries),
                                 std::ceil(scan.selectivity * scan.index.tuples / (page_bytes / 3)));
  if (scan.loops > 1) {
    const auto repeated = [&](double fetches, double pages) {
      return index_pages_fetched(fetches * scan.loops, pages, pages, costs) / scan.loops;
    };
    entry_fetches = repeated(entry_fetches, entry_pages);
    data_fetches = repeated(data_fetches, data_pages);
  }
  PathCost cost;
  cost.startup = entry_fetches * costs.random_page;
  cost.total = cost.startup + data_fetches * costs.random_page +
               scan.index.tuples * scan.selectivity * (costs.index_tuple + costs.operation * searches);
  return cost;
}

PathCost index_scan_cost(const IndexScanInput& scan, const PathCost& access, const PlannerCosts& costs) {
  const double fetched = row_estimate(scan.selectivity * scan.heap.tuples);
  const double clustered_pages = std::ceil(scan.selectivity * scan.heap.pages);
  double scattered_io = 0, clustered_io = 0;
  if (scan.loops > 1) {
    const auto pages = [&](double tuples) {
      return index_pages_fetched(tuples * scan.loops, scan.heap.pages, scan.index.pages, costs);
    };
    scattered_io = pages(fetched) * costs.random_page / scan.loops;
    clustered_io = pages(clustered_pages) * costs.random_page / scan.loops;
  } else {
    scattered_io = index_pages_fetched(fetched, scan.heap.pages, scan.index.pages, costs) * costs.random_page;
    clustered_io = costs.random_page + std::max(0.0, clustered_pages - 1) * costs.seq_page;
  }
  const double correlated = scan.correlation * scan.correlation;
  PathCost cost = access;
  cost.total += scattered_io + correlated * (clustered_io - scattered_io);
  cost.total += fetched * (costs.tuple + costs.operation * scan.filter_conditions);
  return cost;
}

PathCost bitmap_scan_cost(const IndexScanInput& scan, const PathCost& access, const PlannerCosts& costs) {
  const double heap_pages = std::max(scan.heap.pages, 1.0);
  double fetched = row_estimate(scan.selectivity * scan.heap.tuples);
  double pages = 2.0 * heap_pages * fetched / (2.0 * heap_pages + fetched);
  const double bitmap_pages = std::min(pages, scan.heap.pages);
  if (scan.loops > 1) {
    pages = index_pages_fetched(fetched * scan.loops, scan.heap.pages, scan.index.pages, costs) / scan.loops;
  }
  pages = pages >= heap_pages ? heap_pages : std::ceil(pages);

  // cost_bitmap_tree_node(): putting the rows into the bitmap.
  const double index_cost = access.total + 0.1 * costs.operation * fetched;
  const double entries = bitmap_entries(costs.work_memory);
  if (entries < bitmap_pages) {
    const double lossy = std::max(0.0, bitmap_pages - entries / 2) / bitmap_pages;
    fetched = row_estimate(scan.selectivity * (1 - lossy) * scan.heap.tuples + lossy * scan.heap.tuples);
  }
  const double page_cost =
      pages >= 2 ? costs.random_page - (costs.random_page - costs.seq_page) * std::sqrt(pages / heap_pages)
                 : costs.random_page;
  // Every condition is checked again on the heap's rows.
  const int conditions = scan.index_conditions + scan.filter_conditions;
  return {index_cost, index_cost + pages * page_cost + fetched * (costs.tuple + costs.operation * conditions)};
}

double parallel_divisor(int workers, const PlannerCosts& costs) {
  double divisor = workers;
  if (costs.leader_participates) divisor += std::max(0.0, 1.0 - 0.3 * workers);
  return std::max(1.0, divisor);
}

}  // namespace pgsextant::twin
