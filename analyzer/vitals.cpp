#include "analyzer/vitals.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer {
namespace {

constexpr double xid_limit = 2147483648.0;
constexpr Seconds stale_after{60};  // four times the slowest cadence of the parts used here

/// From where on a value needs attention. `below`: it is too little that is bad.
struct Limits {
  std::string healthy;
  std::optional<double> warning = {}, critical = {};
  bool below = false;

  [[nodiscard]] Health judge(double value) const {
    const auto beyond = [&](const std::optional<double>& limit) {
      return limit && (below ? value < *limit : value > *limit);
    };
    if (beyond(critical)) return Health::critical;
    return beyond(warning) ? Health::warning : Health::good;
  }
};

/// A value, or why there is none.
struct Reading {
  std::optional<double> value = {};
  std::string note = {};
};
Reading unknown(std::string why) { return {std::nullopt, std::move(why)}; }

Vital make(std::string id, std::string label, Unit unit, std::string source, const Limits& limits, Reading reading) {
  Vital vital;
  vital.id = std::move(id);
  vital.label = std::move(label);
  vital.unit = unit;
  vital.source = std::move(source);
  vital.healthy = limits.healthy;
  vital.value = reading.value;
  vital.note = std::move(reading.note);
  vital.health = reading.value ? limits.judge(*reading.value) : Health::unknown;
  return vital;
}

/// Why a part cannot be used; empty when it can.
template <class T>
std::string problem_of(const Snapshot& now, const Part<T>& part, std::string_view source) {
  if (part && fresh(now, part, stale_after)) return {};
  const auto status = std::ranges::find(now.sources, source, &SourceStatus::id);
  std::string why = part ? "no answer since " + format_utc(part.collected_at) : "not read yet";
  if (!now.link.up) {
    if (!now.link.message.empty()) why += ": " + now.link.message;
  } else if (status != now.sources.end() && status->outcome != Outcome::ok && status->last_run) {
    why += ": " + std::string(source) + " " + std::string(to_string(status->outcome));
    if (!status->message.empty()) why += " (" + status->message + ")";
  }
  return why;
}

class VitalSigns {
 public:
  VitalSigns(const Snapshot& now, const Window& window) : now_(now), window_(window) {
    for (const DatabaseDelta& database : window.databases) {
      const DatabaseCounters& c = database.counters;
      commits_ += static_cast<double>(c.commits);
      rollbacks_ += static_cast<double>(c.rollbacks);
      deadlocks_ += static_cast<double>(c.deadlocks);
      hit_ += c.blocks_hit;
      read_ += c.blocks_read;
      length_ = std::max(length_, database.length);
      // A database that was reset or created within the window has a shorter one of its own.
      if (database.length.count() <= 0) continue;
      transaction_rate_ += static_cast<double>(c.commits + c.rollbacks) / database.length.count();
      temp_rate_ += static_cast<double>(c.temp.value) / database.length.count();
    }
    databases_problem_ = problem_of(now, now.databases, "databases");
    if (databases_problem_.empty() && length_.count() <= 0) databases_problem_ = "two readings are needed";
    activity_problem_ = problem_of(now, now.activity, "activity");
  }

  [[nodiscard]] std::vector<Vital> all() const {
    const std::string over_databases = "pg_stat_database" + over(length_);
    return {
        make("throughput", "Transactions per second", Unit::per_second, over_databases, {},
             of_databases(transaction_rate_)),
        make("statement_time", "Mean statement time", Unit::milliseconds,
             "pg_stat_statements" + over(window_.statements.length), {"< 50 ms, attention above 200 ms", 200.0},
             statement_time()),
        make("cache_hit", "Found in shared buffers", Unit::ratio, over_databases,
             {"> 95 %, attention below 80 %", 0.80, {}, true}, cache_hit()),
        make("active_sessions", "Active sessions", Unit::count, "pg_stat_activity", {}, active_sessions()),
        make("blocked_sessions", "Blocked sessions", Unit::count, "pg_blocking_pids()", {"0", 0.0}, blocked_sessions()),
        make("connections", "Connections in use", Unit::ratio, "pg_stat_activity, max_connections",
             {"< 80 % of max_connections", 0.80, 0.95}, connections()),
        make("oldest_transaction", "Oldest transaction", Unit::seconds, "pg_stat_activity", {"< 5 min", 300.0},
             oldest_transaction()),
        make("replication_lag", "Replication lag", Unit::seconds,
             now_.server.in_recovery ? "pg_stat_wal_receiver" : "pg_stat_replication, the worst standby",
             {"< 1 s, attention above 10 s", 10.0, 300.0}, replication_lag()),
        make("rollback_ratio", "Transactions rolled back", Unit::ratio, over_databases,
             {"< 5 %, attention above 20 %", 0.20}, rollback_ratio()),
        make("temp_rate", "Temporary files written per second", Unit::bytes, over_databases, {},
             of_databases(temp_rate_)),
        make("wal_rate", "WAL written per second", Unit::bytes,
             "pg_stat_wal" + over(window_.wal ? window_.wal->length : Seconds{}), {}, wal_rate()),
        make("deadlocks", "Deadlocks", Unit::count, over_databases, {"0", 0.0}, of_databases(deadlocks_)),
        make("xid_age", "Transaction ids used since the last freeze", Unit::ratio, "pg_database.datfrozenxid",
             {"< 50 % of 2^31", 0.50, 0.75}, xid_age()),
    };
  }

