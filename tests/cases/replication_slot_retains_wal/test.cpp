#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "replication_slot_retains_wal";
constexpr std::int64_t mb = 1 << 20;

World slot(std::int64_t retained, const std::string& status = "extended") {
  World world;
  world.replication.emplace().slots = {{"old_replica", "physical", "", false, status, Bytes{retained}}};
  return world;
}

TEST(ReplicationSlotRetainsWal, Fires) {
  const auto findings = slot(512 * mb).find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Replication slot old_replica is inactive and retains 512 MB of WAL");
  EXPECT_EQ(findings[0].remedy_sql, "SELECT pg_drop_replication_slot('old_replica');");
}

TEST(ReplicationSlotRetainsWal, TheBoundaries) {
  EXPECT_THAT(slot(256 * mb - 1).find(rule), IsEmpty());
  EXPECT_EQ(slot(256 * mb).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(slot(10'240 * mb - 1).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(slot(10'240 * mb).find(rule).at(0).severity, Severity::critical);
}

TEST(ReplicationSlotRetainsWal, ALostSlotIsCriticalWhateverItRetains) {
  EXPECT_EQ(slot(0, "lost").find(rule).at(0).severity, Severity::critical);
  EXPECT_EQ(slot(0, "unreserved").find(rule).at(0).severity, Severity::critical);
}

TEST(ReplicationSlotRetainsWal, StaysQuietForActiveSlotsAndUnknownAmounts) {
  World active = slot(5000 * mb);
  active.replication->slots[0].active = true;
  EXPECT_THAT(active.find(rule), IsEmpty());
  World unknown = slot(0);
  unknown.replication->slots[0].retained.reset();
  EXPECT_THAT(unknown.find(rule), IsEmpty());
  EXPECT_THAT(World().find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
