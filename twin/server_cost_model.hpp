#pragma once
// CostModels that ask the planner of a live server, and one that asks nobody.

#include <memory>
#include <string_view>

#include "advisor/cost_model.hpp"
#include "core/snapshot.hpp"
#include "pg/conninfo.hpp"
#include "pg/session.hpp"

namespace pgsextant::twin {

/// Plans statements generically (PREPARE with plan_cache_mode=force_generic_plan; GENERIC_PLAN from 16 on) in a session
/// of its own, read-only and bounded; hypothetical indexes through hypopg, which exist in that session alone. Where
/// hypopg cannot judge (GIN, GiST) or is not installed, `cost` falls back to the plain estimate and says so in
/// CostAnswer::verified_by. Failure: no connection.
Result<std::unique_ptr<advisor::CostModel>> make_server_cost_model(const pg::Conninfo& conninfo,
                                                                   const DatabaseSchema& schema,
                                                                   const Settings& settings);

/// One EXPLAIN (FORMAT JSON) of a normalised statement through a session: single statement, never ANALYZE.
Result<Plan> explain_generic(pg::Session& session, std::string_view statement);

}  // namespace pgsextant::twin
