#include "demo/loading.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/embedded.hpp"

namespace pgsextant::demo {
namespace {

TEST(Steps, AreWhatFollowsTheirHeadings) {
  const auto steps = steps_of("-- About the file.\n-- step\nSELECT 1;\n-- step order items\nSELECT 2;\nSELECT 3;\n");
  ASSERT_EQ(steps.size(), 2U);
  EXPECT_EQ(steps[0].name, "");
  EXPECT_EQ(steps[0].sql, "\nSELECT 1;\n");
  EXPECT_EQ(steps[1].name, "order items");
  EXPECT_EQ(steps[1].sql, "\nSELECT 2;\nSELECT 3;\n");
}

TEST(Steps, NeedAHeading) {
  EXPECT_TRUE(steps_of("").empty());
  EXPECT_TRUE(steps_of("SELECT 1;\n").empty());
}

TEST(Steps, OfTheScriptsKeepWhatRefusesATransactionAlone) {
  int found = 0;
  for (const auto& file : embedded_files()) {
    if (!file.name.starts_with("sql/")) continue;
    const auto steps = steps_of(file.content);
    EXPECT_FALSE(steps.empty()) << file.name;
    for (const auto& step : steps) {
      for (const auto* command : {"\nALTER SYSTEM", "\nVACUUM", "\nCHECKPOINT"}) {
        if (step.sql.find(command) == std::string_view::npos) continue;
        ++found;
        EXPECT_EQ(std::count(step.sql.begin(), step.sql.end(), ';'), 1) << file.name << step.sql;
      }
    }
  }
  EXPECT_GE(found, 3);
}

}  // namespace
}  // namespace pgsextant::demo
