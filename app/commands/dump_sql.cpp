#include "collector/dump_sql.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands/command.hpp"

namespace pgsextant::app {

void add_dump_sql(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("dump-sql", "Print every query that a watched server is asked, with its cadence and rights");
  command->footer("Example:\n  pgsextant dump-sql | less");
  command->callback([&chosen] {
    chosen = [] {
      std::cout << collector::dump_sql();
      return static_cast<int>(exit_ok);
    };
  });
}

}  // namespace pgsextant::app
