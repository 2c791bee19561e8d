#pragma once
// Definitions and planner statistics of one database's relations, and their usage counters. Definitions change seldom
// and are read seldom; counters are read every minute: they are separate parts of a snapshot, joined by Oid.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/index_definition.hpp"
#include "core/units.hpp"

namespace pgsextant {

/// pg_stats of a column, without its sample values. Absent where never analysed or not visible to this role.
struct ColumnStatistics {
  double null_fraction = 0;
  std::int32_t average_width = 0;       ///< bytes
  double distinct = 0;                  ///< as pg_stats.n_distinct: negative is minus the fraction of rows
  std::optional<double> correlation;    ///< physical order against logical order, -1 … 1
  std::optional<double> top_frequency;  ///< frequency of the most common value
};

struct Column {
  std::int16_t number = 0;
  std::string name;
  std::string type;  ///< format_type(), e.g. "timestamp with time zone"
  bool not_null = false;
  bool generated = false;
  std::optional<ColumnStatistics> statistics;
};

struct Index {
  Oid oid, table;
  std::string name;  ///< its schema is its table's
  IndexDefinition definition;
  bool unique = false, primary = false, valid = true;
  bool constraint = false;  ///< behind a primary key, unique or exclusion constraint
  bool replica_identity = false;
  Blocks pages;
  double tuples = 0;
};

struct ForeignKey {
  std::string name;
  Oid table, referenced_table;
  std::vector<std::string> columns, referenced_columns;
};

/// A sequence and the column that it feeds, if any.
struct Sequence {
  Oid oid;
  std::string schema, name;
  std::optional<std::int64_t> last_value;  ///< empty: never used, locked, or not permitted
  std::int64_t max_value = 0, increment = 1;
  Oid table;  ///< zero: owned by no column
  std::string column;
  std::string column_type;
};

struct ExtendedStatistics {
  std::string name;
  Oid table;
  std::vector<std::string> columns;
  std::string kinds;  ///< letters of pg_statistic_ext.stxkind: d ndistinct, f dependencies, m MCV, e expressions
};

struct Table {
  Oid oid;
  std::string schema, name;
  char kind = 'r';  ///< pg_class.relkind: r table, p partitioned, m materialised view
  bool partition = false;
  char persistence = 'p';
  Blocks pages;
  double tuples = -1;           ///< reltuples; -1: never vacuumed or analysed
  std::vector<Column> columns;  ///< by number, dropped ones left out

  [[nodiscard]] const Column* column(std::string_view column_name) const;
  /// "schema.name", quoted where needed.
  [[nodiscard]] std::string qualified_name() const;
};

/// What could not be read, so that nobody takes an omission for an absence.
struct Skipped {
  std::string object, reason;
};

struct DatabaseSchema {
  Oid database;
  std::string name;
  std::vector<std::string> search_path;  ///< of the connected role
  std::vector<Table> tables;             ///< user tables, sorted by Oid
  std::vector<Index> indexes;
  std::vector<ForeignKey> foreign_keys;
  std::vector<Sequence> sequences;
  std::vector<ExtendedStatistics> extended_statistics;
  std::vector<std::string> extensions;
  std::vector<Skipped> skipped;

  [[nodiscard]] const Table* table(Oid oid) const;
  /// By name; without a schema the search path decides, as in a statement.
  [[nodiscard]] const Table* table(std::string_view schema, std::string_view table_name) const;
  [[nodiscard]] std::vector<const Index*> indexes_of(Oid table_oid) const;
};

/// pg_stat_user_tables and pg_statio_user_tables, since `DatabaseTotals::stats_reset`.
struct TableCounters {
  std::int64_t seq_scans = 0, seq_rows = 0, index_scans = 0, index_rows = 0;
  std::int64_t inserted = 0, updated = 0, deleted = 0, hot_updated = 0;
  std::int64_t live = 0, dead = 0, modified_since_analyze = 0;
  std::int64_t vacuums = 0, autovacuums = 0, analyzes = 0, autoanalyzes = 0;
  std::optional<Timestamp> last_vacuum, last_autovacuum, last_analyze, last_autoanalyze;
  Blocks heap_read, heap_hit, index_read, index_hit, toast_read, toast_hit;
  std::int64_t frozen_xid_age = 0;
};

struct IndexCounters {
  std::int64_t scans = 0, rows_read = 0, rows_fetched = 0;
  Blocks read, hit;
  std::optional<Timestamp> last_scan;  ///< 16+
};

struct RelationCounters {
  Oid database;
  std::map<Oid, TableCounters> tables;
  std::map<Oid, IndexCounters> indexes;
};

}  // namespace pgsextant
