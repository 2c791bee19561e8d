#pragma once
// What would fix it: SQL to apply and to undo, what it brings and what it costs.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "core/ids.hpp"
#include "core/index_definition.hpp"
#include "core/units.hpp"

namespace pgsextant {

/// How a gain was verified, best first.
enum class Verification {
  twin,      ///< planned on the statistics twin
  hypopg,    ///< planned on the server with a hypothetical index
  estimate,  ///< computed from statistics; no planner was asked
  none,      ///< nothing to verify: the advice follows from the definition alone (a duplicate index)
};
std::string_view to_string(Verification verification);

enum class Confidence { low, medium, high };
std::string_view to_string(Confidence confidence);

/// What one statement gains. Costs are the planner's (page fetch units); times are not derived from them.
struct StatementGain {
  QueryId query;
  std::string text;  ///< normalised
  double calls_per_hour = 0;
  std::optional<Milliseconds> mean_time;  ///< measured today
  double cost_before = 0, cost_after = 0;
};

/// What it costs to have it.
struct Price {
  std::optional<Bytes> size;  ///< of the new object; negative when something is dropped
  Basis size_basis = Basis::estimated;
  double writes_per_second = 0;  ///< inserts, deletes and key updates on the table now: each maintains the index
  std::string lock;              ///< lock taken while applying, in words
  std::string note;              ///< anything else a person must know before applying
};

struct Recommendation {
  std::string kind;  ///< the recommender's id: create_index, drop_index, …
  std::string key;   ///< identity through time, see make_key()
  ObjectRef object;  ///< the table it changes
  std::string title;
  std::string reason;
  std::string apply_sql, undo_sql;
  std::vector<StatementGain> statements;  ///< what it serves, greatest total gain first
  /// Planner cost of the served statements, weighted with their calls, before and after; empty when nothing was costed.
  std::optional<double> cost_before, cost_after;
  /// Share of all measured execution time spent in the statements served, 0 … 1.
  std::optional<double> load_share;
  Price price;
  Verification verification = Verification::none;
  Confidence confidence = Confidence::medium;
  std::optional<IndexDefinition> index;  ///< what is created or dropped, where it is an index
};

/// A statement that could not be costed, so that nothing is dropped in silence.
struct Unplanned {
  QueryId query;
  std::string text, reason;
  double load_share = 0;
};

}  // namespace pgsextant
