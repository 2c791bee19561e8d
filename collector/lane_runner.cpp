#include "collector/lane_runner.hpp"

#include <algorithm>

#include "collector/run.hpp"

namespace pgsextant::collector {
namespace {

std::vector<const Source*> sources_of(Lane lane) {
  std::vector<const Source*> found;
  for (const auto* const source : sources())
    if (source->lane == lane) found.push_back(source);
  return found;
}

/// Different for every target and lane, the same at every start.
std::uint64_t seed_of(const TargetOptions& target, Lane lane) {
  return std::hash<std::string>{}(target.name) * 2 + (lane == Lane::fast ? 1 : 0);
}

/// A connection that lived shorter than this counts as one more failure.
constexpr std::chrono::seconds stable_after{60};
constexpr std::chrono::seconds first_reconnect{1};
/// Enough for a backend to end; a round is in no hurry.
constexpr std::chrono::milliseconds between_visits{10};

}  // namespace

LaneRunner::LaneRunner(Lane lane, const TargetOptions& target, const Clock& clock, Composition& composition)
    : lane_(lane),
      target_(target),
      clock_(clock),
      composition_(composition),
      sources_(sources_of(lane)),
      scheduler_(sources_, target.cadence_factor, seed_of(target, lane), clock.steady_now()),
      budget_(clock.steady_now()),
      backoff_(seed_of(target, lane)),
      visits_(target, clock, composition, memory_),
      next_connect_(clock.steady_now()) {}

void LaneRunner::loop(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (session_)
      work(stop);
    else if (clock_.steady_now() >= next_connect_)
      connect(stop);
    wait(stop);
  }
}

void LaneRunner::connect(const std::stop_token& stop) {
  try {
    session_ = std::make_unique<LaneSession>(target_.conninfo, session_options(target_, lane_), stop);
  } catch (const pg::Error& e) {
    if (stop.stop_requested()) return;
    fresh_start_ = true;
    next_connect_ = clock_.steady_now() + backoff_.delay(first_reconnect, ++connect_failures_);
    composition_.disconnected(lane_, e.failure());
    composition_.update([&](Snapshot& snapshot) {
      for (const auto* const source : sources_) record_unasked(snapshot, *source, e.failure());
    });
    return;
  }
  connected_at_ = clock_.steady_now();
  // After a source's own timeout the server is the same: what failed keeps its back-off.
  if (fresh_start_) scheduler_.reconnected(connected_at_);
  fresh_start_ = false;
  composition_.connected(lane_, session_->get().server_version());
}

void LaneRunner::work(const std::stop_token& stop) {
  run_server_sources(stop);
  if (session_ && !stop.stop_requested()) visit_databases(stop);
}

void LaneRunner::run_server_sources(const std::stop_token& stop) {
  for (const auto position : scheduler_.due(clock_.steady_now())) {
    const auto& source = *sources_[position];
    if (source.scope == Scope::database) continue;
    const auto report = run(source, session_->get(), *composition_.latest(), memory_, {}, clock_);
    if (stop.stop_requested()) return;
    composition_.update([&](Snapshot& snapshot) {
      report.apply(snapshot);
      record(snapshot, source, report, report.outcome == Outcome::ok);
    });
    charge(report.server_cost);
    scheduler_.finished(position, report.outcome, clock_.steady_now());
    check_session(report.shown);
    if (!session_) return;
  }
}

void LaneRunner::visit_databases(const std::stop_token& stop) {
  try {
    if (!visits_.running()) {
      std::vector<const Source*> due;
      for (const auto position : scheduler_.due(clock_.steady_now()))
        if (sources_[position]->scope == Scope::database) due.push_back(sources_[position]);
      if (due.empty()) return;
      visits_.begin(std::move(due), session_->get());
    }
  } catch (const pg::Error& e) {
    if (stop.stop_requested()) return;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i]->scope != Scope::database) continue;
      composition_.update([&](Snapshot& snapshot) { record_unasked(snapshot, *sources_[i], e.failure()); });
      scheduler_.finished(i, e.failure().outcome, clock_.steady_now());
    }
    return check_session(e.failure());
  }
  charge(visits_.step(session_->get(), stop));
  if (stop.stop_requested()) return;
  if (visits_.done() || !session_->get().usable()) finish_round();
  check_session(visits_.last_failure());
}

void LaneRunner::finish_round() {
  for (const auto& finished : visits_.finish()) {
    const auto at = std::find(sources_.begin(), sources_.end(), finished.source);
    scheduler_.finished(static_cast<std::size_t>(at - sources_.begin()), finished.outcome, clock_.steady_now());
  }
}

/// Gives a session up that is over.
void LaneRunner::check_session(const Failure& why) {
  if (session_->get().usable()) return;
  session_.reset();
  if (visits_.running()) finish_round();
  const auto now = clock_.steady_now();
  connect_failures_ = now - connected_at_ < stable_after ? connect_failures_ + 1 : 1;
  next_connect_ = now + backoff_.delay(first_reconnect, connect_failures_);
  if (why.outcome != Outcome::timeout) fresh_start_ = true;
  // An answer that came with the last breath is no explanation.
  const Failure lost{Outcome::unavailable, "the connection was lost", ""};
  composition_.disconnected(lane_, why.outcome == Outcome::ok ? lost : why);
}

void LaneRunner::charge(std::chrono::nanoseconds cost) { scheduler_.stretch(budget_.add(cost, clock_.steady_now())); }

void LaneRunner::wait(const std::stop_token& stop) {
  auto next = session_ ? scheduler_.next().value_or(next_connect_) : next_connect_;
  if (session_ && visits_.running()) next = clock_.steady_now() + between_visits;
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, stop, next - clock_.steady_now(), [] { return false; });
}

}  // namespace pgsextant::collector
