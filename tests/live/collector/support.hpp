#pragma once
// Sources and collectors against the shared private server.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "collector/collector.hpp"
#include "collector/composition.hpp"
#include "collector/memory.hpp"
#include "collector/run.hpp"
#include "collector/source.hpp"
#include "pg/session.hpp"
#include "tests/support/live_server.hpp"

namespace pgsextant::collector {

using namespace std::chrono_literals;

/// Runs single sources over a session of its own, as a lane would, and keeps what they put.
class Probe {
 public:
  explicit Probe(const pg::Conninfo& conninfo, Lane lane = Lane::slow);

  /// Runs the source; what came of it is in the snapshot, and in the report.
  RunReport run(std::string_view id);
  /// The same, and fails the test unless the outcome is ok.
  void must_run(std::string_view id);

  [[nodiscard]] const Snapshot& snapshot() const { return *latest_; }
  [[nodiscard]] const DatabaseSchema& schema() const;
  [[nodiscard]] const RelationCounters& relations() const;
  [[nodiscard]] Oid database() const { return database_; }
  [[nodiscard]] pg::Session& session() { return session_; }

 private:
  SystemClock clock_;
  pg::Session session_;
  Composition composition_;
  Memory memory_;
  Oid database_;
  std::shared_ptr<const Snapshot> latest_;
};

const Source& source(std::string_view id);
const SourceStatus& status(const Snapshot& snapshot, std::string_view id);

/// A collector with what it published last.
class Watched {
 public:
  explicit Watched(TargetOptions options);

  [[nodiscard]] std::shared_ptr<const Snapshot> latest() const;
  /// Waits for a snapshot that satisfies; fails the test, and returns the latest, when there is none in time.
  std::shared_ptr<const Snapshot> wait(const std::function<bool(const Snapshot&)>& wanted, std::string_view what,
                                       std::chrono::seconds longest = 60s);
  /// Stops it; how long that took.
  std::chrono::steady_clock::duration stop();

 private:
  SystemClock clock_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const Snapshot> latest_;
  std::unique_ptr<Collector> collector_;  ///< last: stops before the rest is gone
};

TargetOptions target(const pg::Conninfo& conninfo, std::string name = "live");

/// A session as an application's: its statements carry no marker.
pg::Session application(const pg::Conninfo& conninfo, const std::string& name = "shop");

/// Runs a statement that blocks, in a thread of its own. The destructor ends the backend.
class Blocked {
 public:
  Blocked(const pg::Conninfo& conninfo, std::string sql, const std::string& name = "shop");
  ~Blocked();
  Blocked(const Blocked&) = delete;
  Blocked& operator=(const Blocked&) = delete;
  [[nodiscard]] std::int32_t pid() const { return pid_; }

 private:
  pg::Conninfo conninfo_;
  pg::Session session_;
  std::int32_t pid_;
  std::thread thread_;
};

/// Until `sql` returns true to the superuser; fails the test after 10 s.
void await(pg::Session& session, std::string_view sql);

/// Every text of a snapshot, one after the other.
std::string all_texts(const Snapshot& snapshot);

}  // namespace pgsextant::collector
