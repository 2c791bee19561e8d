// The server itself, and how collecting from it goes.

#include <algorithm>
#include <array>
#include <string>

#include "web/metrics/families.hpp"

namespace pgsextant::web {
namespace {

constexpr std::array outcomes = {Outcome::ok,     Outcome::unsupported, Outcome::denied,       Outcome::timeout,
                                 Outcome::locked, Outcome::unavailable, Outcome::invalid_input};

/// "15.20" of 150020.
std::string version_text(std::int32_t version) {
  return std::to_string(version / 10000) + "." + std::to_string(version % 10000);
}

/// What a person has to look at: a version that lacks a view is none of it.
bool failed(const SourceStatus& source) {
  return source.last_run && source.outcome != Outcome::ok && source.outcome != Outcome::unsupported;
}

void add_identity(const ServerScope& scope) {
  const Snapshot& snapshot = scope.snapshot();
  Families& out = scope.out;
  out.gauge("pg_up", "Whether the server answers.").add({}, snapshot.link.up ? 1.0 : 0.0);
  if (!snapshot.link.up) return;
  if (snapshot.server.version > 0) {
    const std::string version = version_text(snapshot.server.version);
    out.untyped("pg_static", "Version string as a label.")
        .add({{"version", "PostgreSQL " + version}, {"short_version", version + ".0"}}, 1.0);
  }
  if (snapshot.server.started)
    out.gauge("pg_postmaster_start_time_seconds", "Time at which postmaster started.")
        .add({}, epoch_seconds(*snapshot.server.started));
  if (snapshot.server.version > 0)
    out.gauge("pg_replication_is_replica", "Indicates if the server is a replica.")
        .add({}, snapshot.server.in_recovery ? 1.0 : 0.0);
}

void add_sources(const ServerScope& scope) {
  Families& out = scope.out;
  double duration = 0;
  bool any_failed = false;
  for (const SourceStatus& source : scope.snapshot().sources) {
    const Label id{"source", source.id};
    out.counter("pgsextant_source_runs_total", "How often a source was asked.").add({id}, source.runs);
    out.counter("pgsextant_source_failures_total", "How often asking a source failed.").add({id}, source.failures);
    if (source.last_success)
      out.gauge("pgsextant_source_last_success_timestamp_seconds", "When a source last answered.")
          .add({id}, epoch_seconds(*source.last_success));
    if (!source.last_run) continue;
    out.gauge("pgsextant_source_duration_seconds", "How long the last run of a source took.")
        .add({id}, source.duration.count());
    out.gauge("pgsextant_source_success", "Whether the last run of a source succeeded.")
        .add({id}, source.outcome == Outcome::ok ? 1.0 : 0.0);
    for (const Outcome each : outcomes)
      out.gauge("pgsextant_source_outcome", "1 for the outcome of a source's last run, 0 for the others.")
          .add({id, {"outcome", to_string(each)}}, each == source.outcome ? 1.0 : 0.0);
    duration += source.duration.count();
    any_failed = any_failed || failed(source);
  }
  out.gauge("pg_exporter_last_scrape_duration_seconds", "Duration of the last run of all sources together.")
      .add({}, duration);
  out.gauge("pg_exporter_last_scrape_error", "Whether a source's last run failed (1 for error, 0 for success).")
      .add({}, any_failed || !scope.snapshot().link.up ? 1.0 : 0.0);
}

}  // namespace

void add_server_families(const ServerScope& scope) {
  add_identity(scope);
  const Snapshot& snapshot = scope.snapshot();
  Families& out = scope.out;
  out.gauge("pgsextant_link_up", "Whether the connection to the server is up.").add({}, snapshot.link.up ? 1.0 : 0.0);
  if (snapshot.link.since != Timestamp{})
    out.gauge("pgsextant_link_since_timestamp_seconds", "Since when the connection is up or down.")
        .add({}, epoch_seconds(snapshot.link.since));
  out.counter("pgsextant_connects_total", "Connections opened to the server.").add({}, snapshot.link.connects);
  add_sources(scope);
}

}  // namespace pgsextant::web
