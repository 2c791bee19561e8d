// create_statistics: the remedy of every correlated_columns finding as something to apply and to undo. It finds nothing
// itself, and does not try whether the plans change: no planner can be shown extended statistics that do not exist yet.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "advisor/recommend/recommenders.hpp"
#include "sql/scan.hpp"

namespace pgsextant::advisor {
namespace {

/// The name in CREATE STATISTICS [IF NOT EXISTS] name …, as written. Empty when there is none to undo by.
std::optional<std::string> statistics_name(std::string_view statement) {
  sql::Scanner scanner(statement);
  bool after_keyword = false;
  std::string name;
  sql::Token token;
  while (scanner.next(token)) {
    const bool word = token.kind == sql::TokenKind::word;
    const auto is = [&](std::string_view keyword) { return word && sql::equals_ignoring_case(token.text, keyword); };
    if (!after_keyword) {
      after_keyword = is("statistics");
      continue;
    }
    if (name.empty()) {
      if (token.kind == sql::TokenKind::space || is("if") || is("not") || is("exists")) continue;
      if (is("on")) break;
    }
    const bool part_of_name = word || token.kind == sql::TokenKind::quoted_word || token.text == ".";
    if (!part_of_name) break;
    name += token.text;
  }
  if (name.empty()) return std::nullopt;
  return name;
}

bool contains_analyze(std::string_view statements) {
  sql::Scanner scanner(statements);
  sql::Token token;
  while (scanner.next(token)) {
    if (sql::equals_ignoring_case(token.text, "analyze")) return true;
  }
  return false;
}

}  // namespace

std::vector<Recommendation> recommend_create_statistics(const AdviceInput& input, CostModel& /*model*/,
                                                        const AdviceLimits& /*limits*/,
                                                        std::vector<Unplanned>& /*unplanned*/) {
  const DatabaseSchema* schema = input.now.schema(input.database);
  if (schema == nullptr) return {};
  std::vector<Recommendation> recommendations;
  for (const Finding& finding : input.findings) {
    if (finding.rule != "correlated_columns" || finding.object.database != schema->name) continue;
    const auto name = statistics_name(finding.remedy_sql);
    if (!name) continue;
    Recommendation r;
    r.kind = "create_statistics";
    r.object = finding.object;
    r.key = make_key(r.kind, r.object, finding.key);
    r.title = "Create extended statistics on " + finding.object.name;
    r.reason = finding.title + (finding.title.ends_with('.') ? " " : ". ") + finding.why +
               " Whether a plan changes was not tried.";
    r.apply_sql = finding.remedy_sql;
    if (!r.apply_sql.ends_with(';')) r.apply_sql += ';';
    if (!contains_analyze(r.apply_sql)) r.apply_sql += "\nANALYZE " + finding.object.name + ";";
    r.undo_sql = "DROP STATISTICS " + *name + ";";
    r.load_share = finding.load_share;
    r.price.lock = "SHARE UPDATE EXCLUSIVE on the table: reads and writes go on";
    r.price.note =
        "They take effect with the next ANALYZE, which reads a sample of the table, and then cost a little of "
        "every ANALYZE and every plan.";
    r.verification = Verification::estimate;
    r.confidence = Confidence::low;
    recommendations.push_back(std::move(r));
  }
  return recommendations;
}

}  // namespace pgsextant::advisor
