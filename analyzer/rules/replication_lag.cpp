// Detects: a standby that is behind, as its primary sees it (pg_stat_replication) and as it sees itself
// (pg_stat_wal_receiver), and a standby that receives nothing at all.
//
// Leaves out: base backups and standbys that just started, which are behind by nature; lags that nobody knows: a cut
// link is said to be cut, not to be so many seconds behind; observations older than a minute.
//
// Thresholds: 10 s or 64 MB (four WAL segments) is more than a healthy link shows; 5 min or 1 GB means that a failover
// loses that much, or waits for that much to be replayed.
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr Seconds warning_seconds{10}, critical_seconds{300};
constexpr std::int64_t warning_bytes = 64LL << 20, critical_bytes = 1LL << 30;

bool reaches(const std::optional<Seconds>& seconds, const std::optional<Bytes>& bytes, Seconds of_seconds,
             std::int64_t of_bytes) {
  return (seconds && *seconds >= of_seconds) || (bytes && bytes->value >= of_bytes);
}

std::optional<Severity> severity(const std::optional<Seconds>& seconds, const std::optional<Bytes>& bytes) {
  if (reaches(seconds, bytes, critical_seconds, critical_bytes)) return Severity::critical;
  if (reaches(seconds, bytes, warning_seconds, warning_bytes)) return Severity::warning;
  return std::nullopt;
}

/// "12 s", "80 MB" or both.
std::string amount(const std::optional<Seconds>& seconds, const std::optional<Bytes>& bytes) {
  std::string text;
  if (seconds) text = format_value(seconds->count(), Unit::seconds);
  if (bytes) text += (text.empty() ? "" : " and ") + format_value(static_cast<double>(bytes->value), Unit::bytes);
  return text;
}

void add(std::vector<Figure>& evidence, const std::string& label, const StageLag& lag) {
  if (lag.seconds) evidence.push_back({label, lag.seconds->count(), Unit::seconds});
  if (lag.bytes) evidence.push_back({label, static_cast<double>(lag.bytes->value), Unit::bytes});
}

std::optional<Finding> of_standby(const Standby& standby) {
  if (standby.state == "backup" || standby.state == "startup") return std::nullopt;
  const auto found = severity(standby.replayed.seconds, standby.replayed.bytes);
  if (!found) return std::nullopt;
  Finding finding;
  finding.severity = *found;
  finding.object = {"standby", "", standby.application};
  finding.key = make_key("replication_lag", finding.object, standby.client);
  finding.title = "Standby " + standby.application + " is " + amount(standby.replayed.seconds, standby.replayed.bytes) +
                  " behind in replay";
  finding.why = "Queries there see old data, and a failover would lose or have to replay that much.";
  const bool arrived = standby.flushed.bytes && standby.flushed.bytes->value < warning_bytes;
  finding.remedy = arrived ? "The WAL has arrived and is not replayed: look there for a conflicting long query "
                             "(max_standby_streaming_delay), recovery_min_apply_delay, a paused replay, or a busy disk."
                           : "The WAL has not arrived: look at the network between the two, and whether the standby's "
                             "disk keeps up.";
  add(finding.evidence, "sent", standby.sent);
  add(finding.evidence, "flushed", standby.flushed);
  add(finding.evidence, "replayed", standby.replayed);
  return finding;
}

std::optional<Finding> of_receiver(const WalReceiver& receiver, const std::string& server) {
  Finding finding;
  finding.object = {"server", "", server};
  if (receiver.status.empty()) {
    finding.key = make_key("replication_lag", finding.object, "link cut");
    finding.title = "This standby receives no WAL: no WAL receiver runs";
    if (receiver.replay_lag)
      finding.title += ", " + format_value(receiver.replay_lag->count(), Unit::seconds) + " behind";
    finding.why =
        "The link to the primary is cut, so that nobody here can tell how far behind it is. Unless it restores "
        "from an archive, it falls behind more and more.";
    finding.remedy =
        "Look in this server's log for the reason: the primary is down, its pg_hba.conf or the password "
        "refuses, or the WAL that is needed is gone there (then a new base backup).";
    return finding;
  }
  const auto found = severity(receiver.replay_lag, receiver.replay_backlog);
  if (!found) return std::nullopt;
  finding.severity = *found;
  finding.title = "This standby is " + amount(receiver.replay_lag, receiver.replay_backlog) + " behind in replay";
  finding.why = "Queries here see old data, and a failover would have to replay that much first.";
  finding.remedy = receiver.replay_paused
                       ? "Replay is paused:"
                       : "Look for a query that conflicts with replay (max_standby_streaming_delay), "
                         "recovery_min_apply_delay, or a disk that does not keep up.";
  if (receiver.replay_paused) finding.remedy_sql = "SELECT pg_wal_replay_resume();";
  if (receiver.replay_lag) finding.evidence.push_back({"replay lag", receiver.replay_lag->count(), Unit::seconds});
  if (receiver.replay_backlog) {
    finding.evidence.push_back(
        {"received, not replayed", static_cast<double>(receiver.replay_backlog->value), Unit::bytes});
  }
  return finding;
}

}  // namespace

std::vector<Finding> replication_lag(const Facts& facts) {
  std::vector<Finding> findings;
  if (!fresh(facts.now, facts.now.replication)) return findings;
  for (const Standby& standby : facts.now.replication->standbys) {
    if (auto finding = of_standby(standby)) findings.push_back(std::move(*finding));
  }
  const auto& receiver = facts.now.replication->receiver;
  if (facts.now.replication->in_recovery && receiver) {
    if (auto finding = of_receiver(*receiver, facts.now.server.name)) {
      findings.push_back(std::move(*finding));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
