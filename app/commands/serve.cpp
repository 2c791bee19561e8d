#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands/command.hpp"
#include "app/commands/common.hpp"
#include "app/service.hpp"

namespace pgsextant::app {
namespace {

int serve(const Flags& flags) {
  auto config = load_config(flags, process_environment);
  if (!config) return report_failure(config.failure());
  set_up_logging(config->log_level);
  block_stop_signals();
  auto service = Service::start(*config);
  if (!service) return report_failure(service.failure());
  std::cout << "pgsextant: report at " << (*service)->url() << '\n' << std::flush;
  wait_for_stop_signal();
  spdlog::info("stopping");
  return exit_ok;
}

}  // namespace

void add_serve(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("serve", "Watch servers and serve the report and /metrics until stopped");
  auto flags = std::make_shared<Flags>();
  add_target_flags(*command, *flags);
  add_service_flags(*command, *flags);
  command->footer(
      "Examples:\n"
      "  pgsextant serve --dsn 'postgresql://monitor@db1/shop'\n"
      "  pgsextant serve --config /etc/pgsextant.yaml --store /var/lib/pgsextant/history.db\n"
      "  PGSERVICE=shop pgsextant serve --port 9187");
  command->callback([&chosen, flags] { chosen = [flags] { return serve(*flags); }; });
}

}  // namespace pgsextant::app
