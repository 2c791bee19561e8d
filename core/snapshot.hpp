#pragma once
// What was seen of one server. Immutable once published; whoever reads never waits for a server.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/model/activity.hpp"
#include "core/model/databases.hpp"
#include "core/model/replication.hpp"
#include "core/model/schema.hpp"
#include "core/model/settings.hpp"
#include "core/model/statements.hpp"
#include "core/model/wal.hpp"
#include "core/outcome.hpp"
#include "core/units.hpp"

namespace pgsextant {

/// One source's latest good answer. Parts have their own cadence, so each carries its own times; a failure keeps the
/// last good part and shows in SourceStatus. Shared and immutable: composing a snapshot copies pointers.
template <class T>
struct Part {
  std::shared_ptr<const T> data;  ///< null: never read
  Timestamp server_time{};        ///< clock_timestamp() of the server
  Timestamp collected_at{};       ///< the collector's clock

  explicit operator bool() const { return data != nullptr; }
  const T& operator*() const { return *data; }
  const T* operator->() const { return data.get(); }
};

struct ServerIdentity {
  std::string name;                     ///< the target's name in the configuration, unique
  std::string cluster;                  ///< groups servers; may be empty
  std::string database;                 ///< the database that the target's DSN connects to
  std::int32_t version = 0;             ///< server_version_num; 0 before the first connection
  std::uint64_t system_identifier = 0;  ///< 0 when not visible
  std::optional<Timestamp> started;     ///< pg_postmaster_start_time()
  bool in_recovery = false;
};

/// How a source fared; exported as metrics and shown where something is missing.
struct SourceStatus {
  std::string id;
  Outcome outcome = Outcome::unavailable;
  std::string message, hint;
  Seconds duration{};
  std::optional<Timestamp> last_run, last_success;
  std::int64_t runs = 0, failures = 0;
};

struct Link {
  bool up = false;
  std::string message, hint;  ///< why it is down and what to do; empty when up
  Timestamp since{};          ///< of the present state
  std::int64_t connects = 0;  ///< connections opened so far
};

struct Snapshot {
  ServerIdentity server;
  Link link;
  Timestamp composed_at{};

  Part<Statements> statements;
  Part<StatementTexts> texts;
  Part<std::vector<DatabaseTotals>> databases;
  Part<Activity> activity;
  Part<Replication> replication;
  Part<Wal> wal;
  Part<Settings> settings;
  std::vector<Part<DatabaseSchema>> schemas;      ///< one per database visited
  std::vector<Part<RelationCounters>> relations;  ///< the same

  std::vector<SourceStatus> sources;  ///< every registered source, in the registry's order

  [[nodiscard]] const DatabaseSchema* schema(Oid database) const;
  [[nodiscard]] const RelationCounters* relation_counters(Oid database) const;
  [[nodiscard]] const std::string* text(QueryId query) const;
};

}  // namespace pgsextant
