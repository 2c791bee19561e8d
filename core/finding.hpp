#pragma once
// What was found to be wrong, with its evidence.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"

namespace pgsextant {

enum class Severity { info, warning, critical };
std::string_view to_string(Severity severity);

/// Where a figure comes from: counted by PostgreSQL, or computed from a model (the planner's or ours).
enum class Basis { measured, estimated };
std::string_view to_string(Basis basis);

enum class Unit { count, ratio, bytes, milliseconds, seconds, per_second, cost, rows };

/// A figure with its unit. Shown by web and CLI in one common way; never formatted into text by rules beforehand.
struct Figure {
  std::string label;
  double value = 0;
  Unit unit = Unit::count;
  Basis basis = Basis::measured;
};

/// "1.24 ms", "3.1 s", "412 MB", "1.2 M", "1.2 M rows", "97.5 %": at most three significant digits, a narrow no-break
/// space (U+202F) instead of each blank. Times scale from µs to days, bytes by 1024; "unknown" for what is not finite.
std::string format_value(double value, Unit unit);
inline std::string format_value(const Figure& figure) { return format_value(figure.value, figure.unit); }

/// What a finding or recommendation is about, by identity: never a measurement.
struct ObjectRef {
  std::string kind;      ///< table, index, column, statement, session, database, standby, setting, server
  std::string database;  ///< empty for what belongs to the server
  std::string name;      ///< qualified name, queryid, pid, …
};

struct Finding {
  std::string rule;
  Severity severity = Severity::warning;
  ObjectRef object;
  /// Identity of the finding through time: rule + object + what tells two findings of that pair apart. Used to
  /// deduplicate, mute and follow; must not contain anything measured. Filled by make_key().
  std::string key;
  std::string title;       ///< one sentence with its figure
  std::string why;         ///< why it matters, one or two sentences
  std::string remedy;      ///< what to do, in words
  std::string remedy_sql;  ///< what to run, if anything; shown for copying
  std::vector<Figure> evidence;
  std::optional<QueryId> statement;  ///< the statement it concerns, if one
  std::optional<double> load_share;  ///< share of all measured execution time at stake, 0 … 1
};

/// "rule/database/kind/name", and "/detail" if there is one, every part escaped (%2F for a slash) so that different
/// parts never collide.
std::string make_key(std::string_view rule, const ObjectRef& object, std::string_view detail = {});

}  // namespace pgsextant
