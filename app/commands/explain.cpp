#include <unistd.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <sstream>

#include "analyzer/explain_report.hpp"
#include "analyzer/plan_json.hpp"
#include "app/commands/command.hpp"
#include "app/commands/common.hpp"

namespace pgsextant::app {
namespace {

Result<std::string> read_input(const std::string& file) {
  std::ostringstream content;
  if (file == "-") {
    content << std::cin.rdbuf();
    return content.str();
  }
  const std::ifstream in(file);
  if (!in) return Failure{Outcome::invalid_input, file + ": expected a file that can be read", ""};
  content << in.rdbuf();
  return content.str();
}

Severity to_severity(const std::string& word) {
  if (word == "info") return Severity::info;
  return word == "warning" ? Severity::warning : Severity::critical;
}

int explain(const std::vector<std::string>& files, const std::string& fail_on) {
  int code = exit_ok;
  for (const auto& file : files) {
    const auto text = read_input(file);
    if (!text) return report_failure(text.failure());
    auto plans = analyzer::parse_plan_json(*text);
    if (!plans)
      return report_failure({plans.failure().outcome,
                             (file == "-" ? "standard input" : file) + ": " + plans.failure().message,
                             plans.failure().hint});
    for (auto& parsed : *plans) {
      const auto plan = std::make_shared<const Plan>(std::move(parsed));
      const auto findings = analyzer::find_in_plan(plan);
      std::cout << analyzer::explain_text(*plan, findings, isatty(STDOUT_FILENO) != 0);
      for (const auto& finding : findings)
        if (!fail_on.empty() && finding.severity >= to_severity(fail_on)) code = exit_failed;
    }
  }
  return code;
}

}  // namespace

void add_explain(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("explain", "Read EXPLAIN (FORMAT JSON) output and say what is slow in it");
  auto files = std::make_shared<std::vector<std::string>>(1, "-");
  auto fail_on = std::make_shared<std::string>();
  command->add_option("files", *files, "Files; - is standard input (default)");
  command->add_option("--fail-on", *fail_on, "Exit 1 on a finding of this severity or above")
      ->check(CLI::IsMember({"info", "warning", "critical"}));
  command->footer(
      "Examples:\n"
      "  psql -XAtc 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT …' | pgsextant explain\n"
      "  pgsextant explain plan.json --fail-on warning");
  command->callback([&chosen, files, fail_on] { chosen = [files, fail_on] { return explain(*files, *fail_on); }; });
}

}  // namespace pgsextant::app
