// Detects: a SELECT from one table by two or more equalities whose result is at least ten times larger than the planner
// expects, because it multiplies the selectivities of columns that depend on each other (city and country).
//
// Leaves out: statements with LIMIT, grouping, aggregation, other predicates, IN or = ANY, whose estimates are off for
// other reasons; results smaller than estimated, which values that occur seldom explain; excess that the most common
// values explain even if the columns were independent; tables with extended statistics on two of the columns.
//
// Thresholds: a factor of ten is where join methods change; 100 rows below which it does not matter.
#include <algorithm>
#include <set>

#include "analyzer/rule_support.hpp"
#include "sql/parse.hpp"
#include "sql/shape.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double least_factor = 10, least_difference = 100;
constexpr std::int32_t version_with_mcv = 120000;

/// The columns of "a = $1 AND b = $2", when the statement is nothing but that.
std::optional<std::pair<sql::TableUse, std::set<std::string>>> equalities(const std::string& text) {
  const auto info = sql::inspect(text);
  if (!info || info->kind != sql::StatementKind::select || info->writes) return std::nullopt;
  const auto shape = sql::shape(text);
  if (!shape || shape->tables.size() != 1 || shape->limited || shape->aggregates || shape->set_returning) {
    return std::nullopt;
  }
  const sql::TableUse& use = shape->tables.front();
  std::set<std::string> columns;
  for (const sql::Predicate& predicate : use.predicates) {
    if (predicate.kind != sql::PredicateKind::equality || predicate.column.empty()) return std::nullopt;
    columns.insert(predicate.column);
  }
  if (compares_with_list(text) || !use.group_by.empty() || columns.size() < 2) return std::nullopt;
  return std::pair{use, columns};
}

bool covered(const DatabaseSchema& schema, const Table& table, const std::set<std::string>& columns) {
  return std::ranges::any_of(schema.extended_statistics, [&](const ExtendedStatistics& statistics) {
    const auto of_these = std::ranges::count_if(statistics.columns, [&](const auto& c) { return columns.contains(c); });
    return statistics.table == table.oid && of_these >= 2 && statistics.kinds.find_first_of("fm") != std::string::npos;
  });
}

/// Rows of the most common values if the columns were independent; empty without statistics of every column.
std::optional<double> most_if_independent(const Table& table, const std::set<std::string>& columns) {
  double rows = table.tuples;
  for (const auto& name : columns) {
    const Column* const column = table.column(name);
    if (column == nullptr || !column->statistics || !column->statistics->top_frequency) return std::nullopt;
    rows *= *column->statistics->top_frequency;
  }
  return rows;
}

std::string remedy_sql(const Table& table, const std::vector<std::string>& columns, std::int32_t version) {
  // suggested_name() ends in "_idx" and keeps to 63 bytes; statistics are called "…_stx" at the same length.
  std::string name = suggested_name(index_on(table, columns));
  if (name.ends_with("_idx")) name.replace(name.size() - 4, 4, "_stx");
  const bool has_mcv = version == 0 || version >= version_with_mcv;
  return "CREATE STATISTICS " + quote_identifier(table.schema) + "." + quote_identifier(name) +
         (has_mcv ? " (dependencies, mcv)" : " (dependencies)") + " ON " + column_list(columns) + " FROM " +
         table.qualified_name() + ";\nANALYZE " + table.qualified_name() + ";";
}

std::optional<Finding> check(const Facts& facts, const StatementPlan& planned) {
  // 1. Both figures are there.
  const StatementDelta* const statement = facts.window.statement(planned.query);
  const std::string* const text = facts.now.text(planned.query);
  const DatabaseSchema* const schema = facts.now.schema(planned.database);
  if (statement == nullptr || text == nullptr || schema == nullptr || !planned.plan || !planned.plan->root ||
      !planned.plan->root->rows_estimated || statement->counters.calls <= 0) {
    return std::nullopt;
  }
  // 2. They differ.
  const double estimated = std::max(*planned.plan->root->rows_estimated, 1.0);
  const double measured =
      static_cast<double>(statement->counters.rows) / static_cast<double>(statement->counters.calls);
  if (measured < estimated * least_factor || measured - estimated < least_difference) return std::nullopt;
  // 3. Equalities on one table are all there is.
  const auto use = equalities(*text);
  if (!use) return std::nullopt;
  const auto& [table_use, columns] = *use;
  const Table* const table = schema->table(table_use.schema, table_use.table);
  if (table == nullptr || table->tuples <= 0) return std::nullopt;
  // 4. Nothing simpler explains it, and nobody told the planner yet.
  if (const auto most = most_if_independent(*table, columns); most && measured <= *most) return std::nullopt;
  if (covered(*schema, *table, columns)) return std::nullopt;

  const std::vector<std::string> names(columns.begin(), columns.end());
  Finding finding;
  finding.object = {"table", schema->name, table->qualified_name()};
  finding.key = make_key("correlated_columns", finding.object, column_list(names));
  finding.title = "A search of " + table->qualified_name() + " by " + column_list(names) + " returns " +
                  format_value(measured, Unit::rows) + " where the planner expects " +
                  format_value(estimated, Unit::count);
  finding.why =
      "The planner multiplies the selectivities of these columns as if they had nothing to do with each other. "
      "Joins and sorts above such a scan are planned for a fraction of the rows.";
  finding.remedy =
      "Extended statistics tell the planner how the columns depend on each other. They cost a little time "
      "in ANALYZE and nothing in writes.";
  finding.remedy_sql = remedy_sql(*table, names, facts.now.server.version);
  finding.statement = planned.query;
  finding.load_share = load_share(facts, *statement);
  finding.severity = severity_by_load(finding.load_share);
  finding.evidence = {{"rows expected", estimated, Unit::rows, Basis::estimated},
                      {"rows returned per call", measured, Unit::rows},
                      {"calls", static_cast<double>(statement->counters.calls), Unit::count}};
  return finding;
}

}  // namespace

std::vector<Finding> correlated_columns(const Facts& facts) {
  std::vector<Finding> findings;
  for (const StatementPlan& planned : facts.plans) {
    if (!planned.query) continue;
    if (auto finding = check(facts, planned)) findings.push_back(std::move(*finding));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
