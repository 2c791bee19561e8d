// Detects: a sequential scan whose filter throws nearly everything away, on a table of some size. By what the scan did
// when the plan was executed (rows *scanned* are kept plus removed), else by the planner's estimate against the table's
// rows.
//
// Leaves out: scans without a filter; small tables (a scan of them takes about a millisecond); scans that keep 5 % or
// more, where an index often costs more than it saves; index and bitmap scans. Whether an index would really serve the
// filter, and which, is the advisor's question, not this rule's.
//
// Thresholds: 1,000 pages are 8 MB, where a cached scan takes some milliseconds; 10,000 rows the same for narrow rows.
// 5 %: with random_page_cost at its default, the planner itself prefers an index below roughly that share.
#include <algorithm>
#include <map>

#include "analyzer/plan_arithmetic.hpp"
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double large_pages = 1000;
constexpr double large_rows = 10'000;
constexpr double kept_at_most = 0.05;

struct Scan {
  const PlanNode* node = nullptr;
  double scanned = 0, kept = 0;
  Basis basis = Basis::estimated;
  std::string table = {};  ///< qualified
  std::optional<Milliseconds> time = {}, of_time = {};

  [[nodiscard]] double share() const { return kept / scanned; }
};

/// What get_parallel_divisor() of costsize.c divides the rows of a partial scan by.
double parallel_divisor(int workers) { return workers + std::max(0.0, 1 - 0.3 * workers); }

std::string plain_name(const PlanNode& node) {
  return (node.schema.empty() ? "" : quote_identifier(node.schema) + ".") + quote_identifier(node.relation);
}

/// Per run of the scan: a scan on the inner side of a join reads the table each time.
std::optional<Scan> as_executed(const PlanNode& node, const NodeFigures& figures, const Plan& plan) {
  const double loops = node.loops.value_or(0);
  if (!figures.rows_total || !figures.rows_removed_total || loops <= 0) return std::nullopt;
  Scan scan{&node, *figures.rows_total + *figures.rows_removed_total, *figures.rows_total, Basis::measured};
  if (!node.parallel_aware) {
    scan.scanned /= loops;
    scan.kept /= loops;
  }
  scan.table = plain_name(node);
  scan.time = figures.exclusive_time;
  scan.of_time = plan.execution_time;
  return scan;
}

std::optional<Scan> as_estimated(const PlanNode& node, int workers, const Table* table) {
  if (table == nullptr || table->tuples <= 0 || !node.rows_estimated) return std::nullopt;
  const double processes = node.parallel_aware && workers > 0 ? parallel_divisor(workers) : 1;
  return Scan{&node, table->tuples, *node.rows_estimated * processes};
}

struct Search {
  const Plan& plan;
  const DatabaseSchema* schema;
  std::vector<NodeFigures> figures;
  std::map<std::string, Scan> worst = {};  ///< by table

  void visit(const PlanNode& node, int workers) {
    if (node.type == "Seq Scan" && !node.filter.empty() && !node.relation.empty()) consider(node, workers);
    const int below = node.workers_planned.value_or(workers);
    for (const auto& child : node.children) visit(*child, below);
  }

  void consider(const PlanNode& node, int workers) {
    const Table* const table = schema == nullptr ? nullptr : schema->table(node.schema, node.relation);
    auto scan = plan.executed() ? as_executed(node, figures.at(static_cast<std::size_t>(node.id)), plan)
                                : as_estimated(node, workers, table);
    if (!scan) return;
    const double pages = table == nullptr ? 0 : static_cast<double>(table->pages.value);
    if (scan->scanned < large_rows && pages < large_pages) return;
    if (scan->share() >= kept_at_most) return;
    if (table != nullptr) scan->table = table->qualified_name();
    const auto [at, added] = worst.emplace(scan->table, *scan);
    if (!added && scan->share() < at->second.share()) at->second = *scan;
  }
};

Finding finding_of(const Facts& facts, const StatementPlan& planned, const Scan& scan) {
  Finding finding;
  finding.object = {"table", database_name(facts.now, planned.database), scan.table};
  finding.key = make_key("selective_seq_scan", finding.object,
                         planned.query ? std::to_string(planned.query.value) : scan.node->alias);
  finding.title = "Sequential scan on " + scan.table + " reads " + format_value(scan.scanned, Unit::rows) +
                  " to keep " + format_value(scan.kept, Unit::count);
  if (scan.time && scan.of_time) {
    finding.title += " (" + format_value(scan.time->count(), Unit::milliseconds) + " of " +
                     format_value(scan.of_time->count(), Unit::milliseconds) + ")";
  }
  finding.why = "Every run reads the whole table and throws nearly all of it away, and gets slower as the table grows.";
  finding.remedy =
      "An index on the columns of the filter would let it read only what it keeps; see the recommendations "
      "for the one that costs least.";
  finding.evidence = {{"rows scanned", scan.scanned, Unit::rows, scan.basis},
                      {"rows kept", scan.kept, Unit::rows, scan.basis},
                      {"share kept", scan.share(), Unit::ratio, scan.basis}};
  if (scan.time) finding.evidence.push_back({"time of the scan", scan.time->count(), Unit::milliseconds});
  if (planned.query) {
    finding.statement = planned.query;
    if (const auto* statement = facts.window.statement(planned.query)) {
      finding.load_share = load_share(facts, *statement);
      finding.evidence.push_back({"calls", static_cast<double>(statement->counters.calls), Unit::count});
    }
  }
  finding.severity = severity_by_load(finding.load_share);
  return finding;
}

}  // namespace

std::vector<Finding> selective_seq_scan(const Facts& facts) {
  std::vector<Finding> findings;
  for (const StatementPlan& planned : facts.plans) {
    if (!planned.plan || !planned.plan->root) continue;
    Search search{*planned.plan, facts.now.schema(planned.database), compute_figures(*planned.plan)};
    search.visit(*planned.plan->root, 0);
    for (const auto& [table, scan] : search.worst) findings.push_back(finding_of(facts, planned, scan));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
