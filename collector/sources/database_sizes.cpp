// How large each database is. Apart from the counters, since PostgreSQL walks a database's files to tell.

#include <map>

#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"

namespace pgsextant::collector {
namespace {

// pg_database_size() takes no lock, but refuses without CONNECT unless the role has pg_read_all_stats.
constexpr QueryVariant size_variants[] = {
    {130000, R"(
SELECT d.oid,
       CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT')
              OR pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE')
            THEN pg_catalog.pg_database_size(d.oid) END
  FROM pg_catalog.pg_database d)"},
};
constexpr Query database_sizes{"database_sizes", size_variants};
constexpr const Query* queries[] = {&database_sizes};

void read(SourceRun& run) {
  if (!run.last().databases) return;  // filled at the next round: databases failed in this one
  const auto rows = run.rows(database_sizes);
  std::map<Oid, std::optional<Bytes>> sizes;
  std::int64_t hidden = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    const auto oid = row.oid();
    const auto size = row.maybe_bytes();
    hidden += static_cast<std::int64_t>(!size);
    sizes.emplace(oid, size);
  }
  if (hidden > 0) run.lacks(Outcome::denied, std::to_string(hidden) + " databases hide their size from this role");
  // The counters and their time stay as they were read.
  auto databases = run.last().databases;
  auto filled = *databases;
  for (auto& database : filled) {
    const auto found = sizes.find(database.oid);
    database.size = found == sizes.end() ? std::nullopt : found->second;
  }
  databases.data = std::make_shared<const std::vector<DatabaseTotals>>(std::move(filled));
  run.change([databases](Snapshot& into) { into.databases = databases; });
}

}  // namespace

const Source database_sizes_source{
    .id = "database_sizes",
    .description = "size on disk of each database",
    .cadence = std::chrono::seconds(60),
    .queries = queries,
    .rights = "GRANT pg_monitor TO <role>; (or pg_read_all_stats, or CONNECT on each database)",
    .read = read,
};

}  // namespace pgsextant::collector
