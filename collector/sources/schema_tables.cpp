// Tables, their columns and the planner's statistics of these.

#include <algorithm>
#include <charconv>
#include <map>

#include "collector/row_reader.hpp"
#include "collector/sources/schema_parts.hpp"

namespace pgsextant::collector::schema {
namespace {

// User tables: neither of the system's schemas nor temporary. The privilege functions return NULL, not an error, when a
// table was dropped meanwhile. Until 13 a table that was never vacuumed or analysed has 0 tuples, from 14 on -1.
constexpr QueryVariant table_variants[] = {
    {140000, R"(
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relpersistence, c.relpages, c.reltuples,
       pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
         AND NOT (c.relrowsecurity AND pg_catalog.row_security_active(c.oid))
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY c.oid)"},
    {130000, R"(
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, c.relpersistence, c.relpages,
       CASE WHEN c.relpages = 0 AND c.reltuples = 0 THEN -1 ELSE c.reltuples END,
       pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
         AND NOT (c.relrowsecurity AND pg_catalog.row_security_active(c.oid))
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
   AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY c.oid)"},
};

// format_type() names a type by the search path and locks nothing.
constexpr QueryVariant column_variants[] = {
    {130000, R"(
SELECT a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attgenerated <> ''
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't'
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY a.attrelid, a.attnum)"},
};

// The view shows what this role may SELECT and hides tables under row security. A partitioned table only has statistics
// with its partitions (inherited); a table with children has both, of which its own are meant. Sample values stay away:
// of the most common one, the frequency only.
constexpr QueryVariant column_statistics_variants[] = {
    {130000, R"(
SELECT s.schemaname, s.tablename, s.attname, s.null_frac, s.avg_width, s.n_distinct, s.correlation,
       s.most_common_freqs[1]
  FROM pg_catalog.pg_stats s
 WHERE s.schemaname <> 'information_schema' AND s.schemaname !~ '^pg_'
 ORDER BY s.inherited DESC)"},
};

using TableName = std::pair<std::string_view, std::string_view>;

void read_columns(SourceRun& run, DatabaseSchema& into) {
  const auto rows = run.rows(columns);
  auto table = into.tables.begin();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    const auto oid = row.oid();
    while (table != into.tables.end() && table->oid < oid) ++table;
    if (table == into.tables.end()) break;
    if (table->oid != oid) continue;  // created between the two queries
    Column column;
    column.number = static_cast<std::int16_t>(row.small());
    column.name = row.text();
    column.type = row.text();
    column.not_null = row.boolean();
    column.generated = row.boolean();
    table->columns.push_back(std::move(column));
  }
}

void read_column_statistics(SourceRun& run, DatabaseSchema& into) {
  std::map<TableName, Table*> by_name;
  for (auto& table : into.tables) by_name.emplace(TableName(table.schema, table.name), &table);
  const auto rows = run.rows(column_statistics);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    const auto schema = row.view();
    const auto found = by_name.find(TableName(schema, row.view()));
    const auto name = row.view();
    if (found == by_name.end()) continue;  // of an index expression, or created between the two queries
    auto& all = found->second->columns;
    const auto column = std::find_if(all.begin(), all.end(), [&](const Column& each) { return each.name == name; });
    if (column == all.end()) continue;
    ColumnStatistics statistics;
    statistics.null_fraction = row.real();
    statistics.average_width = row.small();
    statistics.distinct = row.real();
    statistics.correlation = row.maybe_real();
    statistics.top_frequency = row.maybe_real();
    column->statistics = statistics;
  }
}

}  // namespace

const Query tables{"tables", table_variants};
const Query columns{"columns", column_variants};
const Query column_statistics{"column_statistics", column_statistics_variants};

void read_tables(SourceRun& run, DatabaseSchema& into, Hidden& hidden) {
  const auto rows = run.rows(tables);
  into.tables.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    Table table;
    table.oid = row.oid();
    table.schema = row.text();
    table.name = row.text();
    table.kind = row.letter('r');
    table.partition = row.boolean();
    table.persistence = row.letter('p');
    table.pages = row.blocks();
    table.tuples = row.real();
    hidden.tables += static_cast<std::int64_t>(!row.boolean());
    into.tables.push_back(std::move(table));
  }
  read_columns(run, into);
  read_column_statistics(run, into);
}

std::vector<std::int64_t> numbers_of(std::string_view vector) {
  std::vector<std::int64_t> numbers;
  const auto* at = vector.data();
  const auto* const end = at + vector.size();
  while (at != end) {
    std::int64_t number = 0;
    const auto [stopped, error] = std::from_chars(at, end, number);
    if (error != std::errc{})
      throw pg::Error({Outcome::invalid_input, "the server's answer has no list of numbers", ""}, "");
    numbers.push_back(number);
    at = stopped;
    while (at != end && *at == ' ') ++at;
  }
  return numbers;
}

std::vector<std::string> column_names(const Table& table, std::string_view numbers) {
  std::vector<std::string> names;
  for (const auto number : numbers_of(numbers)) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const Column& column) { return column.number == number; });
    if (found != table.columns.end()) names.push_back(found->name);
  }
  return names;
}

}  // namespace pgsextant::collector::schema
