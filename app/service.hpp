#pragma once
// The running service: collectors, analysis, advice, store and web, wired together. The only place that knows them all.

#include <memory>
#include <string>

#include "app/config.hpp"
#include "core/outcome.hpp"

namespace pgsextant::app {

/// Runs from start() to destruction.
class Service {
 public:
  /// Fails (invalid_input, unavailable) on what cannot be healed by waiting: a port in use, a store that cannot be
  /// opened. A server that is down is no failure: it shows on the page, and is tried again.
  static Result<std::unique_ptr<Service>> start(const Config& config);
  ~Service();

  [[nodiscard]] std::string url() const;

 private:
  struct State;
  explicit Service(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pgsextant::app
