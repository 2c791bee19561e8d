#include "core/model/settings.hpp"

#include <gtest/gtest.h>

namespace pgsextant {
namespace {

Settings sample() {
  return {{
      {"autovacuum", "on", "", "bool", "default"},
      {"checkpoint_completion_target", "0.9", "", "real", "default"},
      {"checkpoint_timeout", "300", "s", "integer", "default"},
      {"fsync", "off", "", "bool", "configuration file"},
      {"log_min_duration_statement", "-1", "ms", "integer", "default"},
      {"max_connections", "100", "", "integer", "default"},
      {"port", "", "", "integer", "default"},
      {"shared_buffers", "16384", "8kB", "integer", "configuration file"},
      {"strange", "3", "furlong", "integer", "default"},
      {"wal_level", "replica", "", "enum", "default"},
      {"work_mem", "4096", "kB", "integer", "default"},
  }};
}

TEST(Settings, FindsByName) {
  const auto settings = sample();
  ASSERT_NE(settings.find("work_mem"), nullptr);
  EXPECT_EQ(settings.find("work_mem")->value, "4096");
  EXPECT_EQ(settings.find("work"), nullptr);
}

TEST(Settings, NumbersAreInBytesAndSeconds) {
  const auto settings = sample();
  EXPECT_EQ(settings.number("shared_buffers"), 134217728);  // 128 MB
  EXPECT_EQ(settings.number("work_mem"), 4194304);          // 4 MB
  EXPECT_EQ(settings.number("checkpoint_timeout"), 300);
  EXPECT_EQ(settings.number("checkpoint_completion_target"), 0.9);
  EXPECT_EQ(settings.number("max_connections"), 100);
}

TEST(Settings, SpecialNegativeValuesAreNotScaled) { EXPECT_EQ(sample().number("log_min_duration_statement"), -1); }

TEST(Settings, WhatIsNoNumberHasNone) {
  for (const auto* name : {"absent", "autovacuum", "wal_level", "port", "strange"})
    EXPECT_FALSE(sample().number(name)) << name;
}

TEST(Settings, Flags) {
  const auto settings = sample();
  EXPECT_EQ(settings.flag("autovacuum"), true);
  EXPECT_EQ(settings.flag("fsync"), false);
  EXPECT_FALSE(settings.flag("wal_level"));
  EXPECT_FALSE(settings.flag("absent"));
}

TEST(BaseUnitFactor, OfEveryUnitOfPgSettings) {
  EXPECT_EQ(base_unit_factor("B"), 1);
  EXPECT_EQ(base_unit_factor("kB"), 1024);
  EXPECT_EQ(base_unit_factor("8kB"), 8192);
  EXPECT_EQ(base_unit_factor("MB"), 1048576);
  EXPECT_EQ(base_unit_factor("16MB"), 16777216);
  EXPECT_EQ(base_unit_factor("ms"), 0.001);
  EXPECT_EQ(base_unit_factor("us"), 0.000001);
  EXPECT_EQ(base_unit_factor("s"), 1);
  EXPECT_EQ(base_unit_factor("min"), 60);
  EXPECT_EQ(base_unit_factor("h"), 3600);
  EXPECT_EQ(base_unit_factor("d"), 86400);
  for (const auto* unit : {"", "8", "KB", "kB8", "-1kB", "furlong", "s ", "99999999999999999999999999999999x"})
    EXPECT_FALSE(base_unit_factor(unit)) << unit;
}

}  // namespace
}  // namespace pgsextant
