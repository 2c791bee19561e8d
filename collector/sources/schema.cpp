// Definitions and column statistics of one database, from the catalogs alone: nothing here opens a user's relation but
// the deparsing of index expressions and the values of sequences, which are read object by object.

#include "collector/memory.hpp"
#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"
#include "collector/sources/schema_parts.hpp"

namespace pgsextant::collector {
namespace {

// Count and sum of xmin change with every row that DDL writes or removes; VACUUM and ANALYZE write pg_class in place
// and show only when a table gets its first figures. Temporary tables come and go and are no change. 9,000 relations
// with 24,000 columns take 50 ms.
constexpr QueryVariant fingerprint_variants[] = {
    {130000, R"(
WITH user_relations AS (
  SELECT c.oid, c.xmin, c.reltuples, c.relkind
    FROM pg_catalog.pg_class c
   WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'm', 'i', 'I', 'S') AND c.relpersistence <> 't'),
changes (catalog, rows, xmins) AS (
  SELECT 1, pg_catalog.count(*) + pg_catalog.count(*) FILTER (WHERE r.reltuples > 0),
         pg_catalog.sum(r.xmin::pg_catalog.text::pg_catalog.int8)
    FROM user_relations r
  UNION ALL
  SELECT 2, pg_catalog.count(*), pg_catalog.sum(a.xmin::pg_catalog.text::pg_catalog.int8)
    FROM pg_catalog.pg_attribute a JOIN user_relations r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p', 'm')
   WHERE a.attnum > 0
  UNION ALL
  SELECT 3, pg_catalog.count(*), pg_catalog.sum(i.xmin::pg_catalog.text::pg_catalog.int8)
    FROM pg_catalog.pg_index i JOIN user_relations r ON r.oid = i.indexrelid
  UNION ALL
  SELECT 4, pg_catalog.count(*), pg_catalog.sum(k.xmin::pg_catalog.text::pg_catalog.int8)
    FROM pg_catalog.pg_constraint k WHERE k.contype IN ('f', 'p', 'u', 'x')
  UNION ALL
  SELECT 5, pg_catalog.count(*), pg_catalog.sum(s.xmin::pg_catalog.text::pg_catalog.int8)
    FROM pg_catalog.pg_statistic_ext s
  UNION ALL
  SELECT 6, pg_catalog.count(*), pg_catalog.sum(n.xmin::pg_catalog.text::pg_catalog.int8)
    FROM pg_catalog.pg_namespace n WHERE n.nspname !~ '^pg_'
  UNION ALL
  SELECT 7, pg_catalog.count(*), pg_catalog.sum(e.xmin::pg_catalog.text::pg_catalog.int8)
    FROM pg_catalog.pg_extension e)
SELECT pg_catalog.string_agg(pg_catalog.concat(c.rows, ' ', c.xmins), ' ' ORDER BY c.catalog),
       pg_catalog.current_database()
  FROM changes c)"},
};
constexpr Query fingerprint{"fingerprint", fingerprint_variants};

constexpr const Query* queries[] = {
    &fingerprint,          &schema::tables,
    &schema::columns,      &schema::column_statistics,
    &schema::indexes,      &schema::operator_classes,
    &schema::collations,   &schema::index_expressions,
    &schema::foreign_keys, &schema::extended_statistics,
    &schema::extensions,   &schema::search_path,
    &schema::sequences,    &schema::sequence_values,
};

constexpr std::chrono::hours longest_age{1};

const Part<DatabaseSchema>* previous_part(const SourceRun& run) {
  for (const auto& part : run.last().schemas)
    if (part && part->database == run.database()) return &part;
  return nullptr;
}

void report(SourceRun& run, const DatabaseSchema& seen, const schema::Hidden& hidden) {
  if (hidden.tables + hidden.sequences > 0)
    run.lacks(Outcome::denied, "column statistics of " + std::to_string(hidden.tables) + " tables and values of " +
                                   std::to_string(hidden.sequences) + " sequences are hidden from this role");
  if (!seen.skipped.empty())
    run.lacks(Outcome::locked, std::to_string(seen.skipped.size()) + " objects were locked, the first is " +
                                   seen.skipped.front().object + "; they are tried again at the next round");
}

void read(SourceRun& run) {
  std::string found;
  DatabaseSchema seen;
  seen.database = run.database();
  {
    const auto rows = run.rows(fingerprint);
    RowReader row(rows, 0);
    found = row.text();
    seen.name = row.text();
  }
  auto& remembered = run.memory().schemas[run.database()];
  const auto* const previous = previous_part(run);
  if (previous != nullptr && remembered.fingerprint == found && (*previous)->skipped.empty() &&
      run.collected_at() - previous->collected_at < longest_age) {
    if (remembered.shortfall)
      run.lacks(remembered.shortfall->outcome, remembered.shortfall->message, remembered.shortfall->hint);
    return;
  }
  schema::Hidden hidden;
  schema::LockBudget budget;
  schema::read_tables(run, seen, hidden);
  schema::read_indexes(run, budget, previous == nullptr ? nullptr : previous->data.get(), seen);
  schema::read_constraints(run, seen);
  schema::read_sequences(run, budget, seen, hidden);
  report(run, seen, hidden);
  // Fingerprinted before it was read: a change in between is found at the next round.
  remembered = {found, run.shortfall()};
  run.put(&Snapshot::schemas, std::move(seen));
}

}  // namespace

const Source schema_source{
    .id = "schema",
    .description =
        "tables, columns with their statistics, indexes, foreign keys, sequences, extended statistics; looked "
        "for changes at this cadence, read when there are any and hourly",
    .lane = Lane::slow,
    .scope = Scope::database,
    .cadence = std::chrono::seconds(60),
    .queries = queries,
    .rights =
        "definitions: CONNECT on each database; column statistics and sequence values: GRANT pg_read_all_data TO "
        "<role>; (14+, which lets it read every row), or SELECT on the tables and sequences",
    .read = read,
};

}  // namespace pgsextant::collector
