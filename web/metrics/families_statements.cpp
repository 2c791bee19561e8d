// pg_stat_statements: the statements with the most total time since the reset.

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "web/metrics/families.hpp"

namespace pgsextant::web {
namespace {

using Key = std::tuple<Oid, Oid, QueryId>;  ///< database, user, query: top-level and nested calls together
using Totals = std::pair<Key, StatementCounters>;

std::vector<Totals> by_total_time(const Statements& statements) {
  std::map<Key, StatementCounters> sums;
  for (const StatementTotals& entry : statements.entries) {
    StatementCounters& sum = sums[{entry.key.database, entry.key.user, entry.key.query}];
    sum.calls += entry.counters.calls;
    sum.rows += entry.counters.rows;
    sum.exec_time += entry.counters.exec_time;
    sum.read_time += entry.counters.read_time;
    sum.write_time += entry.counters.write_time;
  }
  std::vector<Totals> out(sums.begin(), sums.end());
  std::stable_sort(out.begin(), out.end(),
                   [](const Totals& a, const Totals& b) { return a.second.exec_time > b.second.exec_time; });
  return out;
}

class StatementFamilies {
 public:
  explicit StatementFamilies(Families& out)
      : calls_(out.counter("pg_stat_statements_calls_total", "Number of times executed.")),
        seconds_(out.counter("pg_stat_statements_seconds_total", "Total time spent in the statement, in seconds.")),
        rows_(out.counter("pg_stat_statements_rows_total", "Rows retrieved or affected by the statement.")),
        read_(out.counter("pg_stat_statements_block_read_seconds_total",
                          "Time the statement spent reading blocks, in seconds.")),
        write_(out.counter("pg_stat_statements_block_write_seconds_total",
                           "Time the statement spent writing blocks, in seconds.")) {}

  void add(const Labels& labels, const StatementCounters& c) {
    calls_.add(labels, c.calls);
    seconds_.add(labels, Seconds(c.exec_time).count());
    rows_.add(labels, c.rows);
    read_.add(labels, Seconds(c.read_time).count());
    write_.add(labels, Seconds(c.write_time).count());
  }

 private:
  Family &calls_, &seconds_, &rows_, &read_, &write_;
};

}  // namespace

void add_statement_families(const ServerScope& scope) {
  const Snapshot& snapshot = scope.snapshot();
  if (!current(scope, snapshot.statements, Cadence::seconds)) return;
  std::map<Oid, std::string> databases;
  if (snapshot.databases)
    for (const DatabaseTotals& database : *snapshot.databases) databases.emplace(database.oid, database.name);

  const std::vector<Totals> order = by_total_time(*snapshot.statements);
  const auto named = std::min(order.size(), static_cast<std::size_t>(std::max(0, scope.options.top_statements)));
  StatementFamilies families(scope.out);
  for (std::size_t i = 0; i < named; ++i) {
    const auto& [database, user, query] = order[i].first;
    const auto name = databases.find(database);
    // The view has the role's oid; its name is not read.
    families.add({{"user", std::to_string(user.value)},
                  {"datname", name != databases.end() ? name->second : std::to_string(database.value)},
                  {"queryid", std::to_string(query.value)}},
                 order[i].second);
  }
  // No series for the rest: what belongs to it changes from scrape to scrape, so its counters would fall.
  scope.out.folded("pg_stat_statements", order.size() - named);
  scope.out.gauge("pgsextant_statements_entries", "Entries of pg_stat_statements.")
      .add({}, static_cast<std::int64_t>(snapshot.statements->entries.size()));
  if (snapshot.statements->dealloc)
    scope.out
        .counter("pgsextant_statements_evictions_total",
                 "Times that the least used entries of pg_stat_statements were evicted.")
        .add({}, *snapshot.statements->dealloc);
}

}  // namespace pgsextant::web
