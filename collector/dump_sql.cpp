#include "collector/dump_sql.hpp"

#include <chrono>

#include "collector/source.hpp"
#include "collector/visits.hpp"

namespace pgsextant::collector {
namespace {

std::string duration(std::chrono::milliseconds time) {
  using namespace std::chrono;
  if (time % hours(1) == milliseconds(0)) return std::to_string(duration_cast<hours>(time).count()) + " h";
  if (time % seconds(1) == milliseconds(0)) return std::to_string(duration_cast<seconds>(time).count()) + " s";
  return std::to_string(time.count()) + " ms";
}

/// "PostgreSQL 14+", "pg_stat_statements 1.9+"
std::string from(std::string_view extension, std::int32_t minimum) {
  if (extension.empty()) return "PostgreSQL " + std::to_string(minimum / 10000) + "+";
  return std::string(extension) + " " + std::to_string(minimum / 100) + "." + std::to_string(minimum % 100) + "+";
}

void add(std::string& text, std::string_view source, const Query& query, std::string_view extension) {
  for (const auto& variant : query.variants) {
    auto sql = variant.sql;
    if (sql.starts_with('\n')) sql.remove_prefix(1);
    text.append("\n-- ")
        .append(source)
        .append(".")
        .append(query.name)
        .append(", ")
        .append(from(extension, variant.minimum));
    text.append("\n").append(sql).append(";\n");
  }
}

}  // namespace

std::string dump_sql() {
  std::string text = "-- Every query that pgsextant asks a watched server. Each is preceded by the comment " +
                     std::string(pg::query_marker) +
                     "and runs\n-- alone, read-only, with statement_timeout and lock_timeout. Of several variants the "
                     "first that the server's (or\n"
                     "-- extension's) version reaches is used. @extschema@ is the schema of the extension.\n"
                     "\n-- every session, before each source\n";
  add(text, "collector", server_clock, "");
  text += "\n-- before each round through the databases\n";
  add(text, "collector", connectable_databases, "");
  text += "\n-- between two databases of a round\n";
  add(text, "collector", backend_present, "");
  text += "\n-- before a source that belongs to an extension\n";
  add(text, "collector", installed_extension, "");
  for (const auto* const source : sources()) {
    text.append("\n-- ").append(80, '=').append("\n-- ").append(source->id).append(": ").append(source->description);
    text.append("\n-- every ").append(duration(source->cadence));
    if (source->scope == Scope::database) text += ", in each database in turn";
    text.append("\n-- rights: ").append(source->rights).append("\n");
    for (const auto* const query : source->queries) add(text, source->id, *query, source->extension);
  }
  return text;
}

}  // namespace pgsextant::collector
