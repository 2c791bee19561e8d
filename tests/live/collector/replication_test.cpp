#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/live/collector/support.hpp"

namespace pgsextant::collector {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// A primary with a standby of its own, shared by the tests of this file.
class ReplicationLive : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!test::live_server_missing().empty()) return;
    pg::PrivateServerOptions options;
    options.tcp = true;
    auto first = pg::PrivateServer::start(options);
    ASSERT_TRUE(first) << first.failure().message;
    primary = std::make_unique<pg::PrivateServer>(std::move(first).value());
    auto second = primary->start_standby();
    ASSERT_TRUE(second) << second.failure().message;
    standby = std::make_unique<pg::PrivateServer>(std::move(second).value());
  }
  static void TearDownTestSuite() {
    standby.reset();
    primary.reset();
  }
  void SetUp() override {
    PGSEXTANT_NEEDS_SERVER();
    on_primary.emplace(pg::Session::connect(primary->conninfo(), test::unhurried()));
    on_standby.emplace(pg::Session::connect(standby->conninfo(), test::unhurried()));
    on_primary->execute("CREATE TABLE IF NOT EXISTS t (x text)");
  }

  /// Writes something and waits until the standby has replayed it, and said so.
  void catch_up() {
    on_primary->execute("INSERT INTO t VALUES ('x')");
    await(*on_primary, "SELECT bool_and(replay_lsn = pg_current_wal_lsn()) FROM pg_stat_replication");
    await(*on_standby,
          "SELECT status = 'streaming' AND pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() FROM "
          "pg_stat_wal_receiver");
  }
  static Replication look(Probe& probe) {
    probe.must_run("replication");
    return *probe.snapshot().replication;
  }

  static inline std::unique_ptr<pg::PrivateServer> primary, standby;
  std::optional<pg::Session> on_primary, on_standby;
};

TEST_F(ReplicationLive, CaughtUpAndIdleIsZeroAndStaysZero) {
  catch_up();
  Probe at_primary(primary->conninfo());
  Probe at_standby(standby->conninfo());
  // An idle primary still writes a record of running transactions now and then: what is seen is what was caught up
  // with.
  for (int i = 0; i < 3; ++i) {
    const auto from_primary = look(at_primary);
    EXPECT_FALSE(from_primary.in_recovery);
    EXPECT_EQ(from_primary.receiver, std::nullopt);
    ASSERT_EQ(from_primary.standbys.size(), 1U);
    const auto& seen = from_primary.standbys[0];
    EXPECT_EQ(seen.state, "streaming");
    EXPECT_EQ(seen.sync_state, "async");
    for (const auto& stage : {seen.sent, seen.written, seen.flushed, seen.replayed}) {
      EXPECT_EQ(stage.bytes, Bytes{0});
      ASSERT_NE(stage.seconds, std::nullopt);
      EXPECT_LT(*stage.seconds, 5s);
    }
    const auto from_standby = look(at_standby);
    EXPECT_TRUE(from_standby.in_recovery);
    EXPECT_THAT(from_standby.standbys, IsEmpty());
    ASSERT_NE(from_standby.receiver, std::nullopt);
    const auto& own = *from_standby.receiver;
    EXPECT_EQ(own.status, "streaming");
    EXPECT_EQ(own.replay_backlog, Bytes{0});
    EXPECT_EQ(own.replay_lag, Seconds::zero());
    EXPECT_FALSE(own.replay_paused);
    EXPECT_NE(own.sender_host, "");
    EXPECT_EQ(own.received, own.replayed);
    EXPECT_EQ(from_standby.current, from_primary.current);
    EXPECT_EQ(from_standby.timeline, from_primary.timeline);
    EXPECT_EQ(from_primary.timeline, 1) << "never promoted";
    std::this_thread::sleep_for(600ms);
  }
}

