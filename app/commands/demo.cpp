#include "demo/demo.hpp"

#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands/command.hpp"
#include "app/commands/common.hpp"
#include "app/service.hpp"

namespace pgsextant::app {
namespace {

/// Ends the demo's start between two of its steps; what was started ends with it.
struct Interrupted {};

int run_demo(const Flags& flags, double scale, bool standby) {
  block_stop_signals();
  // The demo's own servers are the targets: a configuration file, or PGSEXTANT_DSN, must not add others.
  auto config = load_config(flags, [](const char* name) -> std::optional<std::string> {
    const std::string_view variable = name;
    if (variable == "PGSEXTANT_CONFIG" || variable == "PGSEXTANT_DSN") return std::nullopt;
    return process_environment(name);
  });
  if (!config) return report_failure(config.failure());
  set_up_logging(config->log_level);

  demo::DemoOptions options;
  options.scale = scale;
  options.standby = standby;
  options.progress = [](std::string_view line) {
    if (stop_signal_came()) throw Interrupted{};
    std::cerr << "demo: " << line << '\n';
  };
  auto shop = demo::Demo::start(options);
  if (!shop) return report_failure(shop.failure());

  config->targets.clear();
  config->targets.push_back({.name = "shop", .cluster = "demo", .conninfo = (*shop)->primary()});
  if (standby) config->targets.push_back({.name = "shop-standby", .cluster = "demo", .conninfo = (*shop)->standby()});
  auto service = Service::start(*config);
  if (!service) return report_failure(service.failure());
  std::cout << "pgsextant: report at " << (*service)->url() << "servers/shop\n"
            << "pgsextant: metrics at " << (*service)->url() << "metrics; stop with Ctrl-C\n"
            << std::flush;
  wait_for_stop_signal();
  spdlog::info("stopping");
  return exit_ok;
}

int demo(const Flags& flags, double scale, bool standby) {
  try {
    return run_demo(flags, scale, standby);
  } catch (const Interrupted&) {
    return exit_failed;
  }
}

}  // namespace

void add_demo(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("demo", "A private PostgreSQL with a busy shop and its faults, watched");
  auto flags = std::make_shared<Flags>();
  auto scale = std::make_shared<double>(1.0);
  auto no_standby = std::make_shared<bool>(false);
  command->add_option("--scale", *scale, "Size of the shop: 1 is 1.6 million rows")->check(CLI::Range(0.05, 20.0));
  command->add_flag("--no-standby", *no_standby, "Without the streaming standby");
  command->add_option("--port", flags->port, "Port of the report; 0 takes a free one (default 9187)");
  command->add_option("--store", flags->store, "SQLite file for history, or 'memory' (default)");
  command->add_option("--log-level", flags->log_level, "debug, info, warning or error");
  command->footer(
      "Examples:\n"
      "  pgsextant demo\n"
      "  pgsextant demo --scale 0.2 --no-standby --port 0\n"
      "Everything lives in a temporary directory and is removed at the end.");
  command->callback([&chosen, flags, scale, no_standby] {
    chosen = [flags, scale, no_standby] { return demo(*flags, *scale, !*no_standby); };
  });
}

}  // namespace pgsextant::app
