#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "app/commands/command.hpp"

int main(int argc, char** argv) {
  using namespace pgsextant::app;
  CLI::App app{"pgsextant watches PostgreSQL servers, says why they are slow and what would fix it."};
  app.name("pgsextant");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help of every command");
  Action chosen;
  for (const AddCommand add :
       {add_serve, add_demo, add_advise, add_explain, add_check_config, add_dump_sql, add_version})
    add(app, chosen);
  try {
    app.parse(argc, argv);
    return chosen();
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? exit_ok : exit_usage;
  } catch (const std::exception& e) {
    std::cerr << "pgsextant: " << e.what() << '\n';
    return exit_failed;
  }
}
