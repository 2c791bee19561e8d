#include "app/commands/common.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "app/commands/command.hpp"

namespace pgsextant::app {
namespace {

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

void add_target_flags(CLI::App& command, Flags& flags) {
  command.add_option("--dsn", flags.dsn,
                     "Connection string: a URI or key=value pairs. PG* variables, service files and ~/.pgpass are "
                     "honoured; keep passwords there rather than on the command line");
  command.add_option("--name", flags.name, "What to call the server; default: database on host:port");
}

void add_service_flags(CLI::App& command, Flags& flags) {
  command.add_option("--config", flags.config, "YAML file (docs/configuration.md)");
  command.add_option("--address", flags.address, "Address to listen on; any but loopback needs a token");
  command.add_option("--port", flags.port, "Port to listen on; 0 takes a free one (default 9187)");
  command.add_option("--token-file", flags.token_file, "File with the token that readers must present");
  command.add_option("--store", flags.store, "SQLite file for history, or 'memory'");
  command.add_option("--cadence", flags.cadence, "Factor on how often everything is asked: 2 is half as often");
  command.add_option("--log-level", flags.log_level, "debug, info, warning or error");
}

void set_up_logging(const std::string& level) {
  static const auto logger = spdlog::stderr_color_mt("pgsextant");
  spdlog::set_default_logger(logger);
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
}

int report_failure(const Failure& failure) {
  std::cerr << "pgsextant: " << failure.message << '\n';
  if (!failure.hint.empty()) std::cerr << "  " << failure.hint << '\n';
  return failure.outcome == Outcome::invalid_input ? exit_usage : exit_failed;
}

void block_stop_signals() {
  const auto signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool stop_signal_came() {
  const auto signals = stop_signals();
  const timespec at_once{};
  return sigtimedwait(&signals, nullptr, &at_once) > 0;
}

void wait_for_stop_signal() {
  const auto signals = stop_signals();
  int received = 0;
  sigwait(&signals, &received);
}

}  // namespace pgsextant::app
