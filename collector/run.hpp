#pragma once
// Runs one source over one session and turns whatever happens into a report: the only place that catches pg::Error on
// behalf of sources.

#include <chrono>
#include <functional>
#include <vector>

#include "collector/source.hpp"
#include "core/clock.hpp"

namespace pgsextant::collector {

/// What came of a run.
struct RunReport {
  Outcome outcome = Outcome::ok;  ///< ok also when something is missing from the answer
  Failure shown;                  ///< for the status: of the failure, or of what is missing; ok when neither
  Timestamp at{};
  Seconds duration{};                                   ///< wall time, the network's included
  std::chrono::nanoseconds server_cost{};               ///< time that the server was kept busy
  std::vector<std::function<void(Snapshot&)>> changes;  ///< empty when it failed

  void apply(Snapshot& into) const {
    for (const auto& change : changes) change(into);
  }
};

/// Never throws for what a server or its network does. `last` is what was published last.
RunReport run(const Source& source, pg::Session& session, const Snapshot& last, Memory& memory, Oid database,
              const Clock& clock);

/// Counts the run in the source's status. `succeeded`: some of the data is new.
void record(Snapshot& into, const Source& source, const RunReport& report, bool succeeded);

/// A source that could not be asked at all; not a run.
void record_unasked(Snapshot& into, const Source& source, const Failure& why);

/// What a snapshot says of a source before it first ran.
SourceStatus initial_status(const Source& source);

}  // namespace pgsextant::collector
