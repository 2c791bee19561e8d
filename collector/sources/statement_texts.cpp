// The texts of statements, each fetched once.

#include <algorithm>
#include <set>

#include "collector/memory.hpp"
#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"
#include "sql/parse.hpp"

namespace pgsextant::collector {
namespace {

// pg_stat_statements(true) reads its whole text file whatever is asked of it: only when there is something new. A text
// is NULL while that file is being rewritten, and '<insufficient privilege>' for statements of others.
constexpr QueryVariant text_variants[] = {
    {108, R"(
SELECT s.queryid, pg_catalog.max(s.query)
  FROM @extschema@.pg_stat_statements(true) s
 WHERE s.queryid = ANY ($1::pg_catalog.int8[]) AND s.query <> '<insufficient privilege>'
 GROUP BY s.queryid)"},
};
constexpr Query texts{"texts", text_variants};
constexpr const Query* queries[] = {&texts};

std::set<QueryId> queries_of(const Statements& statements) {
  std::set<QueryId> ids;
  for (const auto& entry : statements.entries) ids.insert(entry.key.query);
  return ids;
}

std::string array_of(const std::vector<QueryId>& ids) {
  std::string text = "{";
  for (const auto id : ids) text.append(text.size() > 1 ? "," : "").append(std::to_string(id.value));
  return text + "}";
}

void read(SourceRun& run) {
  if (!run.last().statements) return;  // statements says why
  if (run.memory().hidden_statements > 0)
    run.lacks(Outcome::denied,
              "texts of " + std::to_string(run.memory().hidden_statements) + " statements are hidden from this role");
  const auto wanted = queries_of(*run.last().statements);
  const auto* const known = run.last().texts.data.get();
  std::vector<QueryId> missing;
  std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(missing),
               [&](QueryId id) { return known == nullptr || !known->contains(id); });
  if (missing.empty() && known != nullptr) return;

  // Evicted statements go with their texts: when they come back they are fetched again.
  StatementTexts kept;
  if (known != nullptr)
    std::copy_if(known->begin(), known->end(), std::inserter(kept, kept.end()),
                 [&](const auto& text) { return wanted.contains(text.first); });
  if (!missing.empty()) {
    const auto rows = run.rows(texts, {array_of(missing)});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows.is_null(i, 1)) continue;
      RowReader row(rows, i);
      const QueryId id{row.integer()};
      // Utility statements come with their literals, and so do those whose entry was evicted while they ran. Texts
      // without a literal come out with the numbering of parameters that they came with.
      kept.emplace(id, sql::normalise(row.view()));
    }
  }
  run.put(&Snapshot::texts, std::move(kept));
}

}  // namespace

const Source statement_texts_source{
    .id = "statement_texts",
    .description = "texts of statements that are new in pg_stat_statements, normalised",
    .cadence = std::chrono::seconds(10),
    .extension = "pg_stat_statements",
    .queries = queries,
    .rights = "GRANT pg_monitor TO <role>; (or pg_read_all_stats), and USAGE on the extension's schema",
    .read = read,
};

}  // namespace pgsextant::collector
