#pragma once
// pg_stat_activity, pg_locks of waiters, and who blocks whom.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/ids.hpp"

namespace pgsextant {

struct Session {
  BackendPid pid;
  BackendPid leader;  ///< parallel worker: its leader
  std::string database, user, application, client, backend_type;
  std::string state;  ///< active, idle, idle in transaction, …; empty where this role may not see it
  std::string wait_event_type, wait_event;  ///< empty: running on CPU (or not visible)
  std::optional<Timestamp> backend_start, transaction_start, query_start, state_change;
  std::optional<std::int64_t> xmin_age;  ///< transactions that this backend's snapshot keeps from being vacuumed
  QueryId query;                         ///< 14+ with compute_query_id; zero when unknown
  std::string text;                      ///< normalised: no literal. Empty when not visible
};

/// The lock that a backend waits for, and the backends in front of it.
struct LockWait {
  BackendPid waiter;
  std::vector<BackendPid> blockers;  ///< pg_blocking_pids(): holders and earlier waiters; 0 is a prepared transaction
  std::string lock_type;             ///< relation, transactionid, tuple, …
  std::string mode;                  ///< e.g. ShareLock
  std::string relation;              ///< schema-qualified where the lock names one in a database we know
  std::optional<Timestamp> since;    ///< pg_locks.waitstart (14+), else state_change of the waiter
};

struct LockCount {
  std::string database, mode;
  std::int64_t count = 0;
};

struct Activity {
  std::vector<Session> sessions;  ///< client backends and, where visible, background processes; never our own
  std::vector<LockWait> waits;
  std::vector<LockCount> locks;
  std::int32_t max_connections = 0;
  std::int64_t prepared_transactions = 0;
};

/// Backends that block others and wait for nobody themselves, in the order of their pids.
std::vector<BackendPid> root_blockers(const Activity& activity);

}  // namespace pgsextant
