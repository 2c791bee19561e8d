// A rule has four places; none may be missing, and nothing may lie about that no rule owns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "analyzer/rule.hpp"

namespace pgsextant::analyzer {
namespace {

const std::filesystem::path root = PGSEXTANT_SOURCE_DIR;

std::set<std::string> registered() {
  std::set<std::string> ids;
  for (const Rule& rule : rules()) ids.emplace(rule.id);
  return ids;
}

std::set<std::string> stems(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().stem().string());
  return names;
}

TEST(Registry, EveryRuleIsCompleteAndHasItsOwnId) {
  EXPECT_EQ(registered().size(), rules().size()) << "an id is there twice";
  for (const Rule& rule : rules()) {
    EXPECT_FALSE(rule.title.empty()) << rule.id;
    EXPECT_NE(rule.check, nullptr) << rule.id;
  }
}

TEST(Registry, EveryRuleHasItsFourPlacesAndNoFileIsWithoutARule) {
  auto code = stems(root / "analyzer/rules");
  EXPECT_EQ(code.erase("registry"), 1U);
  EXPECT_EQ(code, registered());
  auto cases = stems(root / "tests/cases");
  EXPECT_EQ(cases.erase("support"), 1U);
  EXPECT_EQ(cases, registered());
  EXPECT_EQ(stems(root / "docs/rules"), registered());
  for (const auto& id : registered())
    EXPECT_TRUE(std::filesystem::exists(root / "tests/cases" / id / "test.cpp")) << id;
}

/// A server on which rules of several kinds fire.
struct Troubled {
  Snapshot now;
  Window window;
  Troubled() {
    Settings settings;
    settings.entries = {{"fsync", "off", "", "bool", "", false}};
    now.settings.data = std::make_shared<const Settings>(settings);
    StatementTexts texts;
    window.statements.length = Seconds(60);
    for (const int query : {1, 2, 3}) {
      texts[QueryId{query}] = "SELECT * FROM t ORDER BY c" + std::to_string(query);
      StatementDelta entry;
      entry.key = {Oid{1}, Oid{1}, QueryId{query}, true};
      entry.counters.calls = 1;
      entry.counters.temp_written = Blocks{1000};
      entry.counters.exec_time = Milliseconds(query == 2 ? 90 : 5);
      window.statements.entries.push_back(entry);
    }
    now.texts.data = std::make_shared<const StatementTexts>(texts);
    window.databases = {{Oid{1}, "shop", Seconds(60), {}}};
    window.databases[0].counters.deadlocks = 1;
  }
  [[nodiscard]] std::vector<Finding> find() const { return find_all({now, window, {}}); }
};

TEST(FindAll, ListsWhatIsCriticalThenLoadThenSeverityThenTheRegistrysOrder) {
  const auto findings = Troubled().find();
  std::vector<std::string> keys;
  for (const auto& finding : findings) keys.push_back(finding.key);
  EXPECT_THAT(
      keys, testing::ElementsAre("durability_off//setting/fsync", "sort_spill//statement/2", "sort_spill//statement/1",
                                 "sort_spill//statement/3", "deadlocks/shop/database/shop"));
  for (const auto& finding : findings) EXPECT_TRUE(finding.key.starts_with(finding.rule + "/")) << finding.key;
}

TEST(FindAll, OfEqualKeysTheFirstStays) {
  Troubled server;
  server.window.statements.entries.push_back(server.window.statements.entries.back());
  server.window.statements.entries.back().key.user = Oid{2};  // the same statement run by another role
  EXPECT_EQ(server.find().size(), 5U);
}

TEST(FindAll, NothingKnownIsNothingFound) { EXPECT_TRUE(find_all({Snapshot{}, Window{}, {}}).empty()); }

}  // namespace
}  // namespace pgsextant::analyzer
