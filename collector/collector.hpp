#pragma once
// Watches one server: runs the due sources in two lanes and publishes snapshots.

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "core/clock.hpp"
#include "core/snapshot.hpp"
#include "pg/conninfo.hpp"

namespace pgsextant::collector {

struct TargetOptions {
  std::string name;  ///< unique
  std::string cluster;
  pg::Conninfo conninfo;
  double cadence_factor = 1.0;  ///< stretches (> 1) or shortens every source's cadence
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds statement_timeout{5000};
  std::chrono::milliseconds lock_timeout{100};
  /// Held by whoever has the third connection to this server: the collector while it visits another database, or a
  /// caller that asks the planner (docs/adr/0003-third-connection.md). Copies of these options share it.
  std::shared_ptr<std::mutex> third_connection = std::make_shared<std::mutex>();
};

/// Two threads, one per lane; a third connection while other databases are visited. A hung server blocks nobody else.
/// Start in the constructor, stop and join in the destructor (bounded by the client deadline, which it cuts short).
class Collector {
 public:
  using Publish = std::function<void(std::shared_ptr<const Snapshot>)>;

  /// `publish` is called from both lanes, one call at a time; it must be quick. `clock` outlives the collector.
  Collector(TargetOptions options, const Clock& clock, Publish publish);
  ~Collector();
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Runs every source once, in order, over one session, and returns what they saw: for commands that look once.
Snapshot collect_once(const TargetOptions& options, const Clock& clock);

}  // namespace pgsextant::collector
