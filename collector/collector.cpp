#include "collector/collector.hpp"

#include <algorithm>
#include <thread>

#include "collector/composition.hpp"
#include "collector/lane_runner.hpp"
#include "collector/lane_session.hpp"
#include "collector/run.hpp"
#include "collector/visits.hpp"

namespace pgsextant::collector {
namespace {

ServerIdentity identity_of(const TargetOptions& options) {
  ServerIdentity server;
  server.name = options.name;
  server.cluster = options.cluster;
  server.database = options.conninfo.value("dbname");
  return server;
}

void record_all_unasked(Composition& composition, const Failure& why) {
  composition.update([&](Snapshot& snapshot) {
    for (const auto* const source : sources()) record_unasked(snapshot, *source, why);
  });
}

}  // namespace

struct Collector::State {
  State(TargetOptions chosen, const Clock& clock, Publish publish)
      : options(std::move(chosen)),
        composition(identity_of(options), clock, std::move(publish)),
        fast(Lane::fast, options, clock, composition),
        slow(Lane::slow, options, clock, composition),
        fast_thread([this](const std::stop_token& stop) { fast.loop(stop); }),
        slow_thread([this](const std::stop_token& stop) { slow.loop(stop); }) {}

  const TargetOptions options;
  Composition composition;
  LaneRunner fast, slow;
  std::jthread fast_thread, slow_thread;
};

Collector::Collector(TargetOptions options, const Clock& clock, Publish publish)
    : state_(std::make_unique<State>(std::move(options), clock, std::move(publish))) {}

Collector::~Collector() {
  // Both before either is joined: they stop together.
  state_->fast_thread.request_stop();
  state_->slow_thread.request_stop();
}

Snapshot collect_once(const TargetOptions& options, const Clock& clock) {
  Composition composition(identity_of(options), clock, {});
  try {
    LaneSession session(options.conninfo, session_options(options, Lane::slow), {});
    composition.connected(Lane::slow, session.get().server_version());
    const auto databases = list_databases(session.get());
    const auto home = std::find_if(databases.begin(), databases.end(), [](const auto& each) { return each.home; });
    const auto home_oid = home == databases.end() ? Oid{} : home->oid;
    Memory memory;
    for (const auto* const source : sources()) {
      const auto report = run(*source, session.get(), *composition.latest(), memory, home_oid, clock);
      composition.update([&](Snapshot& snapshot) {
        report.apply(snapshot);
        record(snapshot, *source, report, report.outcome == Outcome::ok);
      });
      if (!session.get().usable()) {
        composition.disconnected(Lane::slow, report.shown);
        break;
      }
    }
  } catch (const pg::Error& e) {
    composition.disconnected(Lane::slow, e.failure());
    record_all_unasked(composition, e.failure());
  }
  return *composition.latest();
}

}  // namespace pgsextant::collector
