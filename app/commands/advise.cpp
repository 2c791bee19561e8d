#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "app/advice_loop.hpp"
#include "app/commands/command.hpp"
#include "app/commands/common.hpp"
#include "core/index_definition.hpp"

namespace pgsextant::app {
namespace {

enum class Form { text, json, sql };

nlohmann::json to_json(const Recommendation& each) {
  nlohmann::json statements = nlohmann::json::array();
  for (const auto& gain : each.statements)
    statements.push_back({{"queryid", std::to_string(gain.query.value)},
                          {"text", gain.text},
                          {"calls_per_hour", gain.calls_per_hour},
                          {"cost_before", gain.cost_before},
                          {"cost_after", gain.cost_after}});
  const auto number = [](const auto& value) { return value ? nlohmann::json(*value) : nlohmann::json(); };
  return {{"kind", each.kind},
          {"key", each.key},
          {"title", each.title},
          {"reason", each.reason},
          {"ddl", each.apply_sql},
          {"undo_ddl", each.undo_sql},
          {"table", each.object.name},
          {"bytes", each.price.size ? nlohmann::json(each.price.size->value) : nlohmann::json()},
          {"writes_per_second", each.price.writes_per_second},
          {"cost_before", number(each.cost_before)},
          {"cost_after", number(each.cost_after)},
          {"load_share", number(each.load_share)},
          {"statements", std::move(statements)},
          {"verified_by", std::string(to_string(each.verification))},
          {"confidence", std::string(to_string(each.confidence))}};
}

void print_json(const Advice& advice) {
  nlohmann::json out{{"cost_model", advice.cost_model}, {"note", advice.note}};
  out["recommendations"] = nlohmann::json::array();
  for (const auto& each : advice.recommendations) out["recommendations"].push_back(to_json(each));
  out["unplanned"] = nlohmann::json::array();
  for (const auto& each : advice.unplanned)
    out["unplanned"].push_back({{"queryid", std::to_string(each.query.value)},
                                {"text", each.text},
                                {"reason", each.reason},
                                {"load_share", each.load_share}});
  std::cout << out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void print_text(const Advice& advice) {
  if (advice.recommendations.empty()) std::cout << "Nothing to recommend.\n";
  for (const auto& each : advice.recommendations) {
    std::cout << each.title << "\n  " << each.reason << '\n';
    if (each.cost_before && each.cost_after)
      std::cout << "  planner cost " << format_value(*each.cost_before, Unit::cost) << " -> "
                << format_value(*each.cost_after, Unit::cost) << ", verified by " << to_string(each.verification)
                << ", confidence " << to_string(each.confidence) << '\n';
    if (each.price.size)
      std::cout << "  size " << format_value(static_cast<double>(each.price.size->value), Unit::bytes) << " ("
                << to_string(each.price.size_basis) << ")\n";
    std::cout << "  apply: " << each.apply_sql << "\n  undo:  " << each.undo_sql << "\n\n";
  }
  for (const auto& each : advice.unplanned)
    std::cout << "not planned (" << format_value(each.load_share, Unit::ratio) << " of the load): " << each.reason
              << '\n';
}

void print_sql(const Advice& advice) {
  std::cout
      << "-- One statement at a time, outside a transaction. CREATE INDEX CONCURRENTLY that fails leaves an invalid\n"
         "-- index: drop it and run the statement again.\n"
         "SET lock_timeout = '2s';\n";
  for (const auto& each : advice.recommendations)
    if (!each.apply_sql.empty())
      std::cout << "\n-- " << each.title << "\n-- undo: " << each.undo_sql << '\n' << each.apply_sql << '\n';
}

int advise(const Flags& flags, Form form) {
  auto config = load_config(flags, process_environment);
  if (!config) return report_failure(config.failure());
  if (config->targets.size() > 1 && !flags.name)
    return report_failure({Outcome::invalid_input, "the configuration has several targets", "choose one with --name"});
  auto target = config->targets.front();
  for (const auto& each : config->targets)
    if (flags.name && each.name == *flags.name) target = each;

  const SystemClock clock;
  const auto snapshot = collector::collect_once(target, clock);
  if (!snapshot.link.up) return report_failure({Outcome::unavailable, snapshot.link.message, snapshot.link.hint});
  const auto round = advise_once(target, snapshot, {}, clock.now());
  if (round.advice.cost_model.empty()) {
    for (const auto& source : snapshot.sources)
      if (source.outcome != Outcome::ok && !source.message.empty())
        std::cerr << "pgsextant: " << source.id << ": " << source.message << (source.hint.empty() ? "" : "\n  ")
                  << source.hint << '\n';
    return report_failure({Outcome::unavailable, round.advice.note, ""});
  }
  if (form == Form::json)
    print_json(round.advice);
  else if (form == Form::sql)
    print_sql(round.advice);
  else
    print_text(round.advice);
  return exit_ok;
}

}  // namespace

void add_advise(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("advise", "Look at a server once and print what would make it faster");
  auto flags = std::make_shared<Flags>();
  auto json = std::make_shared<bool>(false);
  auto sql = std::make_shared<bool>(false);
  add_target_flags(*command, *flags);
  command->add_option("--config", flags->config, "YAML file; choose a target with --name");
  auto* json_flag = command->add_flag("--json", *json, "JSON on standard output");
  command->add_flag("--sql", *sql, "A script to review and run")->excludes(json_flag);
  command->footer(
      "Examples:\n"
      "  pgsextant advise --dsn 'service=shop'\n"
      "  pgsextant advise --dsn 'postgresql://monitor@db1/shop' --sql > proposal.sql\n"
      "Nothing is changed on the server: statements are planned, never run.");
  command->callback([&chosen, flags, json, sql] {
    chosen = [flags, json, sql] { return advise(*flags, *json ? Form::json : *sql ? Form::sql : Form::text); };
  });
}

}  // namespace pgsextant::app
