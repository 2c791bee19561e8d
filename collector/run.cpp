#include "collector/run.hpp"

#include <algorithm>
#include <exception>

namespace pgsextant::collector {
namespace {

/// The server's time, and what the network takes of a query's duration.
RunContext context_of(pg::Session& session, Oid database, const Clock& clock) {
  RunContext context;
  context.database = database;
  const auto start = clock.steady_now();
  const auto rows = session.query(server_clock.variants.front().sql);
  context.round_trip = clock.steady_now() - start;
  context.collected_at = clock.now();
  context.server_time = rows.maybe_epoch(0, 0).value_or(context.collected_at);
  return context;
}

SourceStatus* status_of(Snapshot& snapshot, const Source& source) {
  const auto found = std::find_if(snapshot.sources.begin(), snapshot.sources.end(),
                                  [&](const SourceStatus& status) { return status.id == source.id; });
  return found == snapshot.sources.end() ? nullptr : &*found;
}

/// Where the server refuses a query, the source knows best which right is missing.
Failure with_rights(const pg::Error& error, const Source& source) {
  constexpr std::string_view insufficient_privilege = "42501";
  auto failure = error.failure();
  if (error.sqlstate() == insufficient_privilege) failure.hint = source.rights;
  return failure;
}

}  // namespace

RunReport run(const Source& source, pg::Session& session, const Snapshot& last, Memory& memory, Oid database,
              const Clock& clock) {
  RunReport report;
  report.at = clock.now();
  report.shown.outcome = Outcome::ok;
  const auto start = clock.steady_now();
  try {
    SourceRun one(source, session, last, memory, context_of(session, database, clock));
    const auto charge = [&] { report.server_cost = one.server_cost(); };
    try {
      source.read(one);
    } catch (...) {
      charge();
      throw;
    }
    charge();
    report.changes = one.take_changes();
    if (const auto& missing = one.shortfall()) report.shown = {missing->outcome, missing->message, missing->hint};
  } catch (const pg::Error& e) {
    report.shown = with_rights(e, source);
    report.outcome = report.shown.outcome;
  } catch (const std::exception& e) {
    // A bug of ours, or no memory: it must not take the other sources along.
    report.outcome = Outcome::invalid_input;
    report.shown = {report.outcome, std::string("internal error: ") + e.what(), ""};
  }
  report.duration = clock.steady_now() - start;
  return report;
}

void record(Snapshot& into, const Source& source, const RunReport& report, bool succeeded) {
  auto* const status = status_of(into, source);
  if (status == nullptr) return;
  status->outcome = report.shown.outcome;
  status->message = report.shown.message;
  status->hint = report.shown.hint;
  status->duration = report.duration;
  status->last_run = report.at;
  if (succeeded) status->last_success = report.at;
  ++status->runs;
  status->failures += static_cast<std::int64_t>(report.outcome != Outcome::ok);
}

void record_unasked(Snapshot& into, const Source& source, const Failure& why) {
  auto* const status = status_of(into, source);
  if (status == nullptr) return;
  status->outcome = why.outcome;
  status->message = why.message;
  status->hint = why.hint;
}

SourceStatus initial_status(const Source& source) {
  SourceStatus status;
  status.id = source.id;
  status.message = "not asked yet";
  return status;
}

}  // namespace pgsextant::collector
