#include "analyzer/explain_report.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "analyzer/plan_arithmetic.hpp"
#include "analyzer/rule.hpp"
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer {
namespace {

constexpr std::size_t figure_width = 9, bar_width = 10, share_width = 7, condition_length = 100;
constexpr std::size_t before_tree = figure_width + 1 + bar_width + share_width + 2 * (figure_width + 2) + 2;
constexpr double notable_misestimate = 10, notable_difference = 100;

/// Control characters become '?': names and conditions come from a file.
std::string harmless(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool second_of_c1 = !safe.empty() && safe.back() == '\xC2' && byte >= 0x80 && byte < 0xA0;
    safe += byte < 0x20 || byte == 0x7F || second_of_c1 ? '?' : c;
  }
  return safe;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string right(const std::string& text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(used < width ? width - used : 0, ' ') + text;
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

/// In eighths of a character.
std::string bar(double share) {
  static constexpr std::array<std::string_view, 8> eighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto units =
      static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(bar_width * 8)));
  const std::string text = repeated("█", units / 8) + std::string(eighths.at(units % 8));
  return text + std::string(bar_width - columns(text), ' ');
}

/// Whole per cents; empty below half of one.
std::string percent(double share) {
  const auto rounded = std::lround(share * 100);
  return rounded > 0 ? std::to_string(rounded) + "\u202F%" : "";
}

/// The planner's rows over all loops, as the rows that came are.
std::optional<double> expected_rows(const PlanNode& node) {
  if (!node.rows_estimated) return std::nullopt;
  return *node.rows_estimated * std::max(node.loops.value_or(1), 1.0);
}

/// "Parallel Seq Scan on orders o", "Index Scan using i on orders".
std::string label(const PlanNode& node) {
  std::string text = (node.parallel_aware ? "Parallel " : "") + node.type;
  if (!node.operation.empty()) text = node.operation;
  if (!node.join_type.empty() && node.join_type != "Inner") text += " (" + node.join_type + ")";
  if (!node.partial_mode.empty() && node.partial_mode != "Simple") text = node.partial_mode + " " + text;
  if (!node.strategy.empty() && node.strategy != "Plain") text += " (" + node.strategy + ")";
  if (!node.index.empty()) text += " using " + node.index;
  const std::string& name = !node.relation.empty() ? node.relation : !node.cte.empty() ? node.cte : node.function;
  if (!name.empty()) text += " on " + name;
  if (!node.alias.empty() && node.alias != name) text += (name.empty() ? " on " : " ") + node.alias;
  if (!node.subplan_name.empty()) text = node.subplan_name + ": " + text;
  return text;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string list;
  for (const auto& part : parts) list += (list.empty() ? "" : ", ") + part;
  return list;
}

class Report {
 public:
  Report(const Plan& plan, bool colours)
      : plan_(plan), colours_(colours), figures_(compute_figures(plan)), timed_(has_times()), total_(whole()) {}

  std::string text(std::span<const Finding> findings) {
    summary();
    for (const Finding& finding : findings) add(finding);
    if (findings.empty()) out_ += dim("Nothing found in the plan alone.") + "\n\n";
    out_ += bold(right(timed_ ? "own time" : "own cost", figure_width) + " " + std::string(bar_width, ' ') +
                 right("share", share_width) + right("rows", figure_width + 2) + right("expected", figure_width + 2) +
                 "  node") +
            "\n";
    node(*plan_.root, "", "");
    for (const PlanTrigger& trigger : plan_.triggers) add(trigger);
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string in(std::string_view code, const std::string& text) const {
    return colours_ ? "\x1b[" + std::string(code) + "m" + text + "\x1b[0m" : text;
  }
  [[nodiscard]] std::string bold(const std::string& text) const { return in("1", text); }
  [[nodiscard]] std::string dim(const std::string& text) const { return in("2", text); }
  [[nodiscard]] std::string by_share(double share, const std::string& text) const {
    if (share >= 0.5) return in("31", text);
    return share >= 0.2 ? in("33", text) : text;
  }

  [[nodiscard]] const NodeFigures& figures(const PlanNode& node) const {
    return figures_[static_cast<std::size_t>(node.id)];
  }
  [[nodiscard]] bool has_times() const {
    return std::ranges::any_of(figures_, [](const NodeFigures& f) { return f.inclusive_time.has_value(); });
  }
  [[nodiscard]] std::optional<double> own(const PlanNode& node) const {
    if (!timed_) return figures(node).exclusive_cost;
    const auto& time = figures(node).exclusive_time;
    if (!time) return std::nullopt;
    return time->count();
  }
  [[nodiscard]] double whole() const {
    if (timed_) return figures(*plan_.root).inclusive_time.value_or(Milliseconds{}).count();
    double sum = 0;
    for (const NodeFigures& f : figures_) sum += f.exclusive_cost.value_or(0);
    return sum;
  }

  void summary() {
    std::string line;
    const auto part = [&](const std::string& name, const std::optional<Milliseconds>& time) {
      if (!time) return;
      line += (line.empty() ? "" : ", ") + name + " " + format_value(time->count(), Unit::milliseconds);
    };
    part("execution", plan_.execution_time);
    part("planning", plan_.planning_time);
    part("JIT", plan_.jit_time);
    if (const auto& cost = plan_.root->total_cost) {
      line += (line.empty() ? "" : ", ") + std::string("cost ") + format_value(*cost, Unit::cost);
    }
    if (!plan_.executed()) line += (line.empty() ? "" : " ") + std::string("(estimated: the plan was not executed)");
    out_ += bold(line) + "\n\n";
  }

  void add(const Finding& finding) {
    const bool mild = finding.severity == Severity::info;
    out_ += in(mild                                     ? "36"
               : finding.severity == Severity::critical ? "31;1"
                                                        : "33;1",
               std::string(to_string(finding.severity)) + ": ") +
            bold(harmless(finding.title)) + "\n";
    if (!finding.why.empty()) out_ += "  " + harmless(finding.why) + "\n";
    if (!finding.remedy.empty()) out_ += "  → " + harmless(finding.remedy) + "\n";
    if (!finding.remedy_sql.empty()) out_ += "    " + in("36", harmless(finding.remedy_sql)) + "\n";
    out_ += "\n";
  }

  void add(const PlanTrigger& trigger) {
    const std::string& name = trigger.constraint.empty() ? trigger.name : trigger.constraint;
    out_ += (trigger.time ? right(format_value(trigger.time->count(), Unit::milliseconds), figure_width)
                          : std::string(figure_width, ' ')) +
            "  trigger " + harmless(name) + " on " + harmless(trigger.relation) + ", " +
            counted(trigger.calls, "call", "calls") + "\n";
  }

  /// `lead` stands before this node's own line, `below` before those of its details and children.
  void node(const PlanNode& node, const std::string& lead, const std::string& below) {
    const bool never = node.loops && *node.loops == 0;
    const auto figure = own(node);
    const double share = figure && total_ > 0 ? *figure / total_ : 0;
    std::string line;
    if (figure && !never) {
      line += right(format_value(*figure, timed_ ? Unit::milliseconds : Unit::cost), figure_width) + " ";
      line += by_share(share, bar(share)) + right(percent(share), share_width);
    } else {
      line += std::string(figure_width + 1 + bar_width + share_width, ' ');
    }
    const auto& rows = figures(node).rows_total;
    line += right(rows && !never ? format_value(*rows, Unit::count) : "", figure_width + 2);
    const auto expected = expected_rows(node);
    line += right(expected ? format_value(*expected, Unit::count) : "", figure_width + 2);
    out_ += line + "  " + dim(lead) +
            (never ? dim(harmless(label(node)) + " (never executed)") : harmless(label(node))) +
            misestimate(node, rows, expected) + "\n";
    details(node, below + (node.children.empty() ? "  " : "│ "));
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const bool last = i + 1 == node.children.size();
      this->node(*node.children[i], below + (last ? "└─ " : "├─ "), below + (last ? "   " : "│  "));
    }
  }

  [[nodiscard]] std::string misestimate(const PlanNode& node, const std::optional<double>& rows,
                                        const std::optional<double>& expected) const {
    const auto factor = figures(node).row_misestimate;
    if (!factor || !rows || !expected || std::abs(*rows - *expected) < notable_difference) return {};
    if (*factor >= notable_misestimate)
      return in("33", "  " + format_value(*factor, Unit::count) + "× more rows than expected");
    // Before 18 a node that gives less than half a row per loop shows zero: that says little about many loops.
    if (*factor == 0) return node.loops.value_or(1) > 1 ? "" : in("33", "  none of the rows expected");
    if (*factor <= 1 / notable_misestimate) {
      return in("33", "  " + format_value(1 / *factor, Unit::count) + "× fewer rows than expected");
    }
    return {};
  }

  void details(const PlanNode& node, const std::string& lead) {
    const auto line = [&](std::string_view name, const std::string& text, const std::optional<double>& removed = {}) {
      if (text.empty()) return;
      std::string detail = std::string(name) + " " + one_line(harmless(text), condition_length);
      if (removed && *removed > 0) {
        detail += " (removes " + format_value(*removed * node.loops.value_or(1), Unit::rows) + ")";
      }
      out_ += std::string(before_tree, ' ') + dim(lead + detail) + "\n";
    };
    line("by", joined(node.sort_keys));
    line("by", joined(node.group_keys));
    line("index:", node.index_condition);
    line("recheck:", node.recheck_condition, node.removed_by_recheck);
    line("hash:", node.hash_condition);
    line("merge:", node.merge_condition);
    line("join filter:", node.join_filter, node.removed_by_join_filter);
    line("filter:", node.filter, node.removed_by_filter);
    if (node.sort_space_kb) {
      line("sorts in",
           node.sort_space_type + ", " + format_value(static_cast<double>(*node.sort_space_kb) * 1024, Unit::bytes));
    }
    if (node.hash_batches && *node.hash_batches > 1) line("hashes in", std::to_string(*node.hash_batches) + " batches");
    if (node.workers_planned && node.workers_launched && *node.workers_launched < *node.workers_planned) {
      line("workers:",
           std::to_string(*node.workers_launched) + " of " + std::to_string(*node.workers_planned) + " planned");
    }
  }

  const Plan& plan_;
  bool colours_;
  std::vector<NodeFigures> figures_;
  bool timed_;
  double total_;
  std::string out_;
};

}  // namespace

std::vector<Finding> find_in_plan(std::shared_ptr<const Plan> plan) {
  const Snapshot nothing;
  const Window window;
  const std::array plans{StatementPlan{QueryId{}, Oid{}, std::move(plan)}};
  return find_all({nothing, window, plans});
}

std::string explain_text(const Plan& plan, std::span<const Finding> findings, bool colours) {
  if (!plan.root) return "The plan is empty.\n";
  return Report(plan, colours).text(findings);
}

}  // namespace pgsextant::analyzer
