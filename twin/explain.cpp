#include "twin/explain.hpp"

#include <array>
#include <utility>

#include "analyzer/plan_json.hpp"
#include "sql/parse.hpp"
#include "twin/server_cost_model.hpp"

namespace pgsextant::twin {
namespace {

constexpr std::int32_t version_with_generic_plan = 160000;
constexpr std::string_view search_path_hint =
    "names are resolved with the search_path of the monitoring role, in the database that was asked: set it to that of "
    "the application (ALTER ROLE … IN DATABASE … SET search_path = …)";

/// Prepared under a fixed name, gone when this goes. A cached generic plan would not see a hypothetical index that is
/// created later, so nothing stays prepared.
class PreparedStatement {
 public:
  PreparedStatement(pg::Session& session, std::string_view statement) : session_(session) {
    session.query("PREPARE pgsextant_plan AS " + std::string(statement));
  }
  ~PreparedStatement() {
    try {
      if (session_.usable()) session_.query("DEALLOCATE pgsextant_plan");
    } catch (const pg::Error&) {  // NOLINT(bugprone-empty-catch): the session broke, and took it along
    }
  }
  PreparedStatement(const PreparedStatement&) = delete;
  PreparedStatement& operator=(const PreparedStatement&) = delete;

 private:
  pg::Session& session_;
};

std::string null_arguments(int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += i == 0 ? "NULL" : ", NULL";
  return list.empty() ? list : "(" + list + ")";
}

std::string explain_text(pg::Session& session, std::string_view statement, int parameters) {
  // Without parameters there is one plan only. A trailing comment or semicolon of the statement stays harmless, as
  // nothing is put behind it.
  if (parameters == 0) {
    return std::string(session.query("EXPLAIN (FORMAT JSON, SETTINGS) " + std::string(statement)).text(0, 0));
  }
  if (session.server_version() >= version_with_generic_plan) {
    return std::string(
        session.query("EXPLAIN (FORMAT JSON, SETTINGS, GENERIC_PLAN) " + std::string(statement)).text(0, 0));
  }
  const PreparedStatement prepared(session, statement);
  const auto execute = "EXPLAIN (FORMAT JSON, SETTINGS) EXECUTE pgsextant_plan" + null_arguments(parameters);
  return std::string(session.query(execute).text(0, 0));
}

/// What a refusal means for a person who sees the statement in a list of those that could not be costed.
Failure describe(const pg::Error& error) {
  const auto& said = error.failure();
  const auto& state = error.sqlstate();
  const auto is = [&](auto... states) { return ((state == states) || ...); };
  if (is("42P01", "3F000", "42703")) return {Outcome::invalid_input, said.message, std::string(search_path_hint)};
  if (is("42601", "42P18", "42725", "42883", "42804", "42803", "42P08", "42P02", "42P10", "42846", "42704")) {
    return {Outcome::invalid_input,
            "cannot be planned from its normalised text, where a parameter stands for a constant that gave the type: " +
                said.message,
            ""};
  }
  if (is("42501")) {
    return {Outcome::denied, said.message,
            "EXPLAIN asks for the same rights as the statement: SELECT (or pg_read_all_data), and for INSERT, UPDATE, "
            "DELETE and MERGE the right to write as well"};
  }
  if (is("25006")) return {Outcome::unsupported, "cannot be explained in a read-only session", ""};
  return said;
}

Failure not_generic() {
  return {Outcome::unsupported, "the server does not plan generically in this session",
          "plan_cache_mode=force_generic_plan did not reach it: connect to the server itself, not through a pooler"};
}

Result<Explained> read(std::string json, bool must_be_forced) {
  auto plans = analyzer::parse_plan_json(json);
  if (!plans) return plans.failure();
  if (plans->size() != 1) {
    return Failure{Outcome::unsupported, "rewritten by a rule into " + std::to_string(plans->size()) + " statements",
                   ""};
  }
  auto& plan = plans->front();
  // With any other mode the plan would be one for NULL in every place, which nobody ever runs.
  const auto mode = plan.settings.find("plan_cache_mode");
  if (must_be_forced && (mode == plan.settings.end() || mode->second != "force_generic_plan")) return not_generic();
  return Explained{std::move(json), std::move(plan)};
}

Result<Explained> explain_once(pg::Session& session, std::string_view statement, int parameters,
                               std::string& sqlstate) {
  try {
    const bool must_be_forced = parameters > 0 && session.server_version() < version_with_generic_plan;
    return read(explain_text(session, statement, parameters), must_be_forced);
  } catch (const pg::Error& error) {
    sqlstate = error.sqlstate();
    return describe(error);
  }
}

}  // namespace

pg::SessionOptions planning_options() {
  pg::SessionOptions options;
  options.settings = {{"plan_cache_mode", "force_generic_plan"}, {"jit", "off"}};
  return options;
}

Result<Explained> explain(pg::Session& session, std::string_view statement) {
  const auto info = sql::inspect(statement);
  if (!info) return info.failure();
  if (info->kind == sql::StatementKind::utility) {
    return Failure{Outcome::unsupported, "a utility statement has no plan", ""};
  }
  std::string sqlstate;
  auto explained = explain_once(session, statement, info->parameters, sqlstate);
  constexpr std::string_view syntax_error = "42601";
  if (sqlstate != syntax_error) return explained;
  // "interval $1" and its like: legal for the parser that read the text, not for PREPARE.
  const auto repaired = sql::plannable(statement);
  if (!repaired || *repaired == statement) return explained;
  return explain_once(session, *repaired, info->parameters, sqlstate);
}

Result<Plan> explain_generic(pg::Session& session, std::string_view statement) {
  auto explained = explain(session, statement);
  if (!explained) return explained.failure();
  return std::move(explained->plan);
}

}  // namespace pgsextant::twin
