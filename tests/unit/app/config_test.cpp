#include "app/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace pgsextant::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

std::optional<std::string> empty_environment(const char*) { return std::nullopt; }

std::string errors_of(std::string_view yaml) {
  const auto config = parse_config(yaml, "p.yaml");
  return config ? "" : config.failure().message;
}

std::filesystem::path temporary_file(const std::string& name, std::string_view content) {
  auto path = std::filesystem::path(::testing::TempDir()) / ("pgsextant_config_" + name);
  std::ofstream(path) << content;
  return path;
}

TEST(ParseConfig, ReadsEveryKey) {
  const auto config = parse_config(R"(
targets:
  - name: shop
    cluster: eu
    dsn: host=db1 dbname=shop user=monitor
    cadence: 2
    connect_timeout: 3s
    statement_timeout: 1500ms
    lock_timeout: 50ms
cadence: 0.5
store: /var/lib/pgsextant/history.db
retention: {samples: 48h, closed: 30d}
advise: {every: 10min}
web: {address: 127.0.0.1, port: 9999, token: t, top_statements: 7, max_tables: 8}
log: {level: warning}
)",
                                   "p.yaml");
  ASSERT_TRUE(config.ok()) << config.failure().message;
  ASSERT_EQ(config->targets.size(), 1U);
  const auto& target = config->targets[0];
  EXPECT_EQ(target.name, "shop");
  EXPECT_EQ(target.cluster, "eu");
  EXPECT_EQ(target.conninfo.value("dbname"), "shop");
  EXPECT_DOUBLE_EQ(target.cadence_factor, 2);
  EXPECT_EQ(target.connect_timeout, 3s);
  EXPECT_EQ(target.statement_timeout, 1500ms);
  EXPECT_EQ(target.lock_timeout, 50ms);
  EXPECT_DOUBLE_EQ(config->cadence, 0.5);
  EXPECT_EQ(config->store, "/var/lib/pgsextant/history.db");
  EXPECT_EQ(config->retention.samples, 48h);
  EXPECT_EQ(config->retention.closed, 720h);
  EXPECT_EQ(config->advise_every, 600s);
  EXPECT_EQ(config->web.port, 9999);
  EXPECT_EQ(config->web.token, "t");
  EXPECT_EQ(config->web.top_statements, 7);
  EXPECT_EQ(config->web.max_tables, 8);
  EXPECT_EQ(config->log_level, "warning");
}

TEST(ParseConfig, AnEmptyFileIsTheDefaults) {
  const auto config = parse_config("", "p.yaml");
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->targets.empty());
  EXPECT_EQ(config->web.port, 9187);
  EXPECT_EQ(config->web.address, "127.0.0.1");
}

TEST(ParseConfig, AnUnknownKeyIsNamedWithItsLineAndTheKnownOnes) {
  EXPECT_THAT(errors_of("web:\n  adress: 127.0.0.1\n"),
              AllOf(HasSubstr("p.yaml:2: web.adress: unknown key"), HasSubstr("address"), HasSubstr("port")));
  EXPECT_THAT(errors_of("targets:\n  - dsnn: x\n"), HasSubstr("p.yaml:2: targets[0].dsnn: unknown key"));
}

TEST(ParseConfig, AWrongTypeSaysWhatWasExpected) {
  EXPECT_THAT(errors_of("web:\n  port: http\n"),
              HasSubstr("p.yaml:2: web.port: expected a whole number from 0 to 65535"));
  EXPECT_THAT(errors_of("web:\n  port: 70000\n"), HasSubstr("expected a whole number from 0 to 65535"));
  EXPECT_THAT(errors_of("web:\n  port: 91.87\n"), HasSubstr("expected a whole number"));
  EXPECT_THAT(errors_of("web: 9187\n"), HasSubstr("p.yaml:1: web: expected a mapping"));
  EXPECT_THAT(errors_of("targets: shop\n"), HasSubstr("p.yaml:1: targets: expected a list"));
  EXPECT_THAT(errors_of("targets: [shop]\n"), HasSubstr("targets[0]: expected a mapping"));
  EXPECT_THAT(errors_of("- targets\n"), HasSubstr("p.yaml:1: expected a mapping"));
  EXPECT_THAT(errors_of("retention: {samples: 48}\n"),
              HasSubstr("retention.samples: expected a duration with its unit"));
  EXPECT_THAT(errors_of("log: {level: loud}\n"), HasSubstr("log.level: expected one of debug, info, warning, error"));
  EXPECT_THAT(errors_of("store: [a, b]\n"), HasSubstr("store: expected a text, found a list"));
}

TEST(ParseConfig, ReportsEveryErrorAtOnce) {
  const auto errors = errors_of("cadence: fast\nweb: {port: x}\nbogus: 1\n");
  EXPECT_THAT(errors, AllOf(HasSubstr("cadence:"), HasSubstr("web.port:"), HasSubstr("bogus: unknown key")));
}

