#include "web/summary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

namespace pgsextant::web {
namespace {

std::string lower_first(std::string text) {
  // "WAL volume" stays, "Replication lag" does not.
  const bool acronym = text.size() > 1 && text[1] >= 'A' && text[1] <= 'Z';
  if (!acronym && !text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

void add(StatementCounters& sum, const StatementCounters& more) {
  sum.calls += more.calls;
  sum.rows += more.rows;
  sum.exec_time += more.exec_time;
  sum.plan_time += more.plan_time;
  sum.shared_hit += more.shared_hit;
  sum.shared_read += more.shared_read;
  sum.temp_read += more.temp_read;
  sum.temp_written += more.temp_written;
  sum.read_time += more.read_time;
  sum.write_time += more.write_time;
  sum.wal += more.wal;
}

std::string grouped(double value) {
  std::array<char, 400> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.0f", value);
  std::string text = buffer.data();
  const std::size_t digits_from = text.starts_with('-') ? 1 : 0;
  for (std::size_t at = text.size(); at > digits_from + 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

}  // namespace

StateLine state_line(const ServerReport& report, Timestamp now) {
  const Snapshot& snapshot = *report.snapshot;
  if (!snapshot.link.up) {
    if (!attempted(snapshot)) return {Health::unknown, "The first connection is being made"};
    StateLine down{Health::critical, "The server does not answer"};
    if (snapshot.link.since != Timestamp{}) down.sentence += ", for " + duration_text(now - snapshot.link.since);
    return down;
  }
  if (!report.analysis)
    return {Health::unknown, "Connected; the first analysis needs two readings, a few seconds apart"};

  const auto& vitals = report.analysis->vitals;
  StateLine line{Health::good, ""};
  std::vector<std::string> worst;
  std::size_t unknown = 0;
  for (const Health health : {Health::critical, Health::warning})
    for (const Vital& vital : vitals) {
      if (vital.health != health) continue;
      if (worst.empty()) line.health = health;
      worst.push_back(lower_first(vital.label) + (vital.value ? " " + format_value(*vital.value, vital.unit) : ""));
    }
  for (const Vital& vital : vitals) unknown += vital.value ? 0 : 1;
  if (worst.empty()) {
    if (unknown == vitals.size()) return {Health::unknown, "No vital sign could be read yet"};
    line.sentence = unknown == 0 ? "All " + count_of(vitals.size(), "vital sign") + " are healthy"
                                 : "No vital sign needs attention; " + std::to_string(unknown) + " of " +
                                       std::to_string(vitals.size()) + " could not be read";
    return line;
  }
  line.sentence = std::to_string(worst.size()) + " of " + count_of(vitals.size(), "vital sign") +
                  (worst.size() == 1 ? " needs" : " need") + " attention: ";
  constexpr std::size_t named = 4;
  for (std::size_t i = 0; i < std::min(named, worst.size()); ++i) line.sentence += (i == 0 ? "" : ", ") + worst[i];
  if (worst.size() > named) line.sentence += " and " + std::to_string(worst.size() - named) + " more";
  return line;
}

bool attempted(const Snapshot& snapshot) {
  return snapshot.link.up || !snapshot.link.message.empty() ||
         std::any_of(snapshot.sources.begin(), snapshot.sources.end(), [](const auto& s) { return s.runs > 0; });
}

StatementRanking rank_statements(const ServerReport& report) {
  StatementRanking ranking;
  std::map<QueryId, StatementCounters> sums;
  if (report.analysis && report.analysis->window.statements.length.count() > 0) {
    ranking.length = report.analysis->window.statements.length;
    for (const auto& entry : report.analysis->window.statements.entries) add(sums[entry.key.query], entry.counters);
  } else if (report.snapshot->statements) {
    for (const auto& entry : report.snapshot->statements->entries) add(sums[entry.key.query], entry.counters);
  }
  double total = 0;
  for (const auto& [query, counters] : sums) total += counters.exec_time.count();
  for (const auto& [query, counters] : sums)
    ranking.rows.push_back({query, counters, total > 0 ? counters.exec_time.count() / total : 0});
  std::stable_sort(ranking.rows.begin(), ranking.rows.end(), [](const StatementRow& a, const StatementRow& b) {
    return a.counters.exec_time > b.counters.exec_time;
  });
  return ranking;
}

std::vector<const SourceStatus*> unread_sources(const Snapshot& snapshot) {
  std::vector<const SourceStatus*> out;
  for (const SourceStatus& source : snapshot.sources)
    if (!source.last_success || source.outcome != Outcome::ok) out.push_back(&source);
  return out;
}

std::vector<BlockingRow> blocking_tree(const Activity& activity) {
  std::map<BackendPid, const Session*> sessions;
  for (const Session& session : activity.sessions) sessions[session.pid] = &session;
  std::map<BackendPid, std::vector<const LockWait*>> behind;
  std::map<BackendPid, const LockWait*> waiting;
  for (const LockWait& wait : activity.waits) {
    waiting[wait.waiter] = &wait;
    if (!wait.blockers.empty()) behind[wait.blockers.front()].push_back(&wait);
  }
  std::vector<BlockingRow> rows;
  std::set<BackendPid> shown;
  const auto visit = [&](const auto& self, BackendPid pid, int depth) -> void {
    if (!shown.insert(pid).second) return;
    const auto session = sessions.find(pid);
    const auto wait = waiting.find(pid);
    rows.push_back({depth, pid, session == sessions.end() ? nullptr : session->second,
                    wait == waiting.end() ? nullptr : wait->second});
    for (const LockWait* next : behind[pid]) self(self, next->waiter, depth + 1);
  };
  // Those who wait for nobody first; what is left then waits in a circle (a deadlock not yet resolved).
  std::set<BackendPid> roots;
  for (const auto& [pid, waits] : behind)
    if (!waiting.contains(pid)) roots.insert(pid);
  for (const BackendPid pid : roots) visit(visit, pid, 0);
  for (const LockWait& wait : activity.waits) visit(visit, wait.waiter, 0);
  return rows;
}

std::string count_of(std::size_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

std::string duration_text(Seconds length) {
  const double s = std::max(0.0, length.count());
  const auto whole = [](double value, std::string_view unit) {
    return std::to_string(static_cast<std::int64_t>(value)) + "\u202F" + std::string(unit);
  };
  if (s < 90) return whole(s, "s");
  if (s < 90 * 60) return whole(s / 60, "min");
  if (s < 36 * 3600) return whole(s / 3600, "h");
  return whole(s / 86400, "d");
}

std::string relative_time(Timestamp t, Timestamp now) {
  const Seconds age = now - t;
  if (age.count() <= -1) return "in " + duration_text(-age);
  return duration_text(age) + " ago";
}

std::string exact_value(double value, Unit unit) {
  const auto digits = [&](double number, const char* unit_name) {
    std::array<char, 400> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.6g", number);
    return std::string(buffer.data()) + unit_name;
  };
  if (!std::isfinite(value)) return "unknown";
  switch (unit) {
    case Unit::ratio: return digits(value * 100, " %");
    case Unit::bytes: return grouped(value) + " B";
    case Unit::milliseconds: return digits(value, " ms");
    case Unit::seconds: return digits(value, " s");
    case Unit::per_second: return digits(value, " per second");
    case Unit::rows: return grouped(value) + " rows";
    case Unit::cost: return digits(value, " planner cost units");
    case Unit::count: return std::abs(value) >= 1000 ? grouped(value) : digits(value, "");
  }
  return "unknown";
}

std::string version_text(const ServerIdentity& server) {
  if (server.version <= 0) return "";
  return "PostgreSQL " + std::to_string(server.version / 10000) + "." + std::to_string(server.version % 10000);
}

}  // namespace pgsextant::web
