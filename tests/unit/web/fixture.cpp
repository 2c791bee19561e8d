#include "fixture.hpp"

#include <cmath>

namespace pgsextant::web::fixture {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Oid shop_db{16384};
constexpr Oid postgres_db{5};
constexpr Oid orders{16400}, stock{16410}, orders_pkey{16420}, orders_status{16421};

StatementTotals totals(QueryId query, std::int64_t calls, double total_ms, std::int64_t rows, std::int64_t hit,
                       std::int64_t read, std::int64_t temp = 0, bool toplevel = true) {
  StatementTotals out;
  out.key = {shop_db, Oid{16385}, query, toplevel};
  out.counters.calls = calls;
  out.counters.rows = rows;
  out.counters.exec_time = Milliseconds{total_ms};
  out.counters.shared_hit = {hit};
  out.counters.shared_read = {read};
  out.counters.temp_written = {temp};
  out.mean_exec = Milliseconds{total_ms / static_cast<double>(calls)};
  out.max_exec = out.mean_exec * 7;
  out.min_exec = out.mean_exec * 0.2;
  out.stddev_exec = out.mean_exec * 0.4;
  return out;
}

Statements statements() {
  Statements out;
  out.entries = {totals(orders_by_customer, 91'200, 412'800, 1'094'400, 2'100'000, 890'000),
                 totals(update_stock, 48'100, 201'500, 48'100, 990'000, 1'200),
                 totals({31}, 12, 97'300, 8'400'000, 120'000, 410'000, 66'000),
                 totals({32}, 1'204'000, 60'900, 1'204'000, 4'816'000, 300),
                 totals({33}, 340, 9'120, 340, 88'000, 12'000),
                 totals({33}, 60, 880, 60, 9'000, 100, 0, false),
                 totals({34}, 2'900, 1'240, 0, 5'800, 0)};
  out.stats_reset = now - hours(24 * 9);
  out.dealloc = 3;
  out.max_entries = 5000;
  return out;
}

StatementTexts texts() {
  return {{orders_by_customer,
           "SELECT o.id, o.status, o.total_cents, o.created_at\n  FROM orders o\n WHERE o.customer_id = $1\n ORDER BY "
           "o.created_at DESC\n LIMIT $2"},
          {update_stock, "UPDATE stock SET on_hand = on_hand - $1, updated_at = now() WHERE product_id = $2"},
          {{31},
           "SELECT date_trunc($1, o.created_at) AS day, p.category, sum(i.quantity * i.price_cents) AS revenue FROM "
           "orders o "
           "JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id WHERE o.created_at >= $2 "
           "GROUP BY "
           "1, 2 ORDER BY 3 DESC"},
          {{32}, "SELECT * FROM products WHERE id = $1"},
          {{33}, "INSERT INTO audit_log (actor, action, payload) VALUES ($1, $2, $3)"}};
}

std::vector<DatabaseTotals> databases() {
  DatabaseTotals shop;
  shop.oid = shop_db;
  shop.name = "shop";
  shop.backends = 14;
  shop.counters.commits = 1'204'331;
  shop.counters.rollbacks = 412;
  shop.counters.blocks_read = {1'300'000};
  shop.counters.blocks_hit = {98'700'000};
  shop.counters.deadlocks = 2;
  shop.counters.temp = {540'672'000};
  shop.counters.read_time = Milliseconds{8123.5};
  shop.stats_reset = now - hours(24 * 9);
  shop.frozen_xid_age = 61'200'000;
  shop.size = Bytes{18'253'611'008};
  DatabaseTotals postgres;
  postgres.oid = postgres_db;
  postgres.name = "postgres";
  return {shop, postgres};
}

Session session(int pid, std::string user, std::string application, std::string state, seconds transaction_age,
                std::string wait_type, std::string wait, QueryId query, std::string text) {
  Session out;
  out.pid = {pid};
  out.database = "shop";
  out.user = std::move(user);
  out.application = std::move(application);
  out.backend_type = "client backend";
  out.state = std::move(state);
  out.wait_event_type = std::move(wait_type);
  out.wait_event = std::move(wait);
  if (transaction_age.count() > 0) out.transaction_start = now - seconds{2} - transaction_age;
  out.query = query;
  out.text = std::move(text);
  return out;
}

Activity activity() {
  Activity out;
  const std::string update = texts().at(update_stock);
  out.sessions = {
      session(4101, "batch", "reprice.py", "idle in transaction", seconds{1262}, "Client", "ClientRead", {},
              "UPDATE stock SET price_cents = price_cents * $1"),
      session(4188, "app", "checkout", "active", seconds{74}, "Lock", "transactionid", update_stock, update),
      session(4190, "app", "checkout", "active", seconds{31}, "Lock", "tuple", update_stock, update),
      session(4207, "app", "checkout", "active", seconds{12}, "Lock", "tuple", update_stock, update),
      session(4222, "report", "metabase", "active", seconds{48}, "IO", "DataFileRead", {31}, texts().at({31})),
      session(4230, "app", "web", "active", seconds{1}, "", "", orders_by_customer, texts().at(orders_by_customer)),
      session(4231, "app", "web", "idle", seconds{0}, "Client", "ClientRead", {}, ""),
      session(4232, "app", "web", "idle", seconds{0}, "Client", "ClientRead", {}, ""),
      session(4233, "app", "web", "idle", seconds{0}, "Client", "ClientRead", {}, "")};
  out.waits = {{{4188}, {{4101}}, "transactionid", "ShareLock", "", now - seconds{76}},
               {{4190}, {{4188}}, "tuple", "ExclusiveLock", "public.stock", now - seconds{33}},
               {{4207}, {{4188}, {4190}}, "tuple", "ExclusiveLock", "public.stock", now - seconds{14}}};
  out.locks = {{"shop", "AccessShareLock", 11}, {"shop", "RowExclusiveLock", 4}, {"shop", "ExclusiveLock", 3}};
  out.max_connections = 100;
  return out;
}

Replication replication() {
  Replication out;
  out.current = Lsn{0x2A00000000};
  Standby late;
  late.pid = {3901};
  late.application = "shop-replica-1";
  late.client = "10.0.4.12";
  late.state = "streaming";
  late.sync_state = "async";
  late.sent = {Bytes{0}, Seconds{0}};
  late.written = {Bytes{8'192}, Seconds{0.02}};
  late.flushed = {Bytes{16'384}, Seconds{0.03}};
  late.replayed = {Bytes{431'964'160}, Seconds{14.8123}};
  Standby good = late;
  good.application = "shop-replica-2";
  good.client = "10.0.4.13";
  good.replayed = {Bytes{24'576}, Seconds{0.04}};
  out.standbys = {late, good};
  out.slots = {{"replica_1", "physical", "", true, "reserved", Bytes{431'964'160}},
               {"old_warehouse", "logical", "shop", false, "extended", Bytes{9'663'676'416}}};
  return out;
}

Wal wal() {
  Wal out;
  out.counters.checkpoints_timed = 812;
  out.counters.checkpoints_requested = 77;
  out.counters.checkpoint_write_time = Milliseconds{1'923'441.5};
  out.counters.buffers_backend = Blocks{4'410};
  out.counters.buffers_backend_fsync = 0;
  out.counters.wal = Bytes{91'000'000'000};
  out.bgwriter_reset = now - hours(24 * 30);
  out.archiver = Archiver{5'400, 2, now - seconds{92}, now - hours(50)};
  return out;
}

Settings settings() {
  return {{{"autovacuum", "on", "", "bool", "default", false},
           {"log_min_duration_statement", "-1", "ms", "integer", "default", false},
           {"max_connections", "100", "", "integer", "configuration file", false},
           {"random_page_cost", "1.1", "", "real", "configuration file", false},
           {"shared_buffers", "524288", "8kB", "integer", "configuration file", true},
           {"statement_timeout", "30000", "ms", "integer", "configuration file", false},
           {"wal_level", "replica", "", "enum", "default", false}}};
}

DatabaseSchema schema() {
  DatabaseSchema out;
  out.database = shop_db;
  out.name = "shop";
  Table orders_table;
  orders_table.oid = orders;
  orders_table.schema = "public";
  orders_table.name = "orders";
  orders_table.pages = {120'000};
  Table stock_table = orders_table;
  stock_table.oid = stock;
  stock_table.name = "stock";
  stock_table.pages = {900};
  out.tables = {orders_table, stock_table};
  Index primary;
  primary.oid = orders_pkey;
  primary.table = orders;
  primary.name = "orders_pkey";
  primary.pages = {4'100};
  Index status = primary;
  status.oid = orders_status;
  status.name = "orders_status_idx";
  status.pages = {1'300};
  out.indexes = {primary, status};
  return out;
}

RelationCounters relations() {
  RelationCounters out;
  out.database = shop_db;
  TableCounters& busy = out.tables[orders];
  busy.seq_scans = 91'203;
  busy.seq_rows = 145'924'800'000;
  busy.live = 1'600'000;
  busy.dead = 211'000;
  busy.last_autovacuum = now - hours(31);
  out.tables[stock].updated = 48'100;
  out.indexes[orders_pkey].scans = 1'400'000;
  out.indexes[orders_status].scans = 0;
  return out;
}

SourceStatus source(std::string id, Outcome outcome, double duration_ms, std::string message = "",
                    std::string hint = "") {
  SourceStatus out;
  out.id = std::move(id);
  out.outcome = outcome;
  out.message = std::move(message);
  out.hint = std::move(hint);
  out.duration = Milliseconds{duration_ms};
  out.last_run = now - seconds{2};
  if (outcome == Outcome::ok) out.last_success = now - seconds{2};
  out.runs = 1'800;
  out.failures = outcome == Outcome::ok ? 0 : 1'800;
  return out;
}

Vital vital(std::string id, std::string label, std::optional<double> value, Unit unit, Health health,
            std::string healthy, std::string source_text, std::string note = "", Basis basis = Basis::measured) {
  return {std::move(id),      std::move(label),       value,          unit, basis, health,
          std::move(healthy), std::move(source_text), std::move(note)};
}

}  // namespace

Snapshot snapshot() {
  Snapshot out;
  out.server = {"shop-primary", "shop", "shop", 150020, 7'301'222'333'444'555'666, now - hours(24 * 41), false};
  out.link = {true, "", "", now - hours(26), 3};
  out.composed_at = now - seconds{1};
  out.statements = part(statements());
  out.texts = part(texts());
  out.databases = part(databases());
  out.activity = part(activity());
  out.replication = part(replication());
  out.wal = part(wal());
  out.settings = part(settings(), minutes(20));
  out.schemas = {part(schema(), minutes(20))};
  out.relations = {part(relations(), seconds{40})};
  out.sources = {source("activity", Outcome::ok, 1.9),
                 source("statements", Outcome::ok, 6.2),
                 source("databases", Outcome::ok, 2.4),
                 source("replication", Outcome::ok, 1.1),
                 source("wal", Outcome::ok, 0.9),
                 source("settings", Outcome::ok, 4.8),
                 source("schema", Outcome::ok, 61.3),
                 source("relations", Outcome::ok, 22.7),
                 source("column_statistics", Outcome::denied, 0.7, "permission denied for table customers",
                        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO monitor;")};
  return out;
}

Analysis analysis() {
  Analysis out;
  out.at = now - seconds{4};
  out.window.statements.length = Seconds{600};
  for (const StatementTotals& each : statements().entries) {
    StatementDelta delta{each.key, each.counters};
    delta.counters.calls /= 10;
    delta.counters.rows /= 10;
    delta.counters.exec_time /= 10;
    out.window.statements.entries.push_back(delta);
  }
  using enum Health;
  out.vitals = {
      vital("connections", "Connections", 0.14, Unit::ratio, good, "< 80 %",
            "pg_stat_activity: client backends / max_connections"),
      vital("throughput", "Transactions", 1'904, Unit::per_second, unknown, "",
            "pg_stat_database: xact_commit + xact_rollback"),
      vital("mean_latency", "Mean statement time", 1.24, Unit::milliseconds, good, "< 10 ms",
            "pg_stat_statements: exec time / calls"),
      vital("active", "Active sessions", 5, Unit::count, good, "< 16", "pg_stat_activity: state = active"),
      vital("blocked", "Sessions blocked", 3, Unit::count, critical, "0", "pg_blocking_pids()"),
      vital("hit_ratio", "Buffer cache hit ratio", 0.987, Unit::ratio, good, "> 95 %",
            "pg_stat_database: blks_hit / (blks_hit + blks_read)", "counts the operating system's cache as read"),
      vital("replication_lag", "Replication lag", 14.8123, Unit::seconds, warning, "< 5 s",
            "pg_stat_replication: replay_lag of the slowest standby"),
      vital("oldest_transaction", "Oldest transaction", 1262, Unit::seconds, warning, "< 5 min",
            "pg_stat_activity: xact_start"),
      vital("wraparound", "Transaction ID age", 0.0285, Unit::ratio, good, "< 50 % of 2³¹",
            "pg_database: age(datfrozenxid)"),
      vital("wal_rate", "WAL written", 3'412'000, Unit::bytes, unknown, "", "pg_stat_wal: wal_bytes per second", "",
            Basis::estimated),
      vital("rollbacks", "Rollback ratio", 0.00034, Unit::ratio, good, "< 5 %", "pg_stat_database"),
      vital("temp", "Temporary files", 5.4e6, Unit::bytes, good, "< 100 MB/min", "pg_stat_database: temp_bytes"),
      vital("checksum_failures", "Checksum failures", std::nullopt, Unit::count, unknown, "0",
            "pg_stat_database: checksum_failures", "data checksums are off")};

  Finding blocked;
  blocked.rule = "blocking_session";
  blocked.severity = Severity::critical;
  blocked.object = {"session", "shop", "4101"};
  blocked.key = "blocking_session/shop/session/4101";
  blocked.title = "Session 4101 (batch, reprice.py) is idle in transaction and blocks 3 sessions, the longest for 76 s";
  blocked.why =
      "An open transaction keeps its row locks until it ends. Checkout waits behind it, and the queue grows by one "
      "session every few seconds.";
  blocked.remedy =
      "End the batch's transaction, or the session. Then let the client commit in smaller steps, or set "
      "idle_in_transaction_session_timeout.";
  blocked.remedy_sql = "SELECT pg_terminate_backend(4101);";
  blocked.evidence = {{"Sessions waiting", 3, Unit::count, Basis::measured},
                      {"Longest wait", 76, Unit::seconds, Basis::measured},
                      {"Transaction open for", 1262, Unit::seconds, Basis::measured}};
  Finding scan;
  scan.rule = "seq_scan_filter";
  scan.severity = Severity::warning;
  scan.object = {"table", "shop", "public.orders"};
  scan.key = "seq_scan_filter/shop/table/public.orders";
  scan.title = "Sequential scans on orders read 1.6 M rows to keep 12, 152 times a second";
  scan.why = "The filter on customer_id has no index, so each call reads the whole table: 53 % of all execution time.";
  scan.remedy = "An index on (customer_id, created_at DESC) would serve the filter and the order.";
  scan.evidence = {{"Rows read per scan", 1.6e6, Unit::rows, Basis::measured},
                   {"Rows kept per scan", 12, Unit::rows, Basis::measured},
                   {"Selectivity", 0.0000075, Unit::ratio, Basis::estimated}};
  scan.statement = orders_by_customer;
  scan.load_share = 0.527;
  Finding slot;
  slot.rule = "inactive_slot";
  slot.severity = Severity::warning;
  slot.object = {"slot", "", "old_warehouse"};
  slot.key = "inactive_slot//slot/old_warehouse";
  slot.title = "Replication slot old_warehouse is not in use and retains 9 GB of WAL";
  slot.why = "WAL that a slot needs is never removed, so the disk fills until the slot is used again or dropped.";
  slot.remedy = "Start its consumer again, or drop the slot if nobody needs it.";
  slot.remedy_sql = "SELECT pg_drop_replication_slot('old_warehouse');";
  slot.evidence = {{"WAL retained", 9'663'676'416, Unit::bytes, Basis::measured}};
  Finding unused;
  unused.rule = "unused_index";
  unused.severity = Severity::info;
  unused.object = {"index", "shop", "public.orders_status_idx"};
  unused.key = "unused_index/shop/index/public.orders_status_idx";
  unused.title = "Index orders_status_idx was not used in 9 days and costs 10.2 MB and every write on orders";
  unused.remedy = "Look at the recommendation below; check that no standby uses it.";
  out.findings = {blocked, scan, slot, unused};
  return out;
}

Advice advice() {
  Advice out;
  out.at = now - minutes(3);
  out.cost_model = "hypopg";
  Recommendation create;
  create.kind = "create_index";
  create.key = "create_index/shop/table/public.orders/customer_id,created_at";
  create.object = {"table", "shop", "public.orders"};
  create.title = "Create an index on orders (customer_id, created_at DESC)";
  create.reason =
      "Serves the filter and the order of the busiest statement: 12 rows are read in index order instead of 1.6 M, and "
      "the sort disappears.";
  create.apply_sql =
      "CREATE INDEX CONCURRENTLY orders_customer_id_created_at_idx\n    ON public.orders (customer_id, created_at "
      "DESC);";
  create.undo_sql = "DROP INDEX CONCURRENTLY public.orders_customer_id_created_at_idx;";
  create.statements = {{orders_by_customer, texts().at(orders_by_customer), 54'720, Milliseconds{4.53}, 41'233.1, 12.9},
                       {{31}, texts().at({31}), 7.2, Milliseconds{8108}, 98'100, 97'400}};
  create.cost_before = 2.26e9;
  create.cost_after = 1.41e6;
  create.load_share = 0.651;
  create.price = {
      Bytes{50'331'648}, Basis::estimated, 12.4, "SHARE UPDATE EXCLUSIVE; reads and writes go on",
      "CONCURRENTLY cannot run inside a transaction block and waits for open transactions, such as session 4101."};
  create.verification = Verification::hypopg;
  create.confidence = Confidence::high;
  Recommendation drop;
  drop.kind = "drop_index";
  drop.key = "drop_index/shop/index/public.orders_status_idx";
  drop.object = {"table", "shop", "public.orders"};
  drop.title = "Drop the unused index orders_status_idx";
  drop.reason =
      "No scan since the statistics were reset 9 days ago, on this server. Every insert and most updates maintain it.";
  drop.apply_sql = "DROP INDEX CONCURRENTLY public.orders_status_idx;";
  drop.undo_sql = "CREATE INDEX CONCURRENTLY orders_status_idx ON public.orders (status);";
  drop.price = {Bytes{-10'649'600}, Basis::measured, 0,
                "ACCESS EXCLUSIVE for a moment, after waiting for running queries",
                "Check the standbys: their use of the index is not counted here."};
  drop.verification = Verification::none;
  drop.confidence = Confidence::medium;
  out.recommendations = {create, drop};
  out.unplanned = {{{34}, "SELECT * FROM generate_series($1, $2)", "a parameter's type cannot be determined", 0.0016}};
  return out;
}

ServerReport report(Snapshot snapshot, Analysis analysis, Advice advice) {
  return {std::make_shared<const Snapshot>(std::move(snapshot)), std::make_shared<const Analysis>(std::move(analysis)),
          std::make_shared<const Advice>(std::move(advice))};
}

ServerReport down() {
  Snapshot out = snapshot();
  out.link = {false, "connection to server at \"10.0.4.11\", port 5432 failed: Connection refused",
              "Is the server running? On its host: systemctl status postgresql", now - minutes(4), 3};
  for (SourceStatus& each : out.sources) {
    each.outcome = Outcome::unavailable;
    each.last_success = now - minutes(4) - seconds{3};
  }
  return report(std::move(out));
}

void publish(Board& board, const ServerReport& report) {
  const std::string name = report.snapshot->server.name;
  board.publish(report.snapshot);
  if (report.analysis) board.publish(name, report.analysis);
  if (report.advice) board.publish(name, report.advice);
}

std::unique_ptr<store::Store> history() {
  auto store = store::make_memory_store();
  for (int i = 0; i < 360; ++i) {
    const double x = i / 360.0;
    VitalSample sample{now - hours(1) + seconds{10 * i}, {}};
    const auto wave = [&](double base, double amplitude, double period) {
      return base + amplitude * std::sin(i / period) + amplitude * 0.4 * std::sin(i * 1.7);
    };
    sample.values = {{"connections", wave(0.12, 0.015, 20)},
                     {"throughput", wave(1900, 240, 31) - (x > 0.85 ? 500 : 0)},
                     {"mean_latency", wave(0.9, 0.12, 12) + (x > 0.8 ? 0.4 : 0)},
                     {"active", std::floor(wave(3, 1.2, 9))},
                     {"blocked", x > 0.9 ? std::floor((x - 0.88) * 28) : 0},
                     {"hit_ratio", wave(0.988, 0.002, 17)},
                     {"replication_lag", x < 0.6 ? 0.1 : 0.1 + (x - 0.6) * 37},
                     {"oldest_transaction", x < 0.65 ? 2 + i % 7 : (x - 0.65) * 3600},
                     {"wraparound", 0.028 + 0.0005 * x},
                     {"wal_rate", wave(3.4e6, 1.1e6, 14)},
                     {"rollbacks", 0.0003},
                     {"temp", i % 60 < 4 ? 5.4e6 : 0}};
    (void)store->append("shop-primary", sample);
  }
  // Two rounds: first and last seen differ.
  for (const auto at : {now - hours(3), now - seconds{4}}) {
    std::vector<store::Store::Seen> findings;
    for (const Finding& each : analysis().findings) findings.push_back({each.key, each.rule, each.title});
    (void)store->record("shop-primary", store::TrackedType::finding, at, findings);
    std::vector<store::Store::Seen> recommendations;
    for (const Recommendation& each : advice().recommendations)
      recommendations.push_back({each.key, each.kind, each.title});
    (void)store->record("shop-primary", store::TrackedType::recommendation, at, recommendations);
  }
  return store;
}

}  // namespace pgsextant::web::fixture
