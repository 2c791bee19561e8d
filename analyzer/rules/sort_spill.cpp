// Detects: a statement that writes temporary files because a sort, hash or materialisation does not fit in work_mem. By
// what pg_stat_statements counted in the window; of a plan without a statement (EXPLAIN ANALYZE in a file) by the sort
// or hash aggregate that took most disk.
//
// Leaves out: utility statements (CREATE INDEX sorts in maintenance_work_mem); statements whose text is not known;
// temporary tables, which PostgreSQL counts apart (local blocks).
//
// Threshold: 1 MB written per call on average. Less is written and read back from the page cache in about a
// millisecond.
#include <algorithm>
#include <cmath>

#include "analyzer/rule_support.hpp"
#include "sql/parse.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double megabyte = 1 << 20;
constexpr double least_per_call = megabyte;
/// A sort holds tuples in memory about twice as large as it writes them, and hash tables more.
constexpr double memory_for_disk = 2.5;
constexpr double most_work_mem = 1024 * megabyte;

/// "Sort (total DESC), Hash": the nodes of the statement's plan that use work_mem; empty without a plan.
std::string memory_nodes(const Facts& facts, QueryId query) {
  std::vector<std::string> names;
  for (const StatementPlan& planned : facts.plans) {
    if (planned.query != query || !planned.plan || !planned.plan->root) continue;
    for_each_node(*planned.plan->root, [&](const PlanNode& node, const PlanNode*) {
      const bool hashed = node.type == "Hash" || (node.type == "Aggregate" && node.strategy == "Hashed");
      if (node.type != "Sort" && node.type != "WindowAgg" && node.type != "Materialize" && !hashed) return;
      std::string name = node.type;
      for (std::size_t i = 0; i < node.sort_keys.size(); ++i) name += (i == 0 ? " by " : ", ") + node.sort_keys[i];
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    });
  }
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : "; ") + name;
  return list;
}

/// Enough memory for what took `disk` bytes as files, or that nobody should have that much.
void advise(Finding& finding, double disk) {
  const double wanted = std::exp2(std::ceil(std::log2(std::max(disk * memory_for_disk, megabyte))));
  if (wanted > most_work_mem) {
    finding.remedy =
        "This is too much for memory: make it sort less (fewer rows or columns, an index in the order "
        "asked for), or keep a summary.";
    return;
  }
  finding.remedy =
      "Give this statement more work_mem, for its session or role only: every sort and hash of every "
      "session may take that much. Or make it sort less: fewer rows or columns, an index in the order "
      "asked for.";
  finding.remedy_sql = "SET work_mem = '" + std::to_string(static_cast<std::int64_t>(wanted / megabyte)) + "MB';";
}

double disk_of(const PlanNode& node) {
  const std::int64_t kb =
      node.sort_space_type == "Disk" ? node.sort_space_kb.value_or(0) : node.disk_usage_kb.value_or(0);
  return static_cast<double>(kb) * 1024;
}

std::optional<Finding> in_executed_plan(const Plan& plan) {
  const PlanNode* most = plan.root.get();
  for_each_node(*plan.root, [&](const PlanNode& node, const PlanNode*) {
    if (disk_of(node) > disk_of(*most)) most = &node;
  });
  const double disk = disk_of(*most);
  if (disk < least_per_call) return std::nullopt;
  Finding finding;
  finding.object = {"statement", "", ""};
  finding.title = most->type + " writes " + format_value(disk, Unit::bytes) + " of temporary files";
  finding.why = "It does not fit in work_mem and goes through disk instead.";
  advise(finding, disk);
  finding.evidence = {{"temporary files", disk, Unit::bytes}};
  return finding;
}

}  // namespace

std::vector<Finding> sort_spill(const Facts& facts) {
  std::vector<Finding> findings;
  const auto work_mem = setting_number(facts.now, "work_mem");
  const double block = setting_number(facts.now, "block_size").value_or(8192);
  for (const StatementDelta& entry : facts.window.statements.entries) {
    if (entry.counters.calls <= 0) continue;
    const double written = static_cast<double>(entry.counters.temp_written.value) * block;
    const double per_call = written / static_cast<double>(entry.counters.calls);
    if (per_call < least_per_call) continue;
    const std::string* const text = facts.now.text(entry.key.query);
    if (text == nullptr || is_own(*text)) continue;
    const auto info = sql::inspect(*text);
    if (!info || info->kind == sql::StatementKind::utility) continue;

    Finding finding;
    finding.object = {"statement", database_name(facts.now, entry.key.database), std::to_string(entry.key.query.value)};
    finding.title =
        "A statement writes " + format_value(per_call, Unit::bytes) + " of temporary files per call" +
        (work_mem ? ": its work does not fit in " + format_value(*work_mem, Unit::bytes) + " of work_mem" : "");
    finding.why = "\"" + one_line(*text) + "\" sorts or hashes more than fits in memory and goes through disk instead.";
    if (const auto nodes = memory_nodes(facts, entry.key.query); !nodes.empty()) {
      finding.why += " In its plan work_mem bounds: " + nodes + ".";
    }
    advise(finding, per_call);
    finding.statement = entry.key.query;
    finding.load_share = load_share(facts, entry);
    finding.severity = severity_by_load(finding.load_share);
    finding.evidence = {{"temporary files per call", per_call, Unit::bytes},
                        {"temporary files in all", written, Unit::bytes},
                        {"calls", static_cast<double>(entry.counters.calls), Unit::count}};
    if (work_mem) finding.evidence.push_back({"work_mem", *work_mem, Unit::bytes});
    findings.push_back(std::move(finding));
  }
  for (const StatementPlan& planned : facts.plans) {
    if (planned.query || !planned.plan || !planned.plan->root || !planned.plan->executed()) continue;
    if (auto finding = in_executed_plan(*planned.plan)) findings.push_back(std::move(*finding));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
