#include "web/api/api.hpp"

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "web/summary.hpp"
#include "web/text.hpp"
#include "web/url.hpp"

namespace pgsextant::web {
namespace {

using nlohmann::json;
using Seen = std::map<std::string, store::Tracked, std::less<>>;

constexpr std::size_t statements_shown = 100;

std::string_view to_string(Unit unit) {
  switch (unit) {
    case Unit::count: return "count";
    case Unit::ratio: return "ratio";
    case Unit::bytes: return "bytes";
    case Unit::milliseconds: return "milliseconds";
    case Unit::seconds: return "seconds";
    case Unit::per_second: return "per_second";
    case Unit::cost: return "cost";
    case Unit::rows: return "rows";
  }
  return "unknown";
}

template <class T>
json nullable(const std::optional<T>& value) {
  return value ? json(*value) : json(nullptr);
}

json time(const std::optional<Timestamp>& t) { return t ? json(format_utc(*t)) : json(nullptr); }

/// A queryid does not fit the integers of JavaScript.
json query_id(const std::optional<QueryId>& id) { return id ? json(std::to_string(id->value)) : json(nullptr); }

json object_ref(const ObjectRef& ref) { return {{"kind", ref.kind}, {"database", ref.database}, {"name", ref.name}}; }

json identity(const ServerReport& report) {
  const Snapshot& snapshot = *report.snapshot;
  const StateLine state = state_line(report, snapshot.composed_at);
  return {{"name", snapshot.server.name},
          {"cluster", snapshot.server.cluster},
          {"version", snapshot.server.version},
          {"in_recovery", snapshot.server.in_recovery},
          {"health", to_string(state.health)},
          {"state", state.sentence},
          {"composed_at", format_utc(snapshot.composed_at)},
          {"url", "/api/v1" + server_path(snapshot.server.name)},
          {"link",
           {{"up", snapshot.link.up},
            {"since", format_utc(snapshot.link.since)},
            {"message", snapshot.link.message},
            {"hint", snapshot.link.hint},
            {"connects", snapshot.link.connects}}}};
}

json vital(const Vital& v) {
  return {{"id", v.id},
          {"label", v.label},
          {"value", nullable(v.value)},
          {"unit", to_string(v.unit)},
          {"basis", to_string(v.basis)},
          {"health", to_string(v.health)},
          {"healthy", v.healthy},
          {"source", v.source},
          {"note", v.note}};
}

void add_history(json& entry, const Seen& seen, const std::string& key) {
  const auto found = seen.find(key);
  entry["first_seen"] = found == seen.end() ? json(nullptr) : json(format_utc(found->second.first_seen));
  entry["last_seen"] = found == seen.end() ? json(nullptr) : json(format_utc(found->second.last_seen));
  entry["muted"] = found != seen.end() && found->second.muted;
}

json finding(const Finding& f, const Seen& seen) {
  json evidence = json::array();
  for (const Figure& figure : f.evidence)
    evidence.push_back({{"label", figure.label},
                        {"value", figure.value},
                        {"unit", to_string(figure.unit)},
                        {"basis", to_string(figure.basis)}});
  json out = {{"rule", f.rule},
              {"severity", to_string(f.severity)},
              {"object", object_ref(f.object)},
              {"key", f.key},
              {"title", f.title},
              {"why", f.why},
              {"remedy", f.remedy},
              {"remedy_sql", f.remedy_sql},
              {"evidence", std::move(evidence)},
              {"queryid", query_id(f.statement)},
              {"load_share", nullable(f.load_share)}};
  add_history(out, seen, f.key);
  return out;
}

json recommendation(const Recommendation& r, const Seen& seen) {
  json statements = json::array();
  for (const StatementGain& gain : r.statements)
    statements.push_back({{"queryid", query_id(gain.query)},
                          {"text", gain.text},
                          {"calls_per_hour", gain.calls_per_hour},
                          {"mean_time_ms", gain.mean_time ? json(gain.mean_time->count()) : json(nullptr)},
                          {"cost_before", gain.cost_before},
                          {"cost_after", gain.cost_after}});
  json out = {{"kind", r.kind},
              {"key", r.key},
              {"object", object_ref(r.object)},
              {"title", r.title},
              {"reason", r.reason},
              {"apply_sql", r.apply_sql},
              {"undo_sql", r.undo_sql},
              {"statements", std::move(statements)},
              {"cost_before", nullable(r.cost_before)},
              {"cost_after", nullable(r.cost_after)},
              {"load_share", nullable(r.load_share)},
              {"price",
               {{"size_bytes", r.price.size ? json(r.price.size->value) : json(nullptr)},
                {"size_basis", to_string(r.price.size_basis)},
                {"writes_per_second", r.price.writes_per_second},
                {"lock", r.price.lock},
                {"note", r.price.note}}},
              {"verification", to_string(r.verification)},
              {"confidence", to_string(r.confidence)}};
  add_history(out, seen, r.key);
  return out;
}

json source(const SourceStatus& s) {
  return {{"id", s.id},
          {"outcome", to_string(s.outcome)},
          {"message", s.message},
          {"hint", s.hint},
          {"duration_seconds", s.duration.count()},
          {"last_run", time(s.last_run)},
          {"last_success", time(s.last_success)},
          {"runs", s.runs},
          {"failures", s.failures}};
}

json statements(const ServerReport& report) {
  const StatementRanking ranking = rank_statements(report);
  json rows = json::array();
  for (const StatementRow& row : ranking.rows) {
    if (rows.size() == statements_shown) break;
    const std::string* const text = report.snapshot->text(row.query);
    const StatementCounters& c = row.counters;
    rows.push_back(
        {{"queryid", query_id(row.query)},
         {"text", text == nullptr ? json(nullptr) : json(*text)},
         {"calls", c.calls},
         {"rows", c.rows},
         {"total_time_ms", c.exec_time.count()},
         {"mean_time_ms", c.calls > 0 ? json(c.exec_time.count() / static_cast<double>(c.calls)) : json(nullptr)},
         {"load_share", row.share},
         {"shared_blocks_hit", c.shared_hit.value},
         {"shared_blocks_read", c.shared_read.value},
         {"temp_blocks_written", c.temp_written.value}});
  }
  const double length = ranking.length.count();
  return {{"period_seconds", length > 0 ? json(length) : json(nullptr)},
          {"total", ranking.rows.size()},
          {"rows", std::move(rows)}};
}

Seen seen(store::Store& store, const std::string& server, store::TrackedType type) {
  Seen out;
  if (const auto tracked = store.tracked(server, type))
    for (const store::Tracked& each : *tracked) out.emplace(each.key, each);
  return out;
}

std::string print(const json& value) { return value.dump(2, ' ', false, json::error_handler_t::replace) + "\n"; }

}  // namespace

std::string servers_json(const std::vector<ServerReport>& servers) {
  json list = json::array();
  for (const ServerReport& report : servers) list.push_back(identity(report));
  return print({{"servers", std::move(list)}});
}

std::string server_json(const ServerReport& report, store::Store& store) {
  const std::string& name = report.snapshot->server.name;
  json out = identity(report);
  json vitals = json::array();
  json findings = json::array();
  if (report.analysis) {
    const Seen history = seen(store, name, store::TrackedType::finding);
    for (const Vital& each : report.analysis->vitals) vitals.push_back(vital(each));
    for (const Finding& each : report.analysis->findings) findings.push_back(finding(each, history));
    out["analysed_at"] = format_utc(report.analysis->at);
  }
  json recommendations = json::array();
  json unplanned = json::array();
  if (report.advice) {
    const Seen history = seen(store, name, store::TrackedType::recommendation);
    for (const Recommendation& each : report.advice->recommendations)
      recommendations.push_back(recommendation(each, history));
    for (const Unplanned& each : report.advice->unplanned)
      unplanned.push_back({{"queryid", query_id(each.query)},
                           {"text", each.text},
                           {"reason", each.reason},
                           {"load_share", each.load_share}});
    out["advised_at"] = format_utc(report.advice->at);
    out["cost_model"] = report.advice->cost_model;
    out["advice_note"] = report.advice->note;
  }
  json sources = json::array();
  for (const SourceStatus& each : report.snapshot->sources) sources.push_back(source(each));
  out["vitals"] = std::move(vitals);
  out["findings"] = std::move(findings);
  out["recommendations"] = std::move(recommendations);
  out["unplanned"] = std::move(unplanned);
  out["statements"] = statements(report);
  out["sources"] = std::move(sources);
  out["history_status"] = store.status();
  return print(out);
}

}  // namespace pgsextant::web
