// Detects: an index that CREATE or REINDEX INDEX CONCURRENTLY left behind invalid when it failed. Writes maintain it,
// no query uses it.
//
// Leaves out: everything while some session builds an index concurrently in that database, for then invalid is only
// "not ready yet"; servers where sessions cannot be seen.
//
// Threshold: none.
#include <algorithm>
#include <cctype>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

bool builds_index(const Session& session) {
  std::string text = one_line(session.text, session.text.size() + 1);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return session.state == "active" && text.find("CONCURRENTLY") != std::string::npos &&
         (text.starts_with("CREATE ") || text.starts_with("REINDEX"));
}

}  // namespace

std::vector<Finding> invalid_index(const Facts& facts) {
  std::vector<Finding> findings;
  if (!facts.now.activity) return findings;
  for (const DatabaseFacts& database : databases(facts.now)) {
    const bool building = std::ranges::any_of(facts.now.activity->sessions, [&](const Session& session) {
      return session.database == database.schema.name && builds_index(session);
    });
    if (building) continue;
    for (const Index& index : database.schema.indexes) {
      const Table* const table = database.schema.table(index.table);
      if (table == nullptr || index.valid || table->kind == 'p') continue;
      Finding finding;
      const auto size = static_cast<double>(index.pages.to_bytes().value);
      finding.object = {"index", database.schema.name, qualified_index_name(*table, index)};
      finding.title = "Index " + index.name + " of " + table->qualified_name() + " is invalid and takes " +
                      format_value(size, Unit::bytes);
      finding.why = "A concurrent build failed and left it behind: writes maintain it, but no query uses it" +
                    std::string(index.unique ? ", and it does not make sure that values are unique." : ".");
      finding.remedy = "Build it again, or drop it if the build has been repeated under another name.";
      finding.remedy_sql = "REINDEX INDEX CONCURRENTLY " + qualified_index_name(*table, index) +
                           ";\n-- or\nDROP INDEX CONCURRENTLY " + qualified_index_name(*table, index) + ";";
      finding.evidence = {{"size", size, Unit::bytes}};
      findings.push_back(std::move(finding));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
