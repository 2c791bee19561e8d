#include <gtest/gtest.h>

#include "core/model/databases.hpp"
#include "core/model/wal.hpp"

namespace pgsextant {
namespace {

constexpr Timestamp morning{std::chrono::hours{8}};
constexpr Timestamp noon{std::chrono::hours{12}};

DatabaseTotals shop(std::int64_t commits, std::int64_t hit) {
  DatabaseTotals totals;
  totals.oid = {5};
  totals.name = "shop";
  totals.counters.commits = commits;
  totals.counters.blocks_hit = {hit};
  totals.stats_reset = morning;
  return totals;
}

TEST(DatabaseDiff, Subtracts) {
  auto now = shop(150, 1000);
  now.counters.temp = {4096};
  now.counters.read_time = Milliseconds(2.5);
  const auto delta = diff(shop(100, 400), now, Seconds(60));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->oid, Oid{5});
  EXPECT_EQ(delta->name, "shop");
  EXPECT_EQ(delta->length, Seconds(60));
  EXPECT_EQ(delta->counters.commits, 50);
  EXPECT_EQ(delta->counters.blocks_hit, Blocks{600});
  EXPECT_EQ(delta->counters.temp, Bytes{4096});
  EXPECT_EQ(delta->counters.read_time, Milliseconds(2.5));
}

TEST(DatabaseDiff, NoValueAfterAReset) {
  auto now = shop(150, 1000);
  now.stats_reset = noon;
  EXPECT_FALSE(diff(shop(100, 400), now, Seconds(1)));
  // 15+: NULL until the first reset, and again after a crash.
  now.stats_reset.reset();
  EXPECT_FALSE(diff(shop(100, 400), now, Seconds(1)));
  EXPECT_FALSE(diff(now, shop(200, 2000), Seconds(1)));
}

TEST(DatabaseDiff, NoValueWhenACounterFell) { EXPECT_FALSE(diff(shop(100, 400), shop(150, 399), Seconds(1))); }

TEST(DatabaseDiff, NoValueForAnotherDatabase) {
  auto recreated = shop(150, 1000);  // DROP and CREATE under the same name
  recreated.oid = {6};
  EXPECT_FALSE(diff(shop(100, 400), recreated, Seconds(1)));
}

TEST(HitRatio, IsTheShareOfHits) {
  EXPECT_EQ(hit_ratio({3}, {1}), 0.75);
  EXPECT_EQ(hit_ratio({0}, {1}), 0.0);
  EXPECT_EQ(hit_ratio({1}, {0}), 1.0);
  EXPECT_FALSE(hit_ratio({0}, {0}));
}

Wal wal(std::int64_t timed, std::optional<std::int64_t> bytes) {
  Wal w;
  w.counters.checkpoints_timed = timed;
  if (bytes) w.counters.wal = Bytes{*bytes};
  w.checkpointer_reset = w.bgwriter_reset = w.wal_reset = morning;
  return w;
}

TEST(WalDiff, SubtractsWhatBothKnow) {
  const auto delta = diff(wal(3, 1000), wal(5, 1700), Seconds(30));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->length, Seconds(30));
  EXPECT_EQ(delta->counters.checkpoints_timed, 2);
  EXPECT_EQ(delta->counters.wal, Bytes{700});
  EXPECT_FALSE(delta->counters.wal_records);  // 13: unknown stays unknown
}

TEST(WalDiff, NoValueWhenAnyViewWasReset) {
  for (auto reset : {&Wal::checkpointer_reset, &Wal::bgwriter_reset, &Wal::wal_reset}) {
    auto now = wal(5, 1700);
    now.*reset = noon;
    EXPECT_FALSE(diff(wal(3, 1000), now, Seconds(1)));
  }
}

TEST(WalDiff, NoValueWhenACounterFellOrAppeared) {
  EXPECT_FALSE(diff(wal(3, 1000), wal(2, 1700), Seconds(1)));
  EXPECT_FALSE(diff(wal(3, 1000), wal(3, 999), Seconds(1)));
  EXPECT_FALSE(diff(wal(3, std::nullopt), wal(3, 999), Seconds(1)));
}

}  // namespace
}  // namespace pgsextant
