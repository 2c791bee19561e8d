#include "core/model/statements.hpp"

#include <gtest/gtest.h>

#include "core/model/counters.hpp"

namespace pgsextant {
namespace {

constexpr Timestamp morning{std::chrono::hours{8}};
constexpr Timestamp noon{std::chrono::hours{12}};

StatementTotals entry(std::int64_t query, std::int64_t calls, double milliseconds, std::uint32_t user = 1) {
  StatementTotals totals;
  totals.key = {{16384}, {user}, {query}, true};
  totals.counters.calls = calls;
  totals.counters.exec_time = Milliseconds(milliseconds);
  return totals;
}

Statements view(std::vector<StatementTotals> entries, std::optional<Timestamp> reset = morning) {
  Statements statements;
  statements.entries = std::move(entries);
  statements.stats_reset = reset;
  return statements;
}

TEST(StatementsDiff, SubtractsEveryCounter) {
  auto before = entry(7, 10, 100);
  auto now = entry(7, 15, 250);
  before.counters.rows = 1;
  now.counters.rows = 4;
  before.counters.shared_read = {100};
  now.counters.shared_read = {164};
  before.counters.wal = {8192};
  now.counters.wal = {8192 + 512};
  const auto delta = diff(view({before}), view({now}), Seconds(10));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->length, Seconds(10));
  EXPECT_EQ(delta->lost_entries, 0);
  ASSERT_EQ(delta->entries.size(), 1U);
  EXPECT_EQ(delta->entries[0].key, now.key);
  const auto& counters = delta->entries[0].counters;
  EXPECT_EQ(counters.calls, 5);
  EXPECT_EQ(counters.rows, 3);
  EXPECT_EQ(counters.exec_time, Milliseconds(150));
  EXPECT_EQ(counters.shared_read, Blocks{64});
  EXPECT_EQ(counters.wal, Bytes{512});
}

TEST(StatementsDiff, ANewEntryCountsFromZero) {
  const auto delta = diff(view({entry(1, 5, 1)}), view({entry(1, 5, 1), entry(2, 3, 30)}), Seconds(1));
  ASSERT_EQ(delta->entries.size(), 1U);
  EXPECT_EQ(delta->entries[0].key.query, QueryId{2});
  EXPECT_EQ(delta->entries[0].counters.calls, 3);
  EXPECT_EQ(delta->entries[0].counters.exec_time, Milliseconds(30));
}

TEST(StatementsDiff, EntriesOfOneTextByTwoRolesStayApart) {
  const auto delta =
      diff(view({entry(1, 5, 1, 10), entry(1, 6, 1, 11)}), view({entry(1, 6, 2, 10), entry(1, 8, 3, 11)}), Seconds(1));
  ASSERT_EQ(delta->entries.size(), 2U);
  EXPECT_EQ(delta->entries[0].counters.calls, 1);
  EXPECT_EQ(delta->entries[1].counters.calls, 2);
}

TEST(StatementsDiff, AResetOfTheViewGivesNoValue) {
  EXPECT_FALSE(diff(view({entry(1, 5, 1)}, morning), view({entry(1, 9, 9)}, noon), Seconds(1)));
  EXPECT_FALSE(diff(view({entry(1, 5, 1)}, std::nullopt), view({entry(1, 9, 9)}, noon), Seconds(1)));
}

TEST(StatementsDiff, AnEvictedAndRecreatedEntryIsLostNotNegative) {
  const auto delta =
      diff(view({entry(1, 50, 500), entry(2, 5, 5)}), view({entry(1, 2, 20), entry(2, 6, 6)}), Seconds(1));
  ASSERT_TRUE(delta);
  EXPECT_EQ(delta->lost_entries, 1);
  ASSERT_EQ(delta->entries.size(), 1U);
  EXPECT_EQ(delta->entries[0].key.query, QueryId{2});
}

// More calls than before, but less time: the entry was made anew in between.
TEST(StatementsDiff, OneFallenCounterIsEnough) {
  const auto delta = diff(view({entry(1, 5, 500)}), view({entry(1, 9, 20)}), Seconds(1));
  EXPECT_EQ(delta->lost_entries, 1);
  EXPECT_TRUE(delta->entries.empty());
}

TEST(StatementsDiff, EvictedEntriesAreSilent) {
  const auto delta = diff(view({entry(1, 5, 5), entry(2, 5, 5), entry(3, 5, 5)}), view({entry(2, 6, 6)}), Seconds(1));
  EXPECT_EQ(delta->lost_entries, 0);
  EXPECT_EQ(delta->entries.size(), 1U);
}

// PostgreSQL 13 does not say when the view was reset: it was when no entry carried on.
TEST(StatementsDiff, WithoutResetTimeTheEntriesTell) {
  const auto old = view({entry(1, 5, 5), entry(2, 5, 5)}, std::nullopt);
  EXPECT_FALSE(diff(old, view({entry(1, 1, 1), entry(3, 1, 1)}, std::nullopt), Seconds(1)));
  EXPECT_FALSE(diff(old, view({}, std::nullopt), Seconds(1)));
  EXPECT_TRUE(diff(old, view({entry(1, 1, 1), entry(2, 5, 5)}, std::nullopt), Seconds(1)));
  EXPECT_TRUE(diff(view({}, std::nullopt), view({entry(1, 1, 1)}, std::nullopt), Seconds(1)));
}

TEST(StatementsAccumulate, MergesByKeyAndKeepsTheOrder) {
  auto sum = *diff(view({}), view({entry(1, 1, 10), entry(3, 3, 30)}), Seconds(10));
  auto more = *diff(view({}), view({entry(0, 1, 1), entry(3, 4, 40), entry(9, 9, 90)}), Seconds(5));
  sum.lost_entries = 1;
  more.lost_entries = 2;
  accumulate(sum, more);
  EXPECT_EQ(sum.length, Seconds(15));
  EXPECT_EQ(sum.lost_entries, 3);
  ASSERT_EQ(sum.entries.size(), 4U);
  const std::vector<std::pair<std::int64_t, std::int64_t>> expected{{0, 1}, {1, 1}, {3, 7}, {9, 9}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(sum.entries[i].key.query.value, expected[i].first);
    EXPECT_EQ(sum.entries[i].counters.calls, expected[i].second);
  }
  EXPECT_EQ(sum.entries[2].counters.exec_time, Milliseconds(70));
}

template <class Counters>
constexpr std::size_t listed_bytes() {
  return std::apply([](auto... field) { return (sizeof(std::declval<Counters>().*field) + ...); },
                    AdditiveFields<Counters>::list);
}

// A counter that is missing in the list would stay at zero for ever. None of the structs has padding.
TEST(AdditiveFields, ListEveryCounter) {
  EXPECT_EQ(listed_bytes<StatementCounters>(), sizeof(StatementCounters));
  EXPECT_EQ(listed_bytes<DatabaseCounters>(), sizeof(DatabaseCounters));
  EXPECT_EQ(listed_bytes<WalCounters>(), sizeof(WalCounters));
  using T = TableCounters;
  EXPECT_EQ(listed_bytes<T>() + sizeof(T::live) + sizeof(T::dead) + sizeof(T::modified_since_analyze) +
                sizeof(T::last_vacuum) + sizeof(T::last_autovacuum) + sizeof(T::last_analyze) +
                sizeof(T::last_autoanalyze) + sizeof(T::frozen_xid_age),
            sizeof(T));
}

}  // namespace
}  // namespace pgsextant
