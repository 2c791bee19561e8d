#include "app/service.hpp"

#include <spdlog/spdlog.h>

#include <vector>

#include "app/advice_loop.hpp"
#include "app/analysis_loop.hpp"
#include "collector/collector.hpp"
#include "core/report.hpp"
#include "store/store.hpp"
#include "web/server.hpp"

namespace pgsextant::app {

/// Declared so that destruction stops the web first, then whoever publishes, then what they publish to.
struct Service::State {
  SystemClock clock;
  Board board;
  std::unique_ptr<store::Store> store;
  PlanShelf plans;
  std::unique_ptr<AnalysisLoop> analysis;
  std::vector<std::unique_ptr<AdviceLoop>> advice;
  std::vector<std::unique_ptr<collector::Collector>> collectors;
  std::unique_ptr<web::Server> web;
};

Service::Service(std::unique_ptr<State> state) : state_(std::move(state)) {}
Service::~Service() = default;

std::string Service::url() const { return state_->web->url(); }

Result<std::unique_ptr<Service>> Service::start(const Config& config) {
  auto state = std::make_unique<State>();
  if (config.store.empty()) {
    state->store = store::make_memory_store();
  } else {
    auto opened = store::open_sqlite(config.store);
    if (!opened) return opened.failure();
    state->store = std::move(opened).value();
  }
  auto web = web::Server::start(config.web, state->board, *state->store, state->clock);
  if (!web) return web.failure();
  state->web = std::move(web).value();

  state->analysis =
      std::make_unique<AnalysisLoop>(state->board, *state->store, state->plans, state->clock, config.retention);
  for (const auto& target : config.targets) {
    spdlog::info("watching {} ({})", target.name, target.conninfo.display());
    state->collectors.push_back(std::make_unique<collector::Collector>(
        target, state->clock, [&board = state->board](auto snapshot) { board.publish(std::move(snapshot)); }));
    state->advice.push_back(std::make_unique<AdviceLoop>(target, config.advise_every, state->board, *state->store,
                                                         state->plans, state->clock));
  }
  return std::unique_ptr<Service>(new Service(std::move(state)));
}

}  // namespace pgsextant::app
