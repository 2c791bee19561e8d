#pragma once
// What several commands share.

#include <string>

#include "app/config.hpp"
#include "core/outcome.hpp"

namespace CLI {
class App;
}

namespace pgsextant::app {

/// --dsn, --name
void add_target_flags(CLI::App& command, Flags& flags);
/// --config, --cadence, --log-level, --store, --address, --port, --token-file
void add_service_flags(CLI::App& command, Flags& flags);

/// Starts logging to standard error at a level of the configuration.
void set_up_logging(const std::string& level);

/// "pgsextant: message" and the hint on standard error; returns the exit code for the outcome.
int report_failure(const Failure& failure);

/// Blocks SIGINT and SIGTERM in this thread and all that it starts from now on. Call it before any thread is started.
void block_stop_signals();
/// Waits for one of them.
void wait_for_stop_signal();
/// Whether one has come; it then counts as taken.
bool stop_signal_came();

}  // namespace pgsextant::app
