#include "analyzer/vitals.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

namespace pgsextant::analyzer {
namespace {

using testing::HasSubstr;

constexpr Timestamp present{std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + std::chrono::hours(9)};
constexpr Timestamp before(std::chrono::seconds by) { return present - by; }

/// Every part read just now; the window is 100 s long.
struct Server {
  std::vector<DatabaseTotals> totals{DatabaseTotals{}};
  Activity activity;
  Replication replication;
  Window window;
  Timestamp collected_at = present;
  Link link{.up = true, .message = {}, .hint = {}, .since = {}, .connects = 0};
  std::vector<SourceStatus> sources;
  bool unread = false;

  Server() {
    activity.max_connections = 100;
    window.databases = {{Oid{1}, "shop", Seconds(100), {}}};
    window.statements.length = Seconds(100);
    window.wal.emplace().length = Seconds(100);
  }
  DatabaseCounters& counters() { return window.databases[0].counters; }
  Session& session(const std::string& state, std::chrono::seconds transaction) {
    Session& session = activity.sessions.emplace_back();
    session.pid = BackendPid{static_cast<std::int32_t>(activity.sessions.size())};
    session.state = state;
    session.backend_type = "client backend";
    session.transaction_start = before(transaction);
    return session;
  }
  template <class T>
  Part<T> part(const T& data) const {
    return {std::make_shared<const T>(data), collected_at, collected_at};
  }
  [[nodiscard]] std::vector<Vital> signs() const {
    Snapshot now;
    now.link = link;
    now.composed_at = present;
    now.sources = sources;
    if (!unread) {
      now.statements = part(Statements{});
      now.databases = part(totals);
      now.activity = part(activity);
      now.replication = part(replication);
      now.wal = part(Wal{});
    }
    return vital_signs(now, window);
  }
  [[nodiscard]] Vital sign(const std::string& id) const {
    const auto all = signs();
    const auto found = std::ranges::find(all, id, &Vital::id);
    if (found == all.end()) throw std::logic_error("no vital sign " + id);
    return *found;
  }
};

TEST(Vitals, AreAlwaysTheSameInTheSameOrder) {
  for (const bool unread : {false, true}) {
    Server server;
    server.unread = unread;
    std::vector<std::string> ids;
    for (const Vital& vital : server.signs()) ids.push_back(vital.id);
    EXPECT_THAT(ids, testing::ElementsAre("throughput", "statement_time", "cache_hit", "active_sessions",
                                          "blocked_sessions", "connections", "oldest_transaction", "replication_lag",
                                          "rollback_ratio", "temp_rate", "wal_rate", "deadlocks", "xid_age"));
  }
}

TEST(Vitals, OfTheWindow) {
  Server server;
  server.counters().commits = 1900;
  server.counters().rollbacks = 100;
  server.counters().blocks_hit = Blocks{90};
  server.counters().blocks_read = Blocks{10};
  server.counters().temp = Bytes{500};
  server.counters().deadlocks = 2;
  server.window.wal->counters.wal = Bytes{12'300};
  StatementDelta entry;
  entry.counters.calls = 4;
  entry.counters.exec_time = Milliseconds(1000);
  server.window.statements.entries = {entry};
  EXPECT_EQ(server.sign("throughput").value, 20);
  EXPECT_EQ(server.sign("rollback_ratio").value, 0.05);
  EXPECT_EQ(server.sign("cache_hit").value, 0.9);
  EXPECT_EQ(server.sign("temp_rate").value, 5);
  EXPECT_EQ(server.sign("wal_rate").value, 123);
  EXPECT_EQ(server.sign("deadlocks").value, 2);
  EXPECT_EQ(server.sign("deadlocks").health, Health::warning);
  EXPECT_EQ(server.sign("statement_time").value, 250);
  EXPECT_EQ(server.sign("statement_time").health, Health::warning);
}

TEST(Vitals, RatesOfDatabasesWithShorterWindowsAddUp) {
  Server server;
  server.counters().commits = 1000;
  server.window.databases.push_back({Oid{2}, "young", Seconds(10), {}});
  server.window.databases[1].counters.commits = 50;
  EXPECT_EQ(server.sign("throughput").value, 15);
}

TEST(Vitals, OfSessions) {
  Server server;
  server.session("active", std::chrono::seconds(3));
  server.session("idle in transaction", std::chrono::seconds(400));
  server.session("active", std::chrono::seconds(9000)).backend_type = "walsender";
  for (const int waiter : {1, 1, 2})
    server.activity.waits.push_back({BackendPid{waiter}, {BackendPid{9}}, "", "", "", {}});
  EXPECT_EQ(server.sign("active_sessions").value, 1);
  EXPECT_EQ(server.sign("connections").value, 0.02);
  EXPECT_EQ(server.sign("oldest_transaction").value, 400);
  EXPECT_EQ(server.sign("oldest_transaction").health, Health::warning);
  EXPECT_EQ(server.sign("blocked_sessions").value, 2);
  EXPECT_EQ(server.sign("blocked_sessions").health, Health::warning);
}

TEST(Vitals, NobodyAtWorkIsZeroAndGood) {
  const Server server;
  for (const auto* id : {"active_sessions", "blocked_sessions", "oldest_transaction", "connections", "deadlocks"}) {
    EXPECT_EQ(server.sign(id).value, 0) << id;
    EXPECT_EQ(server.sign(id).health, Health::good) << id;
  }
}

TEST(Vitals, HealthChangesAtItsLimits) {
  const auto connections = [](int used) {
    Server server;
    for (int i = 0; i < used; ++i) server.session("idle", std::chrono::seconds(0));
    return server.sign("connections").health;
  };
  EXPECT_EQ(connections(80), Health::good);
  EXPECT_EQ(connections(81), Health::warning);
  EXPECT_EQ(connections(96), Health::critical);
  const auto hit = [](std::int64_t percent) {
    Server server;
    server.counters().blocks_hit = Blocks{percent};
    server.counters().blocks_read = Blocks{100 - percent};
    return server.sign("cache_hit").health;
  };
  EXPECT_EQ(hit(80), Health::good);
  EXPECT_EQ(hit(79), Health::warning);
  const auto age = [](std::int64_t xids) {
    Server server;
    server.totals[0].frozen_xid_age = xids;
    return server.sign("xid_age").health;
  };
  EXPECT_EQ(age(1LL << 30), Health::good);
  EXPECT_EQ(age((1LL << 30) + 1), Health::warning);
  EXPECT_EQ(age(1'700'000'000), Health::critical);
}

TEST(Vitals, ReplicationLagIsTheWorstStandbys) {
  Server server;
  server.replication.standbys.resize(3);
  server.replication.standbys[0].replayed.seconds = Seconds(0.5);
  server.replication.standbys[1].replayed.seconds = Seconds(30);
  const Vital lag = server.sign("replication_lag");
  EXPECT_EQ(lag.value, 30);
  EXPECT_EQ(lag.health, Health::warning);
  EXPECT_THAT(lag.note, HasSubstr("1")) << "one standby says nothing";
}

TEST(Vitals, ReplicationLagIsUnknownWhereNobodyCanTell) {
  Server alone;
  EXPECT_EQ(alone.sign("replication_lag").value, std::nullopt);
  EXPECT_EQ(alone.sign("replication_lag").note, "no standby is connected");
  Server cut;
  cut.replication.in_recovery = true;
  cut.replication.receiver.emplace().replay_lag = Seconds(3);
  EXPECT_EQ(cut.sign("replication_lag").value, std::nullopt);
  EXPECT_THAT(cut.sign("replication_lag").note, HasSubstr("link to the primary is cut"));
  cut.replication.receiver->status = "streaming";
  EXPECT_EQ(cut.sign("replication_lag").value, 3);
}

TEST(Vitals, UnknownIsNeverZeroAndSaysWhy) {
  Server server;
  server.unread = true;
  server.sources = {{.id = "activity",
                     .outcome = Outcome::denied,
                     .message = "permission denied",
                     .hint = {},
                     .duration = {},
                     .last_run = present,
                     .last_success = {},
                     .runs = 1,
                     .failures = 1}};
  for (const Vital& vital : server.signs()) {
    EXPECT_FALSE(vital.value.has_value()) << vital.id;
    EXPECT_EQ(vital.health, Health::unknown) << vital.id;
    EXPECT_THAT(vital.note, HasSubstr("not read yet")) << vital.id;
  }
  EXPECT_EQ(server.sign("blocked_sessions").note, "not read yet: activity denied (permission denied)");
}

TEST(Vitals, WhatIsOldIsUnknown) {
  Server server;
  server.collected_at = before(std::chrono::seconds(60));
  EXPECT_TRUE(server.sign("connections").value.has_value());
  server.collected_at = before(std::chrono::seconds(61));
  for (const Vital& vital : server.signs()) {
    EXPECT_FALSE(vital.value.has_value()) << vital.id;
    EXPECT_THAT(vital.note, HasSubstr("no answer since 2026-11-21T08:58:59Z")) << vital.id;
  }
}

TEST(Vitals, NothingIsKnownWhileTheLinkIsDown) {
  Server server;
  server.link = {.up = false, .message = "connection refused", .hint = {}, .since = present, .connects = 1};
  for (const Vital& vital : server.signs()) {
    EXPECT_FALSE(vital.value.has_value()) << vital.id;
    EXPECT_EQ(vital.note, "no answer since 2026-11-21T09:00:00Z: connection refused") << vital.id;
  }
}

TEST(Vitals, RatesNeedTwoReadings) {
  Server server;
  server.window = {};
  for (const auto* id :
       {"throughput", "statement_time", "cache_hit", "rollback_ratio", "temp_rate", "wal_rate", "deadlocks"}) {
    EXPECT_FALSE(server.sign(id).value.has_value()) << id;
    EXPECT_EQ(server.sign(id).note, "two readings are needed") << id;
  }
}

TEST(Vitals, NothingToDivideByIsUnknown) {
  const Server idle;
  EXPECT_EQ(idle.sign("cache_hit").note, "no page was read in the window");
  EXPECT_EQ(idle.sign("statement_time").note, "no statement ended in the window");
  EXPECT_EQ(idle.sign("rollback_ratio").note, "no transaction ended in the window");
  EXPECT_EQ(idle.sign("wal_rate").note, "PostgreSQL counts WAL from version 14 on");
}

}  // namespace
}  // namespace pgsextant::analyzer
