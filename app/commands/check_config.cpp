#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands/command.hpp"
#include "app/commands/common.hpp"
#include "pg/session.hpp"

namespace pgsextant::app {
namespace {

/// Says whether a target answers; a monitor that starts while its server is down is fine, so this is never fatal.
bool try_target(const collector::TargetOptions& target) {
  try {
    pg::SessionOptions options;
    options.connect_timeout = target.connect_timeout;
    const auto session = pg::Session::connect(target.conninfo, options);
    std::cout << "  " << target.name << ": PostgreSQL " << session.server_version() / 10000 << " answers\n";
    return true;
  } catch (const pg::Error& e) {
    std::cout << "  " << target.name << ": " << e.failure().message << '\n';
    if (!e.failure().hint.empty()) std::cout << "    " << e.failure().hint << '\n';
    return false;
  }
}

int check_config(const Flags& flags, bool connect) {
  const auto config = load_config(flags, process_environment);
  if (!config) return report_failure(config.failure());
  std::cout << "configuration is good: " << config->targets.size() << " target(s), web on " << config->web.address
            << ':' << config->web.port << ", history in " << (config->store.empty() ? "memory" : config->store.string())
            << '\n';
  bool all = true;
  for (const auto& target : config->targets) {
    if (connect)
      all = try_target(target) && all;
    else
      std::cout << "  " << target.name << ": " << target.conninfo.display() << '\n';
  }
  return all ? exit_ok : exit_failed;
}

}  // namespace

void add_check_config(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("check-config", "Check the configuration, and with --connect the targets");
  auto flags = std::make_shared<Flags>();
  auto connect = std::make_shared<bool>(false);
  command->add_option("file", flags->config, "YAML file; default: PGSEXTANT_CONFIG");
  add_target_flags(*command, *flags);
  command->add_flag("--connect", *connect, "Connect to each target once; exit 1 when one does not answer");
  command->footer(
      "Examples:\n  pgsextant check-config /etc/pgsextant.yaml\n  pgsextant check-config --connect pgsextant.yaml");
  command->callback(
      [&chosen, flags, connect] { chosen = [flags, connect] { return check_config(*flags, *connect); }; });
}

}  // namespace pgsextant::app
