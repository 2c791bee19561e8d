#include "core/version.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "app/commands/command.hpp"

namespace pgsextant::app {

void add_version(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("version", "Print the version");
  command->footer("Example:\n  pgsextant version");
  command->callback([&chosen] {
    chosen = [] {
      std::cout << "pgsextant " << version << '\n';
      return static_cast<int>(exit_ok);
    };
  });
}

}  // namespace pgsextant::app
