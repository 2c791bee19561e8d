#pragma once
// Configuration: a YAML file, the environment and flags, in rising precedence. docs/configuration.md lists every key.

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/collector.hpp"
#include "core/outcome.hpp"
#include "store/store.hpp"
#include "web/server.hpp"

namespace pgsextant::app {

struct Config {
  std::vector<collector::TargetOptions> targets;
  double cadence = 1.0;         ///< factor on every source's cadence
  std::filesystem::path store;  ///< empty: in memory
  store::Retention retention;
  std::chrono::seconds advise_every{300};
  web::WebOptions web;
  std::string log_level = "info";
};

/// Values given on the command line; an empty optional leaves what file and environment say.
struct Flags {
  std::optional<std::filesystem::path> config;
  std::optional<std::string> dsn, name, address, token_file, store, log_level;
  std::optional<int> port;
  std::optional<double> cadence;
};

/// Reads a variable of the environment; tests pass their own.
using Environment = std::optional<std::string> (*)(const char* name);
std::optional<std::string> process_environment(const char* name);

/// A bad file, variable or flag. Each error says where ("pgsextant.yaml:7: targets[0].cadence"), what was found (never
/// the value of a secret) and what was expected; all of a file's errors are reported at once, one a line.
Result<Config> load_config(const Flags& flags, Environment environment);

/// The part for one file; separate for tests.
Result<Config> parse_config(std::string_view yaml, const std::string& file);

}  // namespace pgsextant::app
