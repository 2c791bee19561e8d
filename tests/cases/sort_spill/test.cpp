#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "sort_spill";
constexpr auto report = "SELECT * FROM orders ORDER BY total";

TEST(SortSpill, FiresWithWorkMemAndTheNodesOfThePlan) {
  World world;
  world.statement(3, report, 4, 100).temp_written = Blocks{4 * 1280};  // 10 MB a call
  world.setting("work_mem", "4096", "kB");
  world.plan(3, R"({"Plan": {"Node Type": "Sort", "Sort Key": ["total"], "Plans": [{"Node Type": "Seq Scan"}]}})");
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title),
            "A statement writes 10 MB of temporary files per call: its work does not fit in 4 MB of work_mem");
  EXPECT_THAT(findings[0].why, HasSubstr("Sort by total"));
  EXPECT_EQ(findings[0].remedy_sql, "SET work_mem = '32MB';");  // 10 MB × 2.5, to the next power of two
  EXPECT_EQ(figure(findings[0], "work_mem"), 4 << 20);
}

TEST(SortSpill, TheBoundaryIsAMegabytePerCall) {
  World world;
  auto& counters = world.statement(3, report, 10, 100);
  counters.temp_written = Blocks{1280};
  EXPECT_THAT(world.find(rule), SizeIs(1));
  world.window.statements.entries[0].counters.temp_written = Blocks{1279};
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(SortSpill, CountsThePagesOfThisServer) {
  World world;
  world.statement(3, report, 10, 100).temp_written = Blocks{1279};
  world.setting("block_size", "16384");
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(SortSpill, AdvisesNoMemoryThatNobodyHas) {
  World world;
  world.statement(3, report, 1, 1).temp_written = Blocks{131072};  // 1 GB
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].remedy_sql, "");
}

TEST(SortSpill, FiresForAnExecutedPlanWithoutAStatement) {
  const auto sort = [](const std::string& type, int kb) {
    World world;
    world.plan(0,
               R"({"Plan": {"Node Type": "Limit", "Actual Loops": 1, "Plans": [{"Node Type": "Sort", "Actual Loops": 1,
        "Sort Space Type": ")" +
                   type + R"(", "Sort Space Used": )" + std::to_string(kb) + "}]}}");
    return world.find(rule);
  };
  ASSERT_THAT(sort("Disk", 10'240), SizeIs(1));
  EXPECT_EQ(plain(sort("Disk", 10'240)[0].title), "Sort writes 10 MB of temporary files");
  EXPECT_EQ(sort("Disk", 10'240)[0].remedy_sql, "SET work_mem = '32MB';");
  EXPECT_THAT(sort("Disk", 1024), SizeIs(1)) << "the boundary";
  EXPECT_THAT(sort("Disk", 1023), IsEmpty());
  EXPECT_THAT(sort("Memory", 10'240), IsEmpty());
}

TEST(SortSpill, StaysQuietForUtilityStatementsAndUnknownTexts) {
  World world;
  world.statement(3, "CREATE INDEX ON orders (total)", 1, 0).temp_written = Blocks{10'000};
  world.statement(4, "", 1, 0).temp_written = Blocks{10'000};
  EXPECT_THAT(world.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
