#pragma once
// The published state: what web, metrics and command line show of a server.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "core/recommendation.hpp"
#include "core/snapshot.hpp"
#include "core/vitals.hpp"
#include "core/window.hpp"

namespace pgsextant {

/// The outcome of the last round of analysis of one server.
struct Analysis {
  Timestamp at{};
  Window window;
  std::vector<Vital> vitals;
  std::vector<Finding> findings;  ///< most at stake first
};

/// The outcome of the last round of advice; slower than analysis and on its own schedule.
struct Advice {
  Timestamp at{};
  std::vector<Recommendation> recommendations;  ///< most gain first
  std::vector<Unplanned> unplanned;
  std::string cost_model;  ///< "hypopg", "estimate", …
  std::string note;        ///< why there is none, or what limits it
};

/// Immutable once published.
struct ServerReport {
  std::shared_ptr<const Snapshot> snapshot;  ///< never null
  std::shared_ptr<const Analysis> analysis;  ///< null before the first round
  std::shared_ptr<const Advice> advice;      ///< null before the first round
};

/// Where collectors and analysis publish and everybody else reads. Thread-safe; readers never wait for a server, only
/// for the copying of a few pointers. Analysis and advice of a server without a snapshot are ignored.
class Board {
 public:
  /// The snapshot is not null.
  void publish(std::shared_ptr<const Snapshot> snapshot);
  void publish(std::string_view server, std::shared_ptr<const Analysis> analysis);
  void publish(std::string_view server, std::shared_ptr<const Advice> advice);

  [[nodiscard]] std::optional<ServerReport> server(std::string_view name) const;
  [[nodiscard]] std::vector<ServerReport> servers() const;  ///< by name

 private:
  mutable std::mutex mutex_;
  std::map<std::string, ServerReport, std::less<>> reports_;
};

}  // namespace pgsextant
