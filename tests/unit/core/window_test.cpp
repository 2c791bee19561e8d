#include "core/window.hpp"

#include <gtest/gtest.h>

namespace pgsextant {
namespace {

using std::chrono::seconds;

constexpr Timestamp start{std::chrono::hours{480'000}};

template <class T>
Part<T> part(T data, int at) {
  return {std::make_shared<const T>(std::move(data)), start + seconds(at), start + seconds(at)};
}

Part<Statements> statements(int at, std::int64_t calls, std::optional<Timestamp> reset = start) {
  StatementTotals entry;
  entry.key = {{5}, {10}, {77}, true};
  entry.counters.calls = calls;
  entry.counters.exec_time = Milliseconds(static_cast<double>(calls) * 2);
  Statements view;
  view.entries = {entry};
  view.stats_reset = reset;
  return part(view, at);
}

Snapshot with(Part<Statements> statements) {
  Snapshot snapshot;
  snapshot.statements = std::move(statements);
  return snapshot;
}

std::int64_t calls(const WindowBuilder& builder) {
  const auto window = builder.sum();
  const auto* entry = window.statement({77});
  return entry == nullptr ? -1 : entry->counters.calls;
}

TEST(Window, IsEmptyUntilASecondReading) {
  WindowBuilder builder(Seconds(60));
  builder.add(Snapshot{});
  builder.add(with(statements(0, 1000)));
  const auto window = builder.sum();
  EXPECT_TRUE(window.statements.entries.empty());
  EXPECT_EQ(window.statements.length, Seconds(0));
  EXPECT_EQ(window.total_exec_time(), Milliseconds(0));
  EXPECT_FALSE(window.wal);
}

TEST(Window, SumsIntervals) {
  WindowBuilder builder(Seconds(60));
  builder.add(with(statements(0, 1000)));
  builder.add(with(statements(10, 1003)));
  builder.add(with(statements(20, 1010)));
  const auto window = builder.sum();
  EXPECT_EQ(window.statements.length, Seconds(20));
  EXPECT_EQ(window.statement({77})->counters.calls, 10);
  EXPECT_EQ(window.total_exec_time(), Milliseconds(20));
}

TEST(Window, TheSameReadingTwiceAddsNothing) {
  WindowBuilder builder(Seconds(60));
  const auto first = statements(0, 1000);
  builder.add(with(first));
  builder.add(with(statements(10, 1003)));
  const auto same_time = statements(10, 1500);
  builder.add(with(same_time));
  builder.add(with(same_time));
  EXPECT_EQ(calls(builder), 3);
  builder.add(with(statements(20, 1004)));  // compared with the reading that counted
  EXPECT_EQ(calls(builder), 4);
  EXPECT_EQ(builder.sum().statements.length, Seconds(20));
}

TEST(Window, AMissingPartKeepsWhatWasCounted) {
  WindowBuilder builder(Seconds(60));
  builder.add(with(statements(0, 10)));
  builder.add(with(statements(10, 13)));
  builder.add(Snapshot{});
  EXPECT_EQ(calls(builder), 3);
}

TEST(Window, DropsWhatEndedBeforeTheSpan) {
  WindowBuilder builder(Seconds(60));
  // 1 call in the first interval, 10 in each of the following.
  builder.add(with(statements(0, 0)));
  builder.add(with(statements(10, 1)));
  for (int at = 20; at <= 60; at += 10) builder.add(with(statements(at, 1 + at - 10)));
  EXPECT_EQ(calls(builder), 51);
  EXPECT_EQ(builder.sum().statements.length, Seconds(60));
  builder.add(with(statements(70, 61)));  // the first ended at 10: 60 s ago
  EXPECT_EQ(calls(builder), 60);
  EXPECT_EQ(builder.sum().statements.length, Seconds(60));
}

TEST(Window, KeepsOneIntervalLongerThanTheSpan) {
  WindowBuilder builder(Seconds(60));
  builder.add(with(statements(0, 0)));
  builder.add(with(statements(10, 1)));
  builder.add(with(statements(1000, 5)));
  EXPECT_EQ(calls(builder), 4);
  EXPECT_EQ(builder.sum().statements.length, Seconds(990));
}

// One-second readings of an hour: about sixty intervals are kept, and the sum is still right.
TEST(Window, MergesShortIntervals) {
  WindowBuilder builder(Seconds(3600));
  for (int at = 0; at <= 7200; ++at) builder.add(with(statements(at, std::int64_t{3} * at)));
  const auto window = builder.sum();
  EXPECT_GE(window.statements.length, Seconds(3600));
  EXPECT_LE(window.statements.length, Seconds(3660));
  EXPECT_EQ(static_cast<double>(window.statement({77})->counters.calls), 3 * window.statements.length.count());
}

TEST(Window, AResetStartsThePartAgain) {
  WindowBuilder builder(Seconds(60));
  builder.add(with(statements(0, 1000)));
  builder.add(with(statements(10, 1500)));
  builder.add(with(statements(20, 7, start + seconds(15))));
  EXPECT_EQ(calls(builder), -1);
  builder.add(with(statements(30, 9, start + seconds(15))));
  EXPECT_EQ(calls(builder), 2);
  EXPECT_EQ(builder.sum().statements.length, Seconds(10));
}

TEST(Window, AClockThatGoesBackHasNoLength) {
  WindowBuilder builder(Seconds(60));
  builder.add(with(statements(1000, 0)));
  builder.add(with(statements(1010, 5)));
  builder.add(with(statements(500, 8)));  // the server's clock was set back: how long it took is unknown
  EXPECT_EQ(calls(builder), 5);
  EXPECT_EQ(builder.sum().statements.length, Seconds(10));
  builder.add(with(statements(510, 10)));
  EXPECT_EQ(calls(builder), 7);
  EXPECT_EQ(builder.sum().statements.length, Seconds(20));
  for (int at = 520; at <= 570; at += 10) builder.add(with(statements(at, 10)));
  EXPECT_EQ(calls(builder), -1);  // what was counted before expires all the same
  EXPECT_EQ(builder.sum().statements.length, Seconds(60));
}

TEST(Window, ARestartOrAnotherServerStartsAgain) {
  auto snapshot = with(statements(0, 100));
  snapshot.server.started = start;
  snapshot.server.system_identifier = 1;
  WindowBuilder builder(Seconds(60));
  builder.add(snapshot);
  snapshot.statements = statements(10, 150);
  builder.add(snapshot);
  EXPECT_EQ(calls(builder), 50);
  snapshot.server.started = start + seconds(15);  // seen before the part is read again
  builder.add(snapshot);
  EXPECT_EQ(calls(builder), -1);
  snapshot.statements = statements(20, 160);
  builder.add(snapshot);
  EXPECT_EQ(calls(builder), -1);
  snapshot.statements = statements(30, 161);
  builder.add(snapshot);
  EXPECT_EQ(calls(builder), 1);
  snapshot.server.started.reset();  // not known for a moment: no reason to forget
  snapshot.server.system_identifier = 0;
  snapshot.statements = statements(40, 163);
  builder.add(snapshot);
  EXPECT_EQ(calls(builder), 3);
  snapshot.server.system_identifier = 2;
  snapshot.statements = statements(50, 170);
  builder.add(snapshot);
  EXPECT_EQ(calls(builder), -1);
}

DatabaseTotals database(std::uint32_t oid, std::int64_t commits, std::optional<Timestamp> reset = std::nullopt) {
  DatabaseTotals totals;
  totals.oid = {oid};
  totals.name = "d" + std::to_string(oid);
  totals.counters.commits = commits;
  totals.stats_reset = reset;
  return totals;
}

TEST(Window, DatabasesAreResetOneByOne) {
  WindowBuilder builder(Seconds(60));
  Snapshot snapshot;
  snapshot.databases = part<std::vector<DatabaseTotals>>({database(9, 10), database(5, 100)}, 0);
  builder.add(snapshot);
  snapshot.databases = part<std::vector<DatabaseTotals>>({database(9, 11), database(5, 120)}, 10);
  builder.add(snapshot);
  snapshot.databases =
      part<std::vector<DatabaseTotals>>({database(9, 0, start + seconds(15)), database(5, 150), database(8, 4)}, 20);
  builder.add(snapshot);
  auto window = builder.sum();
  ASSERT_EQ(window.databases.size(), 1U);
  EXPECT_EQ(window.databases[0].oid, Oid{5});
  EXPECT_EQ(window.databases[0].counters.commits, 50);
  EXPECT_EQ(window.databases[0].length, Seconds(20));
  snapshot.databases =
      part<std::vector<DatabaseTotals>>({database(9, 2, start + seconds(15)), database(8, 7)}, 30);  // 5 was dropped
  builder.add(snapshot);
  window = builder.sum();
  ASSERT_EQ(window.databases.size(), 2U);
  EXPECT_EQ(window.databases[0].oid, Oid{8});
  EXPECT_EQ(window.database({8})->counters.commits, 3);
  EXPECT_EQ(window.database({9})->counters.commits, 2);
  EXPECT_EQ(window.database({9})->length, Seconds(10));
  EXPECT_EQ(window.database({5}), nullptr);
}

TEST(Window, WalAddsUp) {
  WindowBuilder builder(Seconds(60));
  for (int i = 0; i <= 3; ++i) {
    Wal wal;
    wal.counters.wal = Bytes{1000 + i * i * 100};
    Snapshot snapshot;
    snapshot.wal = part(wal, i * 10);
    builder.add(snapshot);
  }
  const auto window = builder.sum();
  ASSERT_TRUE(window.wal);
  EXPECT_EQ(window.wal->counters.wal, Bytes{900});
  EXPECT_FALSE(window.wal->counters.wal_records);
  EXPECT_EQ(window.wal->length, Seconds(30));
}

Part<RelationCounters> relations(std::uint32_t database, int at,
                                 const std::map<std::uint32_t, std::int64_t>& seq_scans) {
  RelationCounters counters;
  counters.database = {database};
  for (const auto& [oid, scans] : seq_scans) {
    counters.tables[{oid}].seq_scans = scans;
    counters.tables[{oid}].live = 1000 - scans;  // goes down without meaning a reset
  }
  return part(counters, at);
}

TEST(Window, TablesOfDatabasesStayApart) {
  WindowBuilder builder(Seconds(60));
  Snapshot snapshot;
  snapshot.relations = {relations(5, 0, {{100, 10}}), relations(6, 3, {{100, 70}})};  // 6 is a copy of 5
  builder.add(snapshot);
  snapshot.relations = {relations(5, 20, {{100, 15}, {101, 2}, {102, 0}}), relations(6, 33, {{100, 71}})};
  builder.add(snapshot);
  const auto window = builder.sum();
  ASSERT_EQ(window.tables.size(), 2U);
  EXPECT_EQ(window.tables_of({5})->length, Seconds(20));
  EXPECT_EQ(window.tables_of({6})->length, Seconds(30));
  EXPECT_EQ(window.table({5}, {100})->seq_scans, 5);
  EXPECT_EQ(window.table({5}, {100})->live, 0);
  EXPECT_EQ(window.table({5}, {101})->seq_scans, 2);  // a new table counts from zero
  EXPECT_EQ(window.table({6}, {100})->seq_scans, 1);
  ASSERT_NE(window.table({5}, {102}), nullptr);  // nobody touched it: that is known
  EXPECT_EQ(window.table({5}, {102})->seq_scans, 0);
  EXPECT_EQ(window.table({6}, {101}), nullptr);
  EXPECT_EQ(window.table({7}, {100}), nullptr);
}

TEST(Window, ResetTableCountersStartTheDatabaseAgain) {
  WindowBuilder builder(Seconds(60));
  Snapshot snapshot;
  for (const auto& [at, scans] : std::vector<std::pair<int, std::int64_t>>{{0, 10}, {10, 14}, {20, 3}}) {
    snapshot.relations = {relations(5, at, {{100, scans}})};
    builder.add(snapshot);
  }
  EXPECT_EQ(builder.sum().table({5}, {100}), nullptr);
  snapshot.relations = {relations(5, 30, {{100, 4}})};
  builder.add(snapshot);
  EXPECT_EQ(builder.sum().table({5}, {100})->seq_scans, 1);
}

TEST(Window, TheBusiestEntryOfAQueryIsFound) {
  Window window;
  for (const double time : {5.0, 50.0, 20.0}) {
    StatementDelta entry;
    entry.key.user = {static_cast<std::uint32_t>(time)};
    entry.key.query = {1};
    entry.counters.exec_time = Milliseconds(time);
    window.statements.entries.push_back(entry);
  }
  EXPECT_EQ(window.statement({1})->key.user, Oid{50});
  EXPECT_EQ(window.statement({2}), nullptr);
  EXPECT_EQ(window.total_exec_time(), Milliseconds(75));
}

TEST(TotalsWindow, CountsSinceTheLastReset) {
  Snapshot snapshot;
  snapshot.statements = statements(600, 40);
  snapshot.databases = part<std::vector<DatabaseTotals>>({database(9, 11), database(5, 120, start)}, 500);
  Wal wal;
  wal.checkpointer_reset = start + seconds(100);
  wal.wal_reset = start;
  wal.counters.wal = Bytes{77};
  snapshot.wal = part(wal, 400);
  snapshot.relations = {relations(9, 10, {{1, 2}}), relations(5, 300, {{100, 15}})};
  const auto window = totals_window(snapshot);
  EXPECT_EQ(window.statements.length, Seconds(600));
  EXPECT_EQ(window.statement({77})->counters.calls, 40);
  ASSERT_EQ(window.databases.size(), 2U);
  EXPECT_EQ(window.databases[0].oid, Oid{5});
  EXPECT_EQ(window.databases[0].length, Seconds(500));
  EXPECT_EQ(window.databases[1].length, Seconds(0));
  EXPECT_EQ(window.wal->length, Seconds(400));
  EXPECT_EQ(window.wal->counters.wal, Bytes{77});
  EXPECT_EQ(window.tables_of({5})->length, Seconds(300));
  EXPECT_EQ(window.table({5}, {100})->seq_scans, 15);
  EXPECT_EQ(window.table({5}, {100})->live, 0);
  EXPECT_EQ(window.tables_of({9})->length, Seconds(0));
}

TEST(TotalsWindow, OfNothingIsEmpty) {
  const auto window = totals_window({});
  EXPECT_TRUE(window.statements.entries.empty());
  EXPECT_FALSE(window.wal);
  EXPECT_TRUE(window.tables.empty());
}

}  // namespace
}  // namespace pgsextant
