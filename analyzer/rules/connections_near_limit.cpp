// Detects: client connections close to max_connections. Beyond it nobody but superusers gets in.
//
// Leaves out: limits of single databases and roles; background processes, which max_connections does not count;
// observations older than a minute.
//
// Thresholds: 80 % leaves room to react, at 95 % the slots reserved for superusers are next.
#include <algorithm>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double warning_at = 0.80, critical_at = 0.95;

}  // namespace

std::vector<Finding> connections_near_limit(const Facts& facts) {
  if (!fresh(facts.now, facts.now.activity) || facts.now.activity->max_connections <= 0) return {};
  const Activity& activity = *facts.now.activity;
  const auto used = client_connections(activity);
  const double share = static_cast<double>(used) / activity.max_connections;
  if (share < warning_at) return {};
  const auto idle = std::ranges::count(activity.sessions, "idle", &Session::state);

  Finding finding;
  finding.severity = share >= critical_at ? Severity::critical : Severity::warning;
  finding.object = {"setting", "", "max_connections"};
  finding.title = format_value(static_cast<double>(used), Unit::count) + " of " +
                  format_value(activity.max_connections, Unit::count) + " connections are in use";
  finding.why = "When they run out, new clients are refused, and so is whoever wants to look.";
  finding.remedy = idle * 2 > used
                       ? "Most of them are idle: put a connection pooler in front, or make the applications' "
                         "pools smaller."
                       : "Look for what holds them: sessions that wait for locks, slow statements, pools that "
                         "grew. A pooler bounds them; raising max_connections costs memory and a restart.";
  finding.evidence = {{"connections", static_cast<double>(used), Unit::count},
                      {"max_connections", static_cast<double>(activity.max_connections), Unit::count},
                      {"idle", static_cast<double>(idle), Unit::count}};
  return {std::move(finding)};
}

}  // namespace pgsextant::analyzer::checks
