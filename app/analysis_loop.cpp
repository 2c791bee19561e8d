#include "app/analysis_loop.hpp"

#include <spdlog/spdlog.h>

#include "analyzer/vitals.hpp"

namespace pgsextant::app {
namespace {

using namespace std::chrono_literals;

constexpr auto round_every = 2s;    // pages refresh every 5 s; a round costs about a millisecond a server
constexpr auto sample_every = 10s;  // the finest tier of history
constexpr auto expire_every = 1h;
constexpr Seconds window_span = 15min;

VitalSample sample_of(Timestamp time, const std::vector<Vital>& vitals) {
  VitalSample sample{time, {}};
  for (const auto& vital : vitals)
    if (vital.value) sample.values.emplace_back(vital.id, *vital.value);
  return sample;
}

void record_findings(store::Store& store, const std::string& server, const Analysis& analysis) {
  std::vector<store::Store::Seen> seen;
  seen.reserve(analysis.findings.size());
  for (const auto& finding : analysis.findings) seen.push_back({finding.key, finding.rule, finding.title});
  (void)store.record(server, store::TrackedType::finding, analysis.at, seen);  // a failure shows in Store::status()
}

}  // namespace

void PlanShelf::put(const std::string& server, std::vector<analyzer::StatementPlan> plans) {
  const std::scoped_lock lock(mutex_);
  plans_[server] = std::move(plans);
}

std::vector<analyzer::StatementPlan> PlanShelf::get(const std::string& server) const {
  const std::scoped_lock lock(mutex_);
  const auto found = plans_.find(server);
  return found == plans_.end() ? std::vector<analyzer::StatementPlan>{} : found->second;
}

AnalysisLoop::AnalysisLoop(Board& board, store::Store& store, const PlanShelf& plans, const Clock& clock,
                           store::Retention retention)
    : board_(board),
      store_(store),
      plans_(plans),
      clock_(clock),
      retention_(retention),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

AnalysisLoop::~AnalysisLoop() = default;

void AnalysisLoop::run(const std::stop_token& stop) {
  auto expire_at = clock_.steady_now();
  while (!stop.stop_requested()) {
    for (const auto& report : board_.servers()) {
      try {
        analyse(report);
      } catch (const std::exception& e) {  // a bug in one rule must not end the watch over the others
        spdlog::error("analysis of {} failed: {}", report.snapshot->server.name, e.what());
      }
    }
    if (clock_.steady_now() >= expire_at) {
      expire_at = clock_.steady_now() + expire_every;
      (void)store_.expire(clock_.now(), retention_);
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, round_every, [] { return false; });
  }
}

void AnalysisLoop::analyse(const ServerReport& report) {
  const auto& snapshot = *report.snapshot;
  const auto& server = snapshot.server.name;
  auto& builder = windows_.try_emplace(server, window_span).first->second;
  builder.add(snapshot);

  auto analysis = std::make_shared<Analysis>();
  analysis->at = clock_.now();
  analysis->window = builder.sum();
  analysis->vitals = analyzer::vital_signs(snapshot, analysis->window);
  const auto plans = plans_.get(server);
  analysis->findings = analyzer::find_all({snapshot, analysis->window, plans});

  auto& sampled = sampled_[server];
  if (analysis->at - sampled >= sample_every || analysis->at < sampled) {
    sampled = analysis->at;
    (void)store_.append(server, sample_of(analysis->at, analysis->vitals));
    record_findings(store_, server, *analysis);
  }
  board_.publish(server, std::move(analysis));
}

}  // namespace pgsextant::app
