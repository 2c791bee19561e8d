// Detects: a client's transaction that has been open for a quarter of an hour and is at work.
//
// Leaves out: sessions idle in a transaction (idle_in_transaction); background processes, replication and autovacuum;
// what this role may not see; observations older than a minute.
//
// Threshold: 15 min; dumps and reports take that long legitimately, so it is a warning and never more.
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr Seconds warning_at{15 * 60};

}  // namespace

std::vector<Finding> long_transaction(const Facts& facts) {
  std::vector<Finding> findings;
  if (!fresh(facts.now, facts.now.activity)) return findings;
  const Timestamp now = facts.now.activity.server_time;
  for (const Session& session : facts.now.activity->sessions) {
    if (session.state != "active" || session.backend_type != "client backend" || session.leader ||
        !session.transaction_start) {
      continue;
    }
    const Seconds age = now - *session.transaction_start;
    if (age < warning_at) continue;
    Finding finding;
    finding.object = session_object(session);
    finding.key = make_key("long_transaction", finding.object, session_detail(session));
    finding.title = who(session) + " has had its transaction open for " + format_value(age.count(), Unit::seconds);
    finding.why =
        "VACUUM cannot remove rows that died since it began, in any table of the database, and replicas that "
        "feed back keep them too.";
    if (!session.text.empty()) finding.why += " Its statement: \"" + one_line(session.text) + "\".";
    finding.remedy = "Split the work into shorter transactions, run it on a standby, or cancel it:";
    finding.remedy_sql = "SELECT pg_cancel_backend(" + std::to_string(session.pid.value) + ");";
    finding.evidence = {{"age of the transaction", age.count(), Unit::seconds}};
    if (session.query_start) {
      finding.evidence.push_back({"age of the statement", Seconds(now - *session.query_start).count(), Unit::seconds});
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
