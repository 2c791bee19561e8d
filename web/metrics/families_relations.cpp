// Tables and indexes of every database visited: the largest ones, under postgres_exporter's names.

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "web/metrics/families.hpp"

namespace pgsextant::web {
namespace {

constexpr std::int64_t page_size = 8192;

struct Relation {
  const DatabaseSchema* schema = nullptr;
  const RelationCounters* counters = nullptr;
  const Table* table = nullptr;
  std::vector<const Index*> indexes;
  std::int64_t index_pages = 0;

  [[nodiscard]] std::int64_t pages() const { return table->pages.value + index_pages; }
};

/// Tables whose counters and definition are both known, the largest first.
std::vector<Relation> by_size(const ServerScope& scope) {
  std::vector<Relation> out;
  for (const auto& counters : scope.snapshot().relations) {
    if (!current(scope, counters, Cadence::minutes)) continue;
    const DatabaseSchema* const schema = scope.snapshot().schema(counters->database);
    if (schema == nullptr) continue;
    std::unordered_map<Oid, std::vector<const Index*>> indexes;
    for (const Index& index : schema->indexes) indexes[index.table].push_back(&index);
    for (const auto& [oid, unused] : counters->tables) {
      const Table* const table = schema->table(oid);
      if (table == nullptr) continue;
      Relation relation{schema, counters.data.get(), table, std::move(indexes[oid]), 0};
      for (const Index* index : relation.indexes) relation.index_pages += index->pages.value;
      out.push_back(std::move(relation));
    }
  }
  std::stable_sort(out.begin(), out.end(), [](const Relation& a, const Relation& b) { return a.pages() > b.pages(); });
  return out;
}

double epoch_or_zero(const std::optional<Timestamp>& t) { return t ? epoch_seconds(*t) : 0; }

void add_usage(Families& out, const Labels& labels, const TableCounters& c) {
  const auto counter = [&](std::string_view name, std::string_view help, std::int64_t value) {
    out.counter(name, help).add(labels, value);
  };
  const auto gauge = [&](std::string_view name, std::string_view help, double value) {
    out.gauge(name, help).add(labels, value);
  };
  counter("pg_stat_user_tables_seq_scan", "Sequential scans initiated on this table.", c.seq_scans);
  counter("pg_stat_user_tables_seq_tup_read", "Live rows fetched by sequential scans.", c.seq_rows);
  counter("pg_stat_user_tables_idx_scan", "Index scans initiated on this table.", c.index_scans);
  counter("pg_stat_user_tables_idx_tup_fetch", "Live rows fetched by index scans.", c.index_rows);
  counter("pg_stat_user_tables_n_tup_ins", "Rows inserted.", c.inserted);
  counter("pg_stat_user_tables_n_tup_upd", "Rows updated.", c.updated);
  counter("pg_stat_user_tables_n_tup_del", "Rows deleted.", c.deleted);
  counter("pg_stat_user_tables_n_tup_hot_upd", "Rows HOT updated.", c.hot_updated);
  gauge("pg_stat_user_tables_n_live_tup", "Estimated number of live rows.", static_cast<double>(c.live));
  gauge("pg_stat_user_tables_n_dead_tup", "Estimated number of dead rows.", static_cast<double>(c.dead));
  gauge("pg_stat_user_tables_n_mod_since_analyze", "Estimated number of rows changed since last analyze.",
        static_cast<double>(c.modified_since_analyze));
  gauge("pg_stat_user_tables_last_vacuum", "Last manual vacuum, in seconds since 1970, 0 for never.",
        epoch_or_zero(c.last_vacuum));
  gauge("pg_stat_user_tables_last_autovacuum", "Last autovacuum, in seconds since 1970, 0 for never.",
        epoch_or_zero(c.last_autovacuum));
  gauge("pg_stat_user_tables_last_analyze", "Last manual analyze, in seconds since 1970, 0 for never.",
        epoch_or_zero(c.last_analyze));
  gauge("pg_stat_user_tables_last_autoanalyze", "Last autoanalyze, in seconds since 1970, 0 for never.",
        epoch_or_zero(c.last_autoanalyze));
  counter("pg_stat_user_tables_vacuum_count", "Manual vacuums of this table.", c.vacuums);
  counter("pg_stat_user_tables_autovacuum_count", "Autovacuums of this table.", c.autovacuums);
  counter("pg_stat_user_tables_analyze_count", "Manual analyzes of this table.", c.analyzes);
  counter("pg_stat_user_tables_autoanalyze_count", "Autoanalyzes of this table.", c.autoanalyzes);
  counter("pg_statio_user_tables_heap_blocks_read", "Disk blocks read from this table.", c.heap_read.value);
  counter("pg_statio_user_tables_heap_blocks_hit", "Buffer hits in this table.", c.heap_hit.value);
  counter("pg_statio_user_tables_idx_blocks_read", "Disk blocks read from this table's indexes.", c.index_read.value);
  counter("pg_statio_user_tables_idx_blocks_hit", "Buffer hits in this table's indexes.", c.index_hit.value);
  counter("pg_statio_user_tables_toast_blocks_read", "Disk blocks read from this table's TOAST table.",
          c.toast_read.value);
  counter("pg_statio_user_tables_toast_blocks_hit", "Buffer hits in this table's TOAST table.", c.toast_hit.value);
}

void add_sizes(Families& out, const Labels& labels, const Relation& relation) {
  const auto gauge = [&](std::string_view name, std::string_view help, std::int64_t pages) {
    out.gauge(name, help).add(labels, pages * page_size);
  };
  gauge("pg_stat_user_tables_size_bytes",
        "Table and indexes without TOAST, from the pages that PostgreSQL last counted.", relation.pages());
  gauge("pg_stat_user_tables_table_size_bytes", "Table without TOAST, from the pages that PostgreSQL last counted.",
        relation.table->pages.value);
  gauge("pg_stat_user_tables_index_size_bytes", "The table's indexes, from the pages that PostgreSQL last counted.",
        relation.index_pages);
}

/// The largest indexes of the tables shown.
void add_indexes(const ServerScope& scope, const std::vector<Relation>& relations, std::size_t limit) {
  using Entry = std::pair<const Relation*, const Index*>;
  std::vector<Entry> order;
  for (const Relation& relation : relations)
    for (const Index* index : relation.indexes) order.emplace_back(&relation, index);
  std::stable_sort(order.begin(), order.end(),
                   [](const Entry& a, const Entry& b) { return a.second->pages > b.second->pages; });
  scope.out.folded("pg_statio_user_indexes", order.size() - std::min(order.size(), limit));
  order.resize(std::min(order.size(), limit));
  for (const auto& [relation, index] : order) {
    const Labels labels{{"datname", relation->schema->name},
                        {"schemaname", relation->table->schema},
                        {"relname", relation->table->name},
                        {"indexrelname", index->name}};
    scope.out.gauge("pgsextant_index_size_bytes", "Size of an index, from the pages that PostgreSQL last counted.")
        .add(labels, index->pages.value * page_size);
    const auto found = relation->counters->indexes.find(index->oid);
    if (found == relation->counters->indexes.end()) continue;
    const IndexCounters& c = found->second;
    scope.out.counter("pgsextant_index_scans_total", "Scans initiated on an index.").add(labels, c.scans);
    scope.out.counter("pg_statio_user_indexes_idx_blks_read_total", "Disk blocks read from this index.")
        .add(labels, c.read.value);
    scope.out.counter("pg_statio_user_indexes_idx_blks_hit_total", "Buffer hits in this index.")
        .add(labels, c.hit.value);
  }
}

}  // namespace

void add_relation_families(const ServerScope& scope) {
  std::vector<Relation> order = by_size(scope);
  if (order.empty()) return;
  const auto limit = static_cast<std::size_t>(std::max(0, scope.options.max_tables));
  scope.out.folded("pg_stat_user_tables", order.size() - std::min(order.size(), limit));
  order.resize(std::min(order.size(), limit));
  for (const Relation& relation : order) {
    const Labels labels{
        {"datname", relation.schema->name}, {"schemaname", relation.table->schema}, {"relname", relation.table->name}};
    add_usage(scope.out, labels, relation.counters->tables.at(relation.table->oid));
    add_sizes(scope.out, labels, relation);
  }
  add_indexes(scope, order, limit);
}

}  // namespace pgsextant::web
