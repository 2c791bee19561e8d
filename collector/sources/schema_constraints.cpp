// Foreign keys, extended statistics, extensions, search path.

#include "collector/row_reader.hpp"
#include "collector/sources/schema_parts.hpp"

namespace pgsextant::collector::schema {
namespace {

// A partitioned table's key has a copy for every partition (conparentid): the one that was declared is enough.
constexpr QueryVariant foreign_key_variants[] = {
    {130000, R"(
SELECT k.conname, k.conrelid, k.confrelid,
       pg_catalog.array_to_string(k.conkey, ' '), pg_catalog.array_to_string(k.confkey, ' ')
  FROM pg_catalog.pg_constraint k
 WHERE k.contype = 'f' AND k.conparentid = 0
 ORDER BY k.conrelid, k.conname)"},
};

// Statistics on expressions (14+) have the kind 'e'; the expressions themselves are not read.
constexpr QueryVariant extended_statistics_variants[] = {
    {130000, R"(
SELECT s.stxname, s.stxrelid, s.stxkeys::pg_catalog.text, pg_catalog.array_to_string(s.stxkind, '')
  FROM pg_catalog.pg_statistic_ext s
 ORDER BY s.stxrelid, s.stxname)"},
};

constexpr QueryVariant extension_variants[] = {
    {130000, "SELECT e.extname FROM pg_catalog.pg_extension e ORDER BY e.extname"},
};

constexpr QueryVariant search_path_variants[] = {
    {130000, "SELECT pg_catalog.current_schemas(false)"},
};

void read_foreign_keys(SourceRun& run, DatabaseSchema& into) {
  const auto rows = run.rows(foreign_keys);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    ForeignKey key;
    key.name = row.text();
    key.table = row.oid();
    key.referenced_table = row.oid();
    const auto* const table = into.table(key.table);
    const auto* const referenced = into.table(key.referenced_table);
    if (table == nullptr || referenced == nullptr) continue;
    key.columns = column_names(*table, row.view());
    key.referenced_columns = column_names(*referenced, row.view());
    into.foreign_keys.push_back(std::move(key));
  }
}

void read_extended_statistics(SourceRun& run, DatabaseSchema& into) {
  const auto rows = run.rows(extended_statistics);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    ExtendedStatistics statistics;
    statistics.name = row.text();
    statistics.table = row.oid();
    const auto* const table = into.table(statistics.table);
    if (table == nullptr) continue;
    statistics.columns = column_names(*table, row.view());
    statistics.kinds = row.text();
    into.extended_statistics.push_back(std::move(statistics));
  }
}

}  // namespace

const Query foreign_keys{"foreign_keys", foreign_key_variants};
const Query extended_statistics{"extended_statistics", extended_statistics_variants};
const Query extensions{"extensions", extension_variants};
const Query search_path{"search_path", search_path_variants};

void read_constraints(SourceRun& run, DatabaseSchema& into) {
  read_foreign_keys(run, into);
  read_extended_statistics(run, into);
  const auto installed = run.rows(extensions);
  for (std::size_t i = 0; i < installed.size(); ++i) into.extensions.emplace_back(installed.text(i, 0));
  into.search_path = run.rows(search_path).array(0, 0);
}

}  // namespace pgsextant::collector::schema
