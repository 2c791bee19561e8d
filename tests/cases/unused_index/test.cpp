#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "unused_index";
constexpr Seconds week = std::chrono::hours(24 * 7);

World unused() {
  World world;
  world.table("customers", 1e6, {"phone text"});
  world.index("customers", "customers_phone_idx", {"phone"});
  world.index_counters("customers_phone_idx").scans = 0;
  world.database().stats_reset = ago(week);
  return world;
}

TEST(UnusedIndex, FiresAndSaysSinceWhen) {
  World world = unused();
  auto& writes = world.table_counters("customers");
  writes.inserted = 10;
  writes.updated = 100;
  writes.hot_updated = 30;
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title),
            "Index customers_phone_idx takes 16 MB and was never scanned since 2026-11-14T09:00:00Z");
  EXPECT_EQ(findings[0].severity, Severity::warning);
  EXPECT_EQ(figure(findings[0], "writes that maintained it"), 80);
}

/// Somebody read the table within the window, though not through the index.
void read_table(World& world) {
  TablesDelta delta{shop, Seconds(60), {}};
  delta.tables[world.schema->tables[0].oid].seq_scans = 1;
  world.window.tables.push_back(delta);
}

TEST(UnusedIndex, IsOnlyInformationWithinAWeekOfAReset) {
  World world = unused();
  read_table(world);
  world.totals->front().stats_reset = ago(week - Seconds(1));
  EXPECT_EQ(world.find(rule).at(0).severity, Severity::info);
}

TEST(UnusedIndex, CountersNeverResetAreAtLeastAsOldAsTheServersStart) {
  World world = unused();
  read_table(world);
  world.totals->front().stats_reset.reset();
  EXPECT_EQ(world.find(rule).at(0).severity, Severity::info);
  EXPECT_THAT(world.find(rule).at(0).why, HasSubstr("not known"));
  world.server.started = ago(week - Seconds(1));
  EXPECT_EQ(world.find(rule).at(0).severity, Severity::info);
  world.server.started = ago(week);
  EXPECT_EQ(world.find(rule).at(0).severity, Severity::warning);
}

TEST(UnusedIndex, StaysQuietAboutTablesNotReadUntilAWeekHasPassed) {
  World world = unused();
  world.totals->front().stats_reset = ago(week - Seconds(1));
  EXPECT_THAT(world.find(rule), IsEmpty()) << "the table has not been read twice";
  read_table(world);
  world.window.tables[0].tables.begin()->second.seq_scans = 0;
  EXPECT_THAT(world.find(rule), IsEmpty()) << "nobody read the table";
}

TEST(UnusedIndex, TheBoundaryIsAMegabyte) {
  World world = unused();
  world.schema->indexes[0].pages = Blocks{128};
  EXPECT_THAT(world.find(rule), SizeIs(1));
  world.schema->indexes[0].pages = Blocks{127};
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(UnusedIndex, StaysQuietForWhatWorksWithoutScans) {
  const auto quiet_after = [](void (*change)(Index&)) {
    World world = unused();
    change(world.schema->indexes[0]);
    return world.find(rule).empty();
  };
  EXPECT_TRUE(quiet_after([](Index& i) { i.unique = true; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.primary = true; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.constraint = true; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.replica_identity = true; }));
  EXPECT_TRUE(quiet_after([](Index& i) { i.valid = false; }));
}

TEST(UnusedIndex, StaysQuietBehindAForeignKey) {
  World world = unused();
  const Index& index = world.schema->indexes[0];
  world.schema->foreign_keys.push_back({"fk", index.table, Oid{1}, {index.definition.keys[0].column}, {"id"}});
  EXPECT_THAT(world.find(rule), IsEmpty());
  world.schema->foreign_keys[0].columns = {"another"};
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(UnusedIndex, StaysQuietAfterOneScanOnAStandbyAndWithoutCounters) {
  World scanned = unused();
  scanned.index_counters("customers_phone_idx").scans = 1;
  EXPECT_THAT(scanned.find(rule), IsEmpty());
  World standby = unused();
  standby.server.in_recovery = true;
  EXPECT_THAT(standby.find(rule), IsEmpty());
  World unknown = unused();
  unknown.counters.reset();
  EXPECT_THAT(unknown.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
