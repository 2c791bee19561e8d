// From the bytes of EXPLAIN (FORMAT JSON) to a tree with exclusive figures.

#include <benchmark/benchmark.h>

#include <stdexcept>
#include <string>

#include "analyzer/plan_arithmetic.hpp"
#include "analyzer/plan_json.hpp"

namespace {

using namespace pgsextant;

std::string node(int depth) {
  std::string text =
      R"({"Node Type": "Nested Loop", "Parallel Aware": false, "Join Type": "Inner", "Startup Cost": 0.42,
 "Total Cost": 8123.77, "Plan Rows": 120, "Plan Width": 48, "Actual Startup Time": 0.021, "Actual Total Time": 12.345,
 "Actual Rows": 118, "Actual Loops": 1, "Inner Unique": true, "Shared Hit Blocks": 411, "Shared Read Blocks": 3)";
  if (depth > 0) text += R"(, "Plans": [)" + node(depth - 1) + "," + node(depth - 1) + "]";
  return text + "}";
}

void json_to_figures(benchmark::State& state) {
  const std::string text = R"([{"Plan": )" + node(static_cast<int>(state.range(0))) + R"(, "Execution Time": 13.0}])";
  while (state.KeepRunning()) {
    auto plans = analyzer::parse_plan_json(text);
    if (!plans) throw std::runtime_error(plans.failure().message);
    benchmark::DoNotOptimize(analyzer::compute_figures(plans->front()));
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(json_to_figures)->Arg(3)->Arg(8)->Unit(benchmark::kMicrosecond);

}  // namespace

BENCHMARK_MAIN();