TEST_F(ReplicationLive, APausedReplayShowsOnBothSidesInBytesAndSeconds) {
  catch_up();
  on_standby->query("SELECT pg_wal_replay_pause()");
  on_primary->execute("INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
  await(*on_primary, "SELECT flush_lsn = pg_current_wal_lsn() FROM pg_stat_replication");
  Probe at_primary(primary->conninfo());
  Probe at_standby(standby->conninfo());
  await(*on_standby, "SELECT pg_get_wal_replay_pause_state() = 'paused'");
  const auto first = *look(at_standby).receiver;
  const auto seen = look(at_primary).standbys.at(0);
  const auto expected =
      on_standby->query("SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::bigint")
          .integer(0, 0);
  EXPECT_GT(expected, 1'000'000) << "a thousand rows of a thousand bytes";
  EXPECT_EQ(first.replay_backlog, Bytes{expected});
  EXPECT_TRUE(first.replay_paused);
  EXPECT_EQ(seen.replayed.bytes, Bytes{expected});
  EXPECT_EQ(seen.flushed.bytes, Bytes{0});
  ASSERT_NE(first.replay_lag, std::nullopt);
  std::this_thread::sleep_for(1100ms);
  const auto second = *look(at_standby).receiver;
  EXPECT_GE(*second.replay_lag - *first.replay_lag, 1s) << "it falls behind as time passes";
  on_standby->query("SELECT pg_wal_replay_resume()");
  catch_up();
  EXPECT_EQ(look(at_standby).receiver->replay_lag, Seconds::zero());
  EXPECT_FALSE(look(at_standby).receiver->replay_paused);
}

TEST_F(ReplicationLive, ASlotRetainsWhatItSaysItRetains) {
  on_primary->query("SELECT pg_create_physical_replication_slot('left_behind', true)");
  on_primary->query("SELECT pg_create_physical_replication_slot('never_used')");
  on_primary->execute("INSERT INTO t SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
  catch_up();
  Probe probe(primary->conninfo());
  const auto seen = look(probe);
  const auto rows = on_primary->query(
      "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint FROM pg_replication_slots WHERE slot_name = "
      "'left_behind'");
  on_primary->query("SELECT pg_drop_replication_slot('left_behind')");
  on_primary->query("SELECT pg_drop_replication_slot('never_used')");
  ASSERT_EQ(seen.slots.size(), 2U);
  EXPECT_EQ(seen.slots[0].name, "left_behind");
  EXPECT_EQ(seen.slots[0].type, "physical");
  EXPECT_FALSE(seen.slots[0].active);
  EXPECT_EQ(seen.slots[0].wal_status, "reserved");
  EXPECT_EQ(seen.slots[0].retained, Bytes{rows.integer(0, 0)});
  EXPECT_GT(seen.slots[0].retained, Bytes{1'000'000});
  EXPECT_EQ(seen.slots[1].retained, std::nullopt);
}

TEST_F(ReplicationLive, WithoutPgMonitorLagIsUnknownNotZero) {
  catch_up();
  on_primary->execute("DROP ROLE IF EXISTS poor; CREATE ROLE poor LOGIN PASSWORD 'x'");
  catch_up();
  const auto as_poor = primary->tcp_conninfo("postgres", "poor", "x");
  Probe at_primary(as_poor);
  const auto report = at_primary.run("replication");
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.shown.outcome, Outcome::denied);
  EXPECT_THAT(report.shown.hint, HasSubstr("GRANT pg_monitor"));
  ASSERT_EQ(at_primary.snapshot().replication->standbys.size(), 1U);
  const auto& seen = at_primary.snapshot().replication->standbys[0];
  EXPECT_EQ(seen.replayed.bytes, std::nullopt);
  EXPECT_EQ(seen.replayed.seconds, std::nullopt);
}

TEST_F(ReplicationLive, ACutLinkWithEverythingReplayedIsUnknown) {
  catch_up();
  Probe at_standby(standby->conninfo());
  primary->stop();
  await(*on_standby, "SELECT count(*) = 0 FROM pg_stat_wal_receiver WHERE pid IS NOT NULL");
  // A shutdown writes a last record, which may arrive before the link is cut.
  await(*on_standby, "SELECT pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()");
  const auto cut = look(at_standby);
  EXPECT_TRUE(primary->restart());
  ASSERT_NE(cut.receiver, std::nullopt);
  EXPECT_EQ(cut.receiver->status, "");
  EXPECT_EQ(cut.receiver->replay_backlog, Bytes{0});
  EXPECT_EQ(cut.receiver->replay_lag, std::nullopt) << "nobody here can tell";
  EXPECT_EQ(cut.receiver->last_message_age, std::nullopt);
  EXPECT_EQ(cut.timeline, 1);
  on_primary.emplace(pg::Session::connect(primary->conninfo(), test::unhurried()));
  await(*on_standby, "SELECT count(*) = 1 FROM pg_stat_wal_receiver WHERE status = 'streaming'");
  catch_up();
  EXPECT_EQ(look(at_standby).receiver->replay_lag, Seconds::zero());
}

TEST_F(ReplicationLive, EverySourceAnswersOnAStandby) {
  Probe probe(standby->conninfo());
  for (const auto* const each : sources()) {
    if (!each->extension.empty()) continue;  // not created there
    SCOPED_TRACE(each->id);
    probe.must_run(each->id);
  }
  EXPECT_TRUE(probe.snapshot().server.in_recovery);
}

}  // namespace
}  // namespace pgsextant::collector
