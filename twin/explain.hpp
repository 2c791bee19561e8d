#pragma once
// EXPLAIN of normalised statements, with the text that it came in, so that an answer can be kept and read again.

#include <string>
#include <string_view>

#include "core/outcome.hpp"
#include "core/plan.hpp"
#include "pg/session.hpp"

namespace pgsextant::twin {

/// The options of a session that plans: read-only, bounded, generic plans, no JIT. Startup options, since a SET would
/// be lost behind a pooler.
pg::SessionOptions planning_options();

struct Explained {
  std::string json;  ///< as the server printed it
  Plan plan;
};

/// As explain_generic() of twin/server_cost_model.hpp, with the text.
Result<Explained> explain(pg::Session& session, std::string_view statement);

}  // namespace pgsextant::twin
