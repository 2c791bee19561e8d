// The page of one server.

#include "web/pages/view.hpp"
#include "web/server.hpp"
#include "web/summary.hpp"
#include "web/url.hpp"

namespace pgsextant::web {
namespace {

/// The newest part: how old what is shown is at best.
std::optional<Timestamp> newest(const Snapshot& snapshot) {
  std::optional<Timestamp> out;
  for (const SourceStatus& source : snapshot.sources)
    if (source.last_success && (!out || *source.last_success > *out)) out = source.last_success;
  return out;
}

Data banner(const Snapshot& snapshot, Timestamp now) {
  if (snapshot.link.up || !attempted(snapshot)) return Data(false);
  const bool ever = newest(snapshot).has_value();
  Data since(false);
  if (snapshot.link.since != Timestamp{}) {
    since = moment(snapshot.link.since, now);
    since.set("length", text(duration_text(now - snapshot.link.since)));
  }
  return Object{{"message", text(snapshot.link.message)},
                {"hint", text_or_none(snapshot.link.hint)},
                {"since", since},
                {"data_from", moment_or_none(newest(snapshot), now)},
                {"never", Data(!ever)}};
}

Data identity(const Snapshot& snapshot, Timestamp now) {
  const ServerIdentity& server = snapshot.server;
  return Object{
      {"name", text(server.name)},
      {"path", text(server_path(server.name))},
      {"cluster", text_or_none(server.cluster)},
      {"version", text_or_none(version_text(server))},
      {"role", text_or_none(server.version == 0  ? ""
                            : server.in_recovery ? "standby"
                                                 : "primary")},
      {"uptime", server.started && snapshot.link.up ? text(duration_text(now - *server.started)) : Data(false)},
      {"seen", moment_or_none(newest(snapshot), now)}};
}

}  // namespace

std::string render_server_page(const ServerReport& report, store::Store& store, Timestamp now) {
  const PageScope scope{report, store, now};
  const Snapshot& snapshot = *report.snapshot;
  const StateLine state = state_line(report, now);
  Data root = Object{{"title", text(snapshot.server.name)},
                     {"server", identity(snapshot, now)},
                     {"banner", banner(snapshot, now)},
                     {"stale", Data(!snapshot.link.up && attempted(snapshot))},
                     {"state", Object{{"mark", mark(state.health)}, {"sentence", text(state.sentence)}}},
                     {"vitals", vitals_section(scope)},
                     {"findings", findings_section(scope)},
                     {"advice", recommendations_section(scope)},
                     {"statements", statements_section(scope)},
                     {"sessions", sessions_section(scope)},
                     {"replication", replication_section(scope)},
                     {"collection", collection_section(scope)},
                     {"json", text("/api/v1" + server_path(snapshot.server.name))}};
  return render("server", root);
}

}  // namespace pgsextant::web