TEST(ParseConfig, WhatIsNotYamlNamesTheLine) {
  EXPECT_THAT(errors_of("web:\n  port: [1\n"), AllOf(HasSubstr("p.yaml:"), HasSubstr("not YAML")));
}

TEST(ParseConfig, ABadDsnIsNamedWithoutItsSecret) {
  const auto errors = errors_of("targets:\n  - dsn: 'host=db1 password=hunter2 bogus_keyword=1'\n");
  EXPECT_THAT(errors,
              AllOf(HasSubstr("p.yaml:2: targets[0].dsn: expected a connection string"), Not(HasSubstr("hunter2"))));
  EXPECT_THAT(errors_of("targets:\n  - dsn: 'postgresql://me:hunter2@[db1/shop'\n"), Not(HasSubstr("hunter2")));
}

TEST(ParseConfig, TwoTargetsOfOneNameAreRefused) {
  EXPECT_THAT(errors_of("targets:\n  - {name: a, dsn: host=x}\n  - {name: a, dsn: host=y}\n"),
              HasSubstr("p.yaml:3: targets[1].name"));
}

TEST(ParseConfig, APasswordFileIsReadBesideTheConfiguration) {
  const auto secret = temporary_file("secret", "from-file\n");
  const auto config = parse_config("targets:\n  - {dsn: host=db1, password_file: " + secret.filename().string() + "}\n",
                                   (secret.parent_path() / "p.yaml").string());
  ASSERT_TRUE(config.ok()) << config.failure().message;
  EXPECT_EQ(config->targets[0].conninfo.value("password"), "from-file");
  EXPECT_THAT(errors_of("targets:\n  - {dsn: host=db1, password_file: /nowhere/secret}\n"),
              HasSubstr("password_file: expected a file that can be read"));
}

TEST(LoadConfig, FlagsWinOverTheEnvironmentWhichWinsOverTheFile) {
  const auto file = temporary_file("layers.yaml", "web: {port: 1111, address: 127.0.0.3}\nlog: {level: error}\n");
  const auto environment = [](const char* name) -> std::optional<std::string> {
    const std::string_view variable = name;
    if (variable == "PGSEXTANT_WEB_PORT") return "2222";
    if (variable == "PGSEXTANT_LOG_LEVEL") return "debug";
    return std::nullopt;
  };
  Flags flags;
  flags.config = file;
  flags.port = 3333;
  const auto config = load_config(flags, environment);
  ASSERT_TRUE(config.ok()) << config.failure().message;
  EXPECT_EQ(config->web.port, 3333);
  EXPECT_EQ(config->log_level, "debug");
  EXPECT_EQ(config->web.address, "127.0.0.3");
}

TEST(LoadConfig, WithoutTargetsLibpqsDefaultsAreTheTarget) {
  const auto config = load_config({}, empty_environment);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->targets.size(), 1U);
}

TEST(LoadConfig, ADsnByFlagReplacesTheFilesTargets) {
  Flags flags;
  flags.config = temporary_file("targets.yaml", "targets:\n  - {name: a, dsn: host=x}\n  - {name: b, dsn: host=y}\n");
  flags.dsn = "host=z dbname=shop";
  flags.name = "mine";
  const auto config = load_config(flags, empty_environment);
  ASSERT_TRUE(config.ok());
  ASSERT_EQ(config->targets.size(), 1U);
  EXPECT_EQ(config->targets[0].name, "mine");
  EXPECT_EQ(config->targets[0].conninfo.value("host"), "z");
}

TEST(LoadConfig, BadVariablesAndFlagsAreNamed) {
  const auto environment = [](const char* name) -> std::optional<std::string> {
    if (std::string_view(name) == "PGSEXTANT_WEB_PORT") return "many";
    return std::nullopt;
  };
  Flags flags;
  flags.dsn = "host=db1 password=hunter2 nonsense";
  const auto config = load_config(flags, environment);
  ASSERT_FALSE(config.ok());
  EXPECT_THAT(config.failure().message, AllOf(HasSubstr("PGSEXTANT_WEB_PORT: expected a number"),
                                              HasSubstr("--dsn: expected"), Not(HasSubstr("hunter2"))));
  Flags missing;
  missing.config = "/nowhere/pgsextant.yaml";
  EXPECT_THAT(load_config(missing, empty_environment).failure().message,
              HasSubstr("/nowhere/pgsextant.yaml: expected a configuration file that can be read"));
}

TEST(LoadConfig, TheGlobalCadenceStretchesEveryTarget) {
  Flags flags;
  flags.config = temporary_file("cadence.yaml", "cadence: 3\ntargets:\n  - {name: a, dsn: host=x, cadence: 2}\n");
  EXPECT_DOUBLE_EQ(load_config(flags, empty_environment)->targets[0].cadence_factor, 6);
}

}  // namespace
}  // namespace pgsextant::app
