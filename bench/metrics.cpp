// What a scrape costs us: rendering /metrics for servers with many tables, in the default bounded mode and unbounded.

#include <benchmark/benchmark.h>

#include "core/report.hpp"
#include "web/server.hpp"

namespace {

using namespace pgsextant;

/// A server with `count` tables of two indexes each, and as many statements.
std::shared_ptr<const Snapshot> server_with(std::uint32_t count) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->server = {.name = "bench",
                      .cluster = "",
                      .database = "shop",
                      .version = 150000,
                      .system_identifier = 1,
                      .started = std::nullopt,
                      .in_recovery = false};
  snapshot->link.up = true;
  auto schema = std::make_shared<DatabaseSchema>();
  auto counters = std::make_shared<RelationCounters>();
  auto statements = std::make_shared<Statements>();
  auto texts = std::make_shared<StatementTexts>();
  schema->name = "shop";
  schema->database = counters->database = Oid{5};
  for (std::uint32_t i = 0; i < count; ++i) {
    const Oid table{16384 + 3 * i};
    Table described;
    described.oid = table;
    described.schema = "public";
    described.name = "table_" + std::to_string(i);
    described.pages = {i};
    schema->tables.push_back(std::move(described));
    counters->tables[table].seq_scans = i;
    for (std::uint32_t k = 1; k <= 2; ++k) {
      Index index;
      index.oid = {table.value + k};
      index.table = table;
      index.name = "table_" + std::to_string(i) + "_idx" + std::to_string(k);
      schema->indexes.push_back(std::move(index));
      counters->indexes[{table.value + k}].scans = i;
    }
    StatementTotals entry;
    entry.key = {Oid{5}, Oid{10}, QueryId{static_cast<std::int64_t>(i) + 1}, true};
    entry.counters.calls = i;
    entry.counters.exec_time = Milliseconds(i);
    statements->entries.push_back(entry);
    (*texts)[entry.key.query] = "SELECT * FROM table_" + std::to_string(i) + " WHERE id = $1";
  }
  const auto now = SystemClock().now();
  snapshot->composed_at = now;
  snapshot->schemas.push_back({schema, now, now});
  snapshot->relations.push_back({counters, now, now});
  snapshot->statements = {statements, now, now};
  snapshot->texts = {texts, now, now};
  return snapshot;
}

void render(benchmark::State& state, bool bounded) {
  Board board;
  board.publish(server_with(static_cast<std::uint32_t>(state.range(0))));
  web::WebOptions options;
  if (!bounded) options.top_statements = options.max_tables = 1'000'000;
  std::size_t bytes = 0;
  while (state.KeepRunning()) bytes = web::render_metrics(board, options, SystemClock().now()).size();
  state.counters["body_bytes"] = static_cast<double>(bytes);
}

void metrics_bounded(benchmark::State& state) { render(state, true); }
void metrics_all_series(benchmark::State& state) { render(state, false); }

BENCHMARK(metrics_bounded)->Arg(100)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);
BENCHMARK(metrics_all_series)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
