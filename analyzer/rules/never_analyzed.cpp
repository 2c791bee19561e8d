// Detects: a table that holds rows and was never analysed, so that the planner guesses.
//
// Leaves out: partitioned parents, which hold no rows; small tables; tables with a row count from an earlier ANALYZE
// whose time was lost in a reset of the statistics; statistics that are old but there.
//
// Threshold: 1,000 live rows, above which a wrong guess can choose a wrong plan. Information while autovacuum is on and
// will come by within a minute or so, a warning otherwise.
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr std::int64_t least_rows = 1000;

}  // namespace

std::vector<Finding> never_analyzed(const Facts& facts) {
  std::vector<Finding> findings;
  const auto autovacuum = setting_flag(facts.now, "autovacuum");
  for (const DatabaseFacts& database : databases(facts.now)) {
    for (const Table& table : database.schema.tables) {
      const TableCounters* const counters = database.table_counters(table.oid);
      // reltuples is -1 before the first VACUUM or ANALYZE since 14; before that 0 says the same of a filled table.
      if (table.kind == 'p' || counters == nullptr || table.tuples > 0 || counters->live < least_rows ||
          counters->last_analyze || counters->last_autoanalyze) {
        continue;
      }
      Finding finding;
      finding.severity = autovacuum.value_or(false) ? Severity::info : Severity::warning;
      finding.object = {"table", database.schema.name, table.qualified_name()};
      finding.title = "Table " + table.qualified_name() + " holds " +
                      format_value(static_cast<double>(counters->live), Unit::rows) + " and was never analysed";
      finding.why =
          "Without statistics the planner guesses how many rows a condition keeps, and joins go wrong by "
          "orders of magnitude.";
      finding.remedy = "Analyse it now; autovacuum does so after a bulk load only when it is on and comes by.";
      finding.remedy_sql = "ANALYZE " + table.qualified_name() + ";";
      finding.evidence = {{"live rows", static_cast<double>(counters->live), Unit::rows}};
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
