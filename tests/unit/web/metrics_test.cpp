#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <set>

#include "exposition.hpp"
#include "fixture.hpp"
#include "web/server.hpp"

namespace pgsextant::web {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

exposition::Text metrics(const std::vector<ServerReport>& reports, const WebOptions& options = {}) {
  Board board;
  for (const ServerReport& report : reports) fixture::publish(board, report);
  return exposition::parse(render_metrics(board, options, fixture::now));
}

TEST(Metrics, CanBeParsedWithAndWithoutServers) {
  EXPECT_THAT(metrics({}).errors, IsEmpty());
  EXPECT_THAT(metrics({fixture::shop()}).errors, IsEmpty());
  EXPECT_THAT(metrics({fixture::down()}).errors, IsEmpty());
}

TEST(Metrics, EverySeriesOfAServerNamesItAndItsCluster) {
  for (const auto& sample : metrics({fixture::shop()}).samples) {
    if (sample.name.starts_with("process_") || sample.name == "pgsextant_build_info") continue;
    ASSERT_TRUE(sample.labels.contains("server")) << sample.name;
    EXPECT_EQ(sample.labels.at("server"), "shop-primary");
    EXPECT_EQ(sample.labels.at("cluster"), "shop");
  }
}

TEST(Metrics, FactsKeepTheNamesTypesAndUnitsOfPostgresExporter) {
  const auto text = metrics({fixture::shop()});
  EXPECT_EQ(text.value("pg_up"), 1);
  EXPECT_EQ(text.value("pg_stat_database_xact_commit", {{"datid", "16384"}, {"datname", "shop"}}), 1'204'331);
  EXPECT_EQ(text.value("pg_stat_database_blk_read_time", {{"datname", "shop"}}), 8123.5) << "milliseconds";
  EXPECT_EQ(text.value("pg_database_size_bytes", {{"datname", "shop"}}), 18'253'611'008);
  EXPECT_EQ(text.value("pg_stat_bgwriter_checkpoints_timed_total"), 812);
  EXPECT_EQ(text.value("pg_replication_slots_active", {{"slot_name", "old_warehouse"}}), 0);
  EXPECT_EQ(text.value("pg_stat_replication_pg_wal_lsn_diff", {{"application_name", "shop-replica-1"}}), 431'964'160);
  EXPECT_EQ(text.value("pg_replication_lag_seconds"), 0) << "a primary";
  EXPECT_EQ(text.value("pg_stat_user_tables_n_dead_tup",
                       {{"datname", "shop"}, {"schemaname", "public"}, {"relname", "orders"}}),
            211'000);
  EXPECT_EQ(text.value("pg_stat_user_tables_size_bytes", {{"relname", "orders"}}), (120'000 + 4'100 + 1'300) * 8192.0);
  EXPECT_EQ(text.value("pg_static", {{"version", "PostgreSQL 15.20"}}), 1);
  EXPECT_EQ(text.value("pg_stat_archiver_last_archive_age"), 90) << "92 s ago, read 2 s ago";
  // orders_by_customer: 412.8 s in 91,200 calls
  EXPECT_EQ(text.value("pg_stat_statements_calls_total", {{"queryid", "4611686018427387905"}, {"datname", "shop"}}),
            91'200);
  EXPECT_DOUBLE_EQ(text.value("pg_stat_statements_seconds_total", {{"queryid", "4611686018427387905"}}), 412.8);
  EXPECT_EQ(text.value("pg_stat_statements_calls_total", {{"queryid", "33"}}), 400)
      << "top-level and nested calls are one series";
}

/// The captured list names what each exporter version served, with its type: "name<TAB>type<TAB>{labels}<TAB>series=n".
TEST(Metrics, TypesAgreeWithTheExportersOwn) {
  const std::map<std::string, std::string> captured = {{"pg_up", "gauge"},
                                                       {"pg_static", "untyped"},
                                                       {"pg_locks_count", "gauge"},
                                                       {"pg_stat_activity_count", "gauge"},
                                                       {"pg_stat_activity_max_tx_duration", "gauge"},
                                                       {"pg_stat_database_xact_commit", "counter"},
                                                       {"pg_stat_database_numbackends", "gauge"},
                                                       {"pg_stat_database_stats_reset", "counter"},
                                                       {"pg_stat_bgwriter_stats_reset_total", "counter"},
                                                       {"pg_stat_archiver_archived_count", "counter"},
                                                       {"pg_stat_archiver_last_archive_age", "gauge"},
                                                       {"pg_stat_statements_seconds_total", "counter"},
                                                       {"pg_stat_user_tables_last_autovacuum", "gauge"},
                                                       {"pg_stat_user_tables_n_live_tup", "gauge"},
                                                       {"pg_stat_user_tables_seq_scan", "counter"},
                                                       {"pg_statio_user_tables_heap_blocks_hit", "counter"},
                                                       {"pg_statio_user_indexes_idx_blks_hit_total", "counter"},
                                                       {"pg_settings_shared_buffers_bytes", "gauge"},
                                                       {"pg_database_size_bytes", "gauge"},
                                                       {"pg_replication_is_replica", "gauge"},
                                                       {"pg_postmaster_start_time_seconds", "gauge"},
                                                       {"pg_stat_database_checksum_failures", "untyped"}};
  Snapshot snapshot = fixture::snapshot();
  auto databases = *snapshot.databases;
  databases[0].checksum_failures = 0;
  snapshot.databases = fixture::part(databases);
  const auto text = metrics({fixture::report(snapshot)});
  for (const auto& [name, type] : captured) {
    ASSERT_TRUE(text.types.contains(name)) << name;
    EXPECT_EQ(text.types.at(name), type) << name;
  }
}

TEST(Metrics, SettingsAreInBaseUnitsAndMinusOneStays) {
  const auto text = metrics({fixture::shop()});
  EXPECT_EQ(text.value("pg_settings_shared_buffers_bytes"), 524'288 * 8192.0);
  EXPECT_EQ(text.value("pg_settings_statement_timeout_seconds"), 30);
  EXPECT_EQ(text.value("pg_settings_log_min_duration_statement_seconds"), -1);
  EXPECT_EQ(text.value("pg_settings_autovacuum"), 1);
  EXPECT_DOUBLE_EQ(text.value("pg_settings_random_page_cost"), 1.1);
  EXPECT_THAT(text.find("pg_settings_wal_level"), IsEmpty()) << "an enum is no number";
}

TEST(Metrics, LocksAndStatesWithoutAnyCountZero) {
  const auto text = metrics({fixture::shop()});
  EXPECT_EQ(text.value("pg_locks_count", {{"datname", "shop"}, {"mode", "exclusivelock"}}), 3);
  EXPECT_EQ(text.value("pg_locks_count", {{"datname", "postgres"}, {"mode", "sireadlock"}}), 0);
  EXPECT_THAT(text.find("pg_locks_count", {{"datname", "shop"}}), SizeIs(9));
  EXPECT_EQ(text.value("pg_stat_activity_count", {{"datname", "postgres"}, {"state", "active"}}), 0);
  EXPECT_EQ(text.value("pg_stat_activity_count", {{"datname", "shop"}, {"state", "idle"}, {"usename", "app"}}), 3);
  EXPECT_EQ(text.value("pg_stat_activity_max_tx_duration", {{"application_name", "reprice.py"}}), 1262);
}

TEST(Metrics, OfAServerThatIsDownOnlyThatIsServed) {
  const auto text = metrics({fixture::down()});
  EXPECT_EQ(text.value("pg_up"), 0);
  EXPECT_EQ(text.value("pgsextant_link_up"), 0);
  EXPECT_EQ(text.value("pg_exporter_last_scrape_error"), 1);
  for (const auto& sample : text.samples) {
    const bool stale =
        sample.name.starts_with("pg_") && sample.name != "pg_up" && !sample.name.starts_with("pg_exporter_");
    EXPECT_FALSE(stale) << sample.name;
    EXPECT_FALSE(sample.name.starts_with("pgsextant_vital")) << sample.name;
  }
  EXPECT_EQ(text.value("pgsextant_source_success", {{"source", "activity"}}), 0);
  EXPECT_EQ(text.value("pgsextant_source_outcome", {{"source", "activity"}, {"outcome", "unavailable"}}), 1);
  EXPECT_EQ(text.value("pgsextant_source_outcome", {{"source", "activity"}, {"outcome", "ok"}}), 0);
}

TEST(Metrics, APartThatIsTooOldLeavesAGap) {
  Snapshot snapshot = fixture::snapshot();
  snapshot.activity = fixture::part(*snapshot.activity, std::chrono::minutes{6});
  const auto text = metrics({fixture::report(snapshot)});
  EXPECT_THAT(text.find("pg_stat_activity_count"), IsEmpty());
  EXPECT_THAT(text.find("pg_stat_database_xact_commit"), SizeIs(2)) << "the other parts stay";
  EXPECT_EQ(text.value("pg_up"), 1);
}

TEST(Metrics, StatementsTablesAndIndexesAreBoundedAndTheRestIsCounted) {
  WebOptions options;
  options.top_statements = 2;
  options.max_tables = 1;
  const auto text = metrics({fixture::shop()}, options);
  EXPECT_THAT(text.find("pg_stat_statements_seconds_total"), SizeIs(2));
  EXPECT_THAT(text.find("pg_stat_statements_seconds_total", {{"queryid", "4611686018427387905"}}), SizeIs(1))
      << "the one with most time";
  EXPECT_EQ(text.value("pgsextant_series_folded", {{"family", "pg_stat_statements"}}), 4);
  EXPECT_THAT(text.find("pg_stat_user_tables_seq_scan"), SizeIs(1));
  EXPECT_THAT(text.find("pg_stat_user_tables_seq_scan", {{"relname", "orders"}}), SizeIs(1)) << "the largest";
  EXPECT_EQ(text.value("pgsextant_series_folded", {{"family", "pg_stat_user_tables"}}), 1);
  EXPECT_THAT(text.find("pgsextant_index_scans_total"), SizeIs(1));
  EXPECT_EQ(text.value("pgsextant_series_folded", {{"family", "pg_statio_user_indexes"}}), 1);
}

TEST(Metrics, ApplicationNamesAreBoundedWithoutLosingSessions) {
  Snapshot snapshot = fixture::snapshot();
  Activity activity;
  for (int i = 0; i < 500; ++i) {
    Session session;
    session.pid = {i + 1};
    session.database = "shop";
    session.state = "active";
    session.user = "app";
    session.application = "worker-" + std::to_string(i);
    activity.sessions.push_back(session);
  }
  snapshot.activity = fixture::part(activity);
  const auto text = metrics({fixture::report(snapshot)});
  const auto series = text.find("pg_stat_activity_count", {{"datname", "shop"}, {"state", "active"}});
  EXPECT_THAT(series, SizeIs(201));
  double sum = 0;
  for (const auto& each : series) sum += each.value;
  EXPECT_EQ(sum, 500);
  EXPECT_EQ(text.value("pgsextant_series_folded", {{"family", "pg_stat_activity"}}), 300);
}

TEST(Metrics, VitalSignsAreInBaseUnitsAndUnknownOnesAreAbsent) {
  const auto text = metrics({fixture::shop()});
  EXPECT_DOUBLE_EQ(text.value("pgsextant_vital_seconds", {{"vital", "mean_latency"}}), 0.00124) << "1.24 ms";
  EXPECT_DOUBLE_EQ(text.value("pgsextant_vital_ratio", {{"vital", "hit_ratio"}}), 0.987);
  EXPECT_EQ(text.value("pgsextant_vital_health", {{"vital", "blocked"}}), 2);
  EXPECT_EQ(text.value("pgsextant_vital_health", {{"vital", "replication_lag"}}), 1);
  EXPECT_THAT(text.find("pgsextant_vital", {{"vital", "checksum_failures"}}), IsEmpty());
  EXPECT_THAT(text.find("pgsextant_vital_health", {{"vital", "checksum_failures"}}), IsEmpty());
  EXPECT_EQ(text.value("pgsextant_findings", {{"rule", "blocking_session"}, {"severity", "critical"}}), 1);
  EXPECT_EQ(text.value("pgsextant_recommendations", {{"kind", "create_index"}}), 1);
}

TEST(Metrics, NamesThatAnybodyCouldChooseStayInTheirLabels) {
  const std::string hostile = "a\"b\\c\nd{}\t\xF0\x9F\x90\x98 \xE2\x80\xAE";
  Snapshot snapshot = fixture::snapshot();
  auto databases = *snapshot.databases;
  databases[0].name = hostile;
  databases[1].name = "latin-1 \xE9t\xE9";
  snapshot.databases = fixture::part(databases);
  auto settings = *snapshot.settings;
  settings.entries.push_back({"my ext.limit\"\n", "7", "", "integer", "default", false});
  snapshot.settings = fixture::part(settings);
  snapshot.server.cluster = hostile;
  const auto text = metrics({fixture::report(snapshot)});
  EXPECT_THAT(text.errors, IsEmpty());
  EXPECT_EQ(text.value("pg_database_size_bytes", {{"datname", hostile}, {"cluster", hostile}}), 18'253'611'008);
  EXPECT_THAT(text.find("pg_stat_database_numbackends", {{"datname", "latin-1 \xEF\xBF\xBDt\xEF\xBF\xBD"}}), SizeIs(1));
  EXPECT_EQ(text.value("pg_settings_my_ext_limit__"), 7);
}

TEST(Metrics, NamesThatBecomeEqualGiveOneSeries) {
  Snapshot snapshot = fixture::snapshot();
  auto settings = *snapshot.settings;
  settings.entries = {{"ext.limit", "7", "", "integer", "", false}, {"ext_limit", "9", "", "integer", "", false}};
  snapshot.settings = fixture::part(settings);
  auto replication = *snapshot.replication;
  replication.standbys[1].application = replication.standbys[0].application;
  replication.standbys[1].client = replication.standbys[0].client;
  snapshot.replication = fixture::part(replication);
  const auto text = metrics({fixture::report(snapshot)});
  EXPECT_THAT(text.errors, IsEmpty());
  EXPECT_EQ(text.value("pg_settings_ext_limit"), 9);
  EXPECT_EQ(text.value("pg_stat_replication_pg_wal_lsn_diff"), 431'964'160) << "the standby that is further behind";
}

TEST(Metrics, WhatIsNoNumberIsLeftOut) {
  Analysis analysis = fixture::analysis();
  analysis.vitals[0].value = std::numeric_limits<double>::quiet_NaN();
  analysis.vitals[6].value = std::numeric_limits<double>::infinity();
  const auto text = metrics({fixture::report(fixture::snapshot(), analysis)});
  EXPECT_THAT(text.errors, IsEmpty());
  EXPECT_THAT(text.find("pgsextant_vital_ratio", {{"vital", "connections"}}), IsEmpty());
  EXPECT_THAT(text.find("pgsextant_vital_seconds", {{"vital", "replication_lag"}}), IsEmpty());
}

TEST(Metrics, ServersDoNotMix) {
  Snapshot other = fixture::snapshot();
  other.server.name = "second";
  other.server.cluster = "";
  const auto text = metrics({fixture::shop(), fixture::report(other)});
  EXPECT_THAT(text.errors, IsEmpty());
  EXPECT_THAT(text.find("pg_up"), SizeIs(2));
  EXPECT_FALSE(text.find("pg_up", {{"server", "second"}}).at(0).labels.contains("cluster"));
}

TEST(Metrics, AStandbyWhoseLagNobodyKnowsHasNone) {
  Snapshot snapshot = fixture::snapshot();
  Replication replication;
  replication.in_recovery = true;
  replication.receiver = WalReceiver{};
  snapshot.replication = fixture::part(replication);
  EXPECT_THAT(metrics({fixture::report(snapshot)}).find("pg_replication_lag_seconds"), IsEmpty());
  replication.receiver->replay_lag = Seconds{3.5};
  snapshot.replication = fixture::part(replication);
  EXPECT_EQ(metrics({fixture::report(snapshot)}).value("pg_replication_lag_seconds"), 3.5);
}

TEST(Metrics, PostgreSQL17HasItsCheckpointerNames) {
  Snapshot snapshot = fixture::snapshot();
  EXPECT_THAT(metrics({fixture::report(snapshot)}).find("pg_stat_checkpointer_num_timed_total"), IsEmpty());
  snapshot.server.version = 170002;
  EXPECT_EQ(metrics({fixture::report(snapshot)}).value("pg_stat_checkpointer_num_timed_total"), 812);
}

}  // namespace
}  // namespace pgsextant::web
