#include "app/advice_loop.hpp"

#include <spdlog/spdlog.h>

#include "advisor/recommender.hpp"
#include "twin/server_cost_model.hpp"

namespace pgsextant::app {
namespace {

using namespace std::chrono_literals;

constexpr Seconds telling_window = 60s;  // below it the totals since the reset weigh better than a few calls
constexpr std::size_t planned_statements = 50;

/// The database that the target connects to: statements of others are not planned from here.
const DatabaseTotals* connected_database(const Snapshot& snapshot) {
  if (!snapshot.databases) return nullptr;
  for (const auto& database : *snapshot.databases)
    if (database.name == snapshot.server.database) return &database;
  return nullptr;
}

std::vector<analyzer::StatementPlan> plan_workload(advisor::CostModel& model, Oid database,
                                                   std::span<const advisor::WorkloadStatement> workload) {
  std::vector<analyzer::StatementPlan> plans;
  for (const auto& statement : workload.first(std::min(workload.size(), planned_statements)))
    if (auto answer = model.cost(statement.text, {}))
      plans.push_back({statement.query, database, std::make_shared<Plan>(std::move(answer->plan))});
  return plans;
}

}  // namespace

AdviceRound advise_once(const collector::TargetOptions& target, const Snapshot& snapshot, const Window& window,
                        Timestamp now) {
  AdviceRound round;
  round.advice.at = now;
  const auto* database = connected_database(snapshot);
  const auto* schema = database != nullptr ? snapshot.schema(database->oid) : nullptr;
  if (schema == nullptr || !snapshot.settings || !snapshot.statements || !snapshot.texts) {
    round.advice.note =
        "Waiting for the schema, the settings and the statements; the sources below say what is missing.";
    return round;
  }
  const std::scoped_lock turn(*target.third_connection);
  auto model = twin::make_server_cost_model(target.conninfo, *schema, *snapshot.settings);
  if (!model) {
    round.advice.note = "The planner could not be asked: " + model.failure().message;
    return round;
  }
  const Window& weights = window.statements.length >= telling_window ? window : totals_window(snapshot);
  const auto workload = advisor::workload_of(snapshot, weights, database->oid);
  round.plans = plan_workload(**model, database->oid, workload);
  round.findings = analyzer::find_all({snapshot, weights, round.plans});
  auto result = advisor::advise({snapshot, weights, database->oid, workload, round.findings}, **model);
  round.advice.recommendations = std::move(result.recommendations);
  round.advice.unplanned = std::move(result.unplanned);
  round.advice.cost_model = (*model)->name();
  return round;
}

AdviceLoop::AdviceLoop(collector::TargetOptions target, std::chrono::seconds every, Board& board, store::Store& store,
                       PlanShelf& plans, const Clock& clock)
    : target_(std::move(target)),
      every_(every),
      board_(board),
      store_(store),
      plans_(plans),
      clock_(clock),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

AdviceLoop::~AdviceLoop() = default;

void AdviceLoop::run(const std::stop_token& stop) {
  // The first rounds come soon, while a new workload still shows itself; then the configured pace.
  auto pause = std::min<std::chrono::seconds>(15s, every_);
  auto next = clock_.steady_now();
  while (!stop.stop_requested()) {
    const auto report = board_.server(target_.name);
    if (report && report->analysis && report->snapshot->link.up && clock_.steady_now() >= next) {
      if (advise(*report)) {
        next = clock_.steady_now() + pause;
        pause = std::min(pause * 2, every_);
      } else {
        next = clock_.steady_now() + std::min<std::chrono::seconds>(5s, every_);
      }
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, 1s, [] { return false; });
  }
}

bool AdviceLoop::advise(const ServerReport& report) {
  AdviceRound round;
  try {
    round = advise_once(target_, *report.snapshot, report.analysis->window, clock_.now());
  } catch (const std::exception& e) {  // a bug in one recommender must not end the service
    spdlog::error("advice on {} failed: {}", target_.name, e.what());
    return false;
  }
  const bool answered = !round.advice.cost_model.empty();
  // An answer from before an outage is worth more than a note that there is none now.
  if (!answered && report.advice) return false;
  if (answered) {
    plans_.put(target_.name, std::move(round.plans));
    std::vector<store::Store::Seen> seen;
    seen.reserve(round.advice.recommendations.size());
    for (const auto& each : round.advice.recommendations) seen.push_back({each.key, each.kind, each.title});
    (void)store_.record(target_.name, store::TrackedType::recommendation, round.advice.at, seen);
  }
  board_.publish(target_.name, std::make_shared<Advice>(std::move(round.advice)));
  return answered;
}

}  // namespace pgsextant::app