 private:
  static std::string over(Seconds length) {
    return length.count() > 0 ? " over the last " + format_value(length.count(), Unit::seconds) : "";
  }

  [[nodiscard]] Reading of_databases(double value) const {
    return databases_problem_.empty() ? Reading{value} : unknown(databases_problem_);
  }

  [[nodiscard]] Reading statement_time() const {
    if (auto problem = problem_of(now_, now_.statements, "statements"); !problem.empty()) return unknown(problem);
    std::int64_t calls = 0;
    for (const StatementDelta& entry : window_.statements.entries) calls += entry.counters.calls;
    if (window_.statements.length.count() <= 0) return unknown("two readings are needed");
    if (calls == 0) return unknown("no statement ended in the window");
    return {window_.total_exec_time().count() / static_cast<double>(calls),
            "execution only, without parsing and planning"};
  }

  [[nodiscard]] Reading cache_hit() const {
    if (!databases_problem_.empty()) return unknown(databases_problem_);
    const auto ratio = hit_ratio(hit_, read_);
    if (!ratio) return unknown("no page was read in the window");
    return {ratio, "pages from the operating system's cache count as misses"};
  }

  [[nodiscard]] Reading rollback_ratio() const {
    if (!databases_problem_.empty()) return unknown(databases_problem_);
    if (commits_ + rollbacks_ <= 0) return unknown("no transaction ended in the window");
    return {rollbacks_ / (commits_ + rollbacks_)};
  }

  [[nodiscard]] Reading active_sessions() const {
    if (!activity_problem_.empty()) return unknown(activity_problem_);
    return {static_cast<double>(std::ranges::count_if(now_.activity->sessions, [](const Session& session) {
      return session.state == "active" && session.backend_type == "client backend";
    }))};
  }

  [[nodiscard]] Reading blocked_sessions() const {
    if (!activity_problem_.empty()) return unknown(activity_problem_);
    std::set<BackendPid> waiters;
    for (const LockWait& wait : now_.activity->waits) waiters.insert(wait.waiter);
    return {static_cast<double>(waiters.size())};
  }

  [[nodiscard]] Reading connections() const {
    if (!activity_problem_.empty()) return unknown(activity_problem_);
    if (now_.activity->max_connections <= 0) return unknown("max_connections is not known");
    return {static_cast<double>(client_connections(*now_.activity)) / now_.activity->max_connections};
  }

  [[nodiscard]] Reading oldest_transaction() const {
    if (!activity_problem_.empty()) return unknown(activity_problem_);
    Seconds oldest{};
    bool hidden = false;
    for (const Session& session : now_.activity->sessions) {
      hidden = hidden || (session.state.empty() && session.backend_type.empty());
      if (session.backend_type != "client backend" || !session.transaction_start) continue;
      oldest = std::max(oldest, Seconds(now_.activity.server_time - *session.transaction_start));
    }
    return {oldest.count(), hidden ? "some sessions are hidden from this role: grant it pg_monitor" : ""};
  }

  [[nodiscard]] Reading replication_lag() const {
    if (auto problem = problem_of(now_, now_.replication, "replication"); !problem.empty()) return unknown(problem);
    const Replication& replication = *now_.replication;
    std::optional<Seconds> worst;
    int not_known = 0;
    for (const Standby& standby : replication.standbys) {
      if (standby.state == "backup") continue;
      if (!standby.replayed.seconds) ++not_known;
      worst = std::max(worst, standby.replayed.seconds);
    }
    if (replication.in_recovery && replication.receiver) {
      if (replication.receiver->status.empty()) return unknown("no WAL receiver runs: the link to the primary is cut");
      worst = std::max(worst, replication.receiver->replay_lag);
    }
    if (worst)
      return {worst->count(), not_known > 0 ? counted(not_known, "standby does", "standbys do") + " not say" : ""};
    if (not_known > 0) return unknown("the standbys have not reported a lag yet");
    return unknown(replication.in_recovery ? "the standby's own lag is not known" : "no standby is connected");
  }

  [[nodiscard]] Reading wal_rate() const {
    if (auto problem = problem_of(now_, now_.wal, "wal"); !problem.empty()) return unknown(problem);
    if (!window_.wal || window_.wal->length.count() <= 0) return unknown("two readings are needed");
    if (!window_.wal->counters.wal) return unknown("PostgreSQL counts WAL from version 14 on");
    return {static_cast<double>(window_.wal->counters.wal->value) / window_.wal->length.count()};
  }

  [[nodiscard]] Reading xid_age() const {
    if (auto problem = problem_of(now_, now_.databases, "databases"); !problem.empty()) return unknown(problem);
    std::int64_t oldest = 0;
    for (const DatabaseTotals& database : *now_.databases) oldest = std::max(oldest, database.frozen_xid_age);
    return {static_cast<double>(oldest) / xid_limit};
  }

  const Snapshot& now_;
  const Window& window_;
  double commits_ = 0, rollbacks_ = 0, deadlocks_ = 0, transaction_rate_ = 0, temp_rate_ = 0;
  Blocks hit_, read_;
  Seconds length_{};
  std::string databases_problem_, activity_problem_;
};

}  // namespace

std::vector<Vital> vital_signs(const Snapshot& now, const Window& window) { return VitalSigns(now, window).all(); }

}  // namespace pgsextant::analyzer
