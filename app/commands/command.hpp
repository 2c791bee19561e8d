#pragma once
// One file per subcommand. Each adds itself to the command line and says what to run; main.cpp holds the list.

#include <functional>
#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace pgsextant::app {

/// Exit codes of every command.
enum Exit : int {
  exit_ok = 0,
  exit_failed = 1,  ///< what was asked for could not be done, or findings at or above --fail-on
  exit_usage = 2,   ///< bad flags, configuration or input
};

/// What a parsed command line will do; returns the exit code.
using Action = std::function<int()>;

/// Adds a subcommand whose callback sets `chosen`.
using AddCommand = void (*)(CLI::App& app, Action& chosen);

void add_serve(CLI::App& app, Action& chosen);
void add_demo(CLI::App& app, Action& chosen);
void add_advise(CLI::App& app, Action& chosen);
void add_explain(CLI::App& app, Action& chosen);
void add_check_config(CLI::App& app, Action& chosen);
void add_dump_sql(CLI::App& app, Action& chosen);
void add_version(CLI::App& app, Action& chosen);

}  // namespace pgsextant::app
