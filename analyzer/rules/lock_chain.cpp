// Detects: sessions that wait for a lock, one finding for each session at the root of the queue: it blocks others and
// waits for nobody.
//
// Leaves out: waits below 5 s, which any write-heavy application has; cycles, which have no root and which PostgreSQL
// ends by itself (deadlocks); observations older than a minute.
//
// Thresholds: 5 s is noticed by people; from 60 s on requests time out and connections pile up: critical.
#include <algorithm>
#include <map>
#include <set>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr Seconds warning_at{5}, critical_at{60};

struct Queue {
  std::set<BackendPid> waiters;  ///< directly or behind others
  const LockWait* longest = nullptr;
  Seconds waited{};
};

using WaitsBehind = std::multimap<BackendPid, const LockWait*>;

Queue queue_of(BackendPid root, const WaitsBehind& behind, Timestamp now) {
  Queue queue;
  std::vector<BackendPid> next{root};
  while (!next.empty()) {
    const BackendPid blocker = next.back();
    next.pop_back();
    const auto [first, last] = behind.equal_range(blocker);
    for (auto at = first; at != last; ++at) {
      const LockWait& wait = *at->second;
      if (!queue.waiters.insert(wait.waiter).second) continue;
      next.push_back(wait.waiter);
      const Seconds waited = wait.since ? Seconds(now - *wait.since) : Seconds{};
      if (queue.longest == nullptr || waited > queue.waited) {
        queue.longest = &wait;
        queue.waited = waited;
      }
    }
  }
  return queue;
}

Finding of_session(const Session& root, const std::string& others) {
  Finding finding;
  finding.object = session_object(root);
  finding.key = make_key("lock_chain", finding.object, session_detail(root));
  finding.title = who(root) + " blocks " + others;
  const bool idle = root.state.starts_with("idle in transaction");
  finding.why = idle ? "It is idle in its transaction: it holds its locks and does nothing until its client goes on."
                     : "It is " + (root.state.empty() ? "busy" : root.state) + ".";
  if (!root.text.empty())
    finding.why += std::string(idle ? " Its last statement: \"" : " Its statement: \"") + one_line(root.text) + "\".";
  const std::string pid = std::to_string(root.pid.value);
  if (idle) {
    finding.remedy = "Let its client commit, or end the session; its transaction is rolled back.";
    finding.remedy_sql = "SELECT pg_terminate_backend(" + pid + ");";
  } else {
    finding.remedy = "Wait for it, or cancel its statement; if that is not enough, end the session.";
    finding.remedy_sql = "SELECT pg_cancel_backend(" + pid + ");\n-- or\nSELECT pg_terminate_backend(" + pid + ");";
  }
  return finding;
}

/// pg_blocking_pids() shows a prepared transaction as pid 0, and a session may have ended since.
Finding of_unknown(BackendPid root, const std::string& others) {
  Finding finding;
  if (root) {
    finding.object = {"session", "", std::to_string(root.value)};
    finding.title = "Session " + std::to_string(root.value) + " blocks " + others;
    finding.remedy_sql = "SELECT pg_terminate_backend(" + std::to_string(root.value) + ");";
    finding.remedy = "Find out what it does; if need be, end it.";
  } else {
    finding.object = {"server", "", "prepared transaction"};
    finding.title = "A prepared transaction blocks " + others;
    finding.why = "It keeps its locks, through restarts too, until somebody commits it or rolls it back.";
    finding.remedy = "Ask the transaction manager, then COMMIT PREPARED or ROLLBACK PREPARED.";
    finding.remedy_sql = "SELECT gid, prepared, owner, database FROM pg_prepared_xacts ORDER BY prepared;";
  }
  return finding;
}

}  // namespace

std::vector<Finding> lock_chain(const Facts& facts) {
  std::vector<Finding> findings;
  if (!fresh(facts.now, facts.now.activity)) return findings;
  const Activity& activity = *facts.now.activity;
  WaitsBehind behind;
  for (const LockWait& wait : activity.waits) {
    for (const BackendPid blocker : wait.blockers) behind.emplace(blocker, &wait);
  }
  for (const BackendPid root : root_blockers(activity)) {
    const Queue queue = queue_of(root, behind, facts.now.activity.server_time);
    if (queue.longest == nullptr || queue.waited < warning_at) continue;
    const std::string others = counted(static_cast<std::int64_t>(queue.waiters.size()), "session", "sessions") +
                               ", the longest for " + format_value(queue.waited.count(), Unit::seconds);
    const Session* const session = find_session(activity, root);
    Finding finding = session != nullptr ? of_session(*session, others) : of_unknown(root, others);
    if (!queue.longest->mode.empty()) {
      finding.why += (finding.why.empty() ? "" : " ") + std::string("What is waited for longest is ") +
                     queue.longest->mode + (queue.longest->relation.empty() ? "" : " on " + queue.longest->relation) +
                     ".";
    }
    finding.severity = queue.waited >= critical_at ? Severity::critical : Severity::warning;
    finding.evidence = {{"sessions blocked", static_cast<double>(queue.waiters.size()), Unit::count},
                        {"longest wait", queue.waited.count(), Unit::seconds}};
    if (session != nullptr && session->transaction_start) {
      const Seconds age = facts.now.activity.server_time - *session->transaction_start;
      finding.evidence.push_back({"age of its transaction", age.count(), Unit::seconds});
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
