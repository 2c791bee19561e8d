#include "app/config.hpp"

#include <yaml-cpp/yaml.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "app/yaml_reader.hpp"

namespace pgsextant::app {
namespace {

const std::vector<std::string> log_levels{"debug", "info", "warning", "error"};

Failure invalid(std::string message, std::string hint = {}) {
  return {Outcome::invalid_input, std::move(message), std::move(hint)};
}

/// The content without its trailing newline, as editors leave one.
std::optional<std::string> read_secret(const std::string& file) {
  std::ifstream in(file);
  if (!in) return std::nullopt;
  std::string line;
  std::getline(in, line);
  return line;
}

/// Fills a target from its mapping. Names libpq's problems without repeating the DSN, which may hold a password.
void read_target(YamlReader& reader, Config& config, const std::string& file) {
  std::string name;
  std::string cluster;
  std::string dsn;
  std::string dsn_env;
  std::string password_file;
  reader.text("name", name);
  reader.text("cluster", cluster);
  const bool has_dsn = reader.text("dsn", dsn);
  if (reader.text("dsn_env", dsn_env)) {
    const auto value = process_environment(dsn_env.c_str());
    if (has_dsn)
      reader.fail("dsn_env", "either dsn or dsn_env");
    else if (!value)
      reader.fail("dsn_env", "a variable that is set in the environment");
    else
      dsn = *value;
  }
  auto conninfo = pg::Conninfo::parse(dsn);
  if (!conninfo) {
    reader.fail(has_dsn ? "dsn" : "dsn_env", "a connection string of libpq: " + conninfo.failure().message);
    return;
  }
  if (reader.text("password_file", password_file)) {
    const auto beside = std::filesystem::path(file).parent_path() / password_file;
    if (const auto secret = read_secret(beside))
      conninfo = conninfo->with("password", *secret);
    else
      reader.fail("password_file", "a file that can be read");
  }
  collector::TargetOptions target{.name = name, .cluster = cluster, .conninfo = *conninfo};
  if (name.empty()) target.name = conninfo->display();
  reader.number("cadence", target.cadence_factor, 0.1, 100);
  reader.duration("connect_timeout", target.connect_timeout);
  reader.duration("statement_timeout", target.statement_timeout);
  reader.duration("lock_timeout", target.lock_timeout);
  for (const auto& other : config.targets)
    if (other.name == target.name) reader.fail("name", "a name of its own; another target is called the same");
  config.targets.push_back(std::move(target));
}

void read_document(YamlReader& reader, Config& config, const std::string& file) {
  reader.sequence("targets", [&](YamlReader& target) { read_target(target, config, file); });
  reader.number("cadence", config.cadence, 0.1, 100);
  std::string store;
  if (reader.text("store", store)) config.store = store == "memory" ? "" : store;
  reader.mapping("retention", [&](YamlReader& retention) {
    std::chrono::milliseconds span{};
    if (retention.duration("samples", span))
      config.retention.samples = std::chrono::duration_cast<std::chrono::hours>(span);
    if (retention.duration("closed", span))
      config.retention.closed = std::chrono::duration_cast<std::chrono::hours>(span);
  });
  reader.mapping("advise", [&](YamlReader& advise) {
    std::chrono::milliseconds every{};
    if (advise.duration("every", every)) config.advise_every = std::chrono::duration_cast<std::chrono::seconds>(every);
  });
  reader.mapping("web", [&](YamlReader& web) {
    std::string token_file;
    web.text("address", config.web.address);
    web.integer("port", config.web.port, 0, 65535);
    web.text("token", config.web.token);
    web.integer("top_statements", config.web.top_statements, 1, 10'000);
    web.integer("max_tables", config.web.max_tables, 1, 1'000'000);
    if (web.text("token_file", token_file)) {
      const auto beside = std::filesystem::path(file).parent_path() / token_file;
      if (const auto secret = read_secret(beside))
        config.web.token = *secret;
      else
        web.fail("token_file", "a file that can be read");
    }
  });
  reader.mapping("log", [&](YamlReader& log) { log.choice("level", config.log_level, log_levels); });
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

/// A value from a variable or a flag, named as `where` in errors.
template <class Number>
std::optional<std::string> take_number(const std::string& text, Number minimum, Number maximum,
                                       const std::string& where, Number& into) {
  Number parsed{};
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, parsed);
  const bool in_range = parsed >= minimum && parsed <= maximum;  // false for NaN
  if (error != std::errc{} || rest != end || !in_range) {
    std::ostringstream message;
    message << where << ": expected a number from " << minimum << " to " << maximum;
    return message.str();
  }
  into = parsed;
  return std::nullopt;
}

/// The layer above the file. `where` names the origin of a value.
class Overrides {
 public:
  Overrides(Config& config, const Flags& flags, Environment environment)
      : config_(config), flags_(flags), environment_(environment) {}

  Result<bool> apply() {
    single_target();
    if (auto address = pick(flags_.address, "PGSEXTANT_WEB_ADDRESS", "--address")) config_.web.address = address->text;
    if (auto port = pick(flags_.port ? std::optional(std::to_string(*flags_.port)) : std::nullopt, "PGSEXTANT_WEB_PORT",
                         "--port"))
      note(take_number(port->text, 0, 65535, port->where, config_.web.port));
    if (auto token = environment_("PGSEXTANT_WEB_TOKEN")) config_.web.token = *token;
    if (auto file = pick(flags_.token_file, "PGSEXTANT_WEB_TOKEN_FILE", "--token-file")) {
      if (const auto secret = read_secret(file->text))
        config_.web.token = *secret;
      else
        errors_.push_back(file->where + ": expected a file that can be read");
    }
    if (auto store = pick(flags_.store, "PGSEXTANT_STORE", "--store"))
      config_.store = store->text == "memory" ? "" : store->text;
    if (auto cadence = pick(flags_.cadence ? std::optional(std::to_string(*flags_.cadence)) : std::nullopt,
                            "PGSEXTANT_CADENCE", "--cadence"))
      note(take_number(cadence->text, 0.1, 100.0, cadence->where, config_.cadence));
    if (auto level = pick(flags_.log_level, "PGSEXTANT_LOG_LEVEL", "--log-level")) {
      if (std::find(log_levels.begin(), log_levels.end(), level->text) == log_levels.end())
        errors_.push_back(level->where + ": expected one of debug, info, warning, error");
      else
        config_.log_level = level->text;
    }
    if (errors_.empty()) return true;
    return invalid(joined(errors_));
  }

 private:
  struct Value {
    std::string text, where;
  };

  std::optional<Value> pick(const std::optional<std::string>& flag, const char* variable, const char* flag_name) const {
    if (flag) return Value{*flag, flag_name};
    if (auto value = environment_(variable)) return Value{*value, variable};
    return std::nullopt;
  }

  void note(std::optional<std::string> error) {
    if (error) errors_.push_back(std::move(*error));
  }

  /// A DSN by flag or variable is the one target; without any target, libpq's own defaults are.
  void single_target() {
    auto dsn = pick(flags_.dsn, "PGSEXTANT_DSN", "--dsn");
    if (!dsn && !config_.targets.empty()) return;
    if (!dsn) dsn = Value{"", "libpq's environment"};
    auto conninfo = pg::Conninfo::parse(dsn->text);
    if (!conninfo) {
      errors_.push_back(dsn->where + ": expected a connection string of libpq: " + conninfo.failure().message);
      return;
    }
    collector::TargetOptions target{.name = flags_.name.value_or(""), .cluster = "", .conninfo = *conninfo};
    if (target.name.empty()) target.name = conninfo->display();
    config_.targets.clear();
    config_.targets.push_back(std::move(target));
  }

  Config& config_;
  const Flags& flags_;
  Environment environment_;
  std::vector<std::string> errors_;
};

}  // namespace

std::optional<std::string> process_environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read before threads start
  if (value == nullptr) return std::nullopt;
  return value;
}

Result<Config> parse_config(std::string_view yaml, const std::string& file) {
  YamlErrors errors{file, {}};
  Config config;
  try {
    YamlReader reader(YAML::Load(std::string(yaml)), "", errors);
    read_document(reader, config, file);
    reader.finish();
  } catch (const YAML::Exception& e) {
    return invalid(file + ":" + std::to_string(e.mark.line + 1) + ": not YAML: " + e.msg);
  }
  if (!errors.lines.empty()) return invalid(joined(errors.lines));
  return config;
}

Result<Config> load_config(const Flags& flags, Environment environment) {
  Config config;
  const auto variable = environment("PGSEXTANT_CONFIG");
  if (flags.config || variable) {
    const std::string file = flags.config ? flags.config->string() : *variable;
    const std::ifstream in(file);
    if (!in)
      return invalid(file + ": expected a configuration file that can be read (from " +
                     (flags.config ? "--config" : "PGSEXTANT_CONFIG") + ")");
    std::ostringstream content;
    content << in.rdbuf();
    auto parsed = parse_config(content.str(), file);
    if (!parsed) return parsed;
    config = std::move(parsed).value();
  }
  if (auto applied = Overrides(config, flags, environment).apply(); !applied) return applied.failure();
  for (auto& target : config.targets) target.cadence_factor *= config.cadence;
  return config;
}

}  // namespace pgsextant::app
