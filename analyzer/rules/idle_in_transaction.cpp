// Detects: a session that has been idle inside a transaction for a minute or more. It keeps its locks, and keeps VACUUM
// from removing what it might still see.
//
// Leaves out: sessions whose state this role may not see; observations older than a minute.
//
// Thresholds: 60 s is longer than any round trip of an application; 10 min is critical: by then dead rows pile up, and
// a lock may block others at any moment.
#include <algorithm>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr Seconds warning_at{60}, critical_at{600};

}  // namespace

std::vector<Finding> idle_in_transaction(const Facts& facts) {
  std::vector<Finding> findings;
  if (!fresh(facts.now, facts.now.activity)) return findings;
  const Activity& activity = *facts.now.activity;
  const Timestamp now = facts.now.activity.server_time;
  for (const Session& session : activity.sessions) {
    if (!session.state.starts_with("idle in transaction") || !session.state_change) continue;
    const Seconds idle = now - *session.state_change;
    if (idle < warning_at) continue;
    const auto blocked = std::ranges::count_if(activity.waits, [&](const LockWait& wait) {
      return std::ranges::find(wait.blockers, session.pid) != wait.blockers.end();
    });

    Finding finding;
    finding.severity = idle >= critical_at ? Severity::critical : Severity::warning;
    finding.object = session_object(session);
    finding.key = make_key("idle_in_transaction", finding.object, session_detail(session));
    finding.title = who(session) + " has been idle in a transaction for " + format_value(idle.count(), Unit::seconds) +
                    (blocked > 0 ? " and blocks " + counted(blocked, "session", "sessions") : "");
    finding.why = "Until it ends, its locks stay and VACUUM cannot remove rows that died since it began.";
    if (!session.user.empty())
      finding.why += " It belongs to " + session.user + (session.client.empty() ? "" : " at " + session.client) + ".";
    if (!session.text.empty()) finding.why += " Its last statement: \"" + one_line(session.text) + "\".";
    finding.remedy =
        "Commit or roll back in the application before it waits for anything else. To bound it on the "
        "server, set idle_in_transaction_session_timeout for its role. To end this one:";
    finding.remedy_sql = "SELECT pg_terminate_backend(" + std::to_string(session.pid.value) + ");";
    finding.evidence = {{"idle for", idle.count(), Unit::seconds},
                        {"sessions blocked", static_cast<double>(blocked), Unit::count}};
    if (session.transaction_start) {
      finding.evidence.push_back(
          {"age of the transaction", Seconds(now - *session.transaction_start).count(), Unit::seconds});
    }
    if (session.xmin_age) {
      finding.evidence.push_back(
          {"transactions since its snapshot", static_cast<double>(*session.xmin_age), Unit::count});
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
