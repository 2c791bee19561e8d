#pragma once
// Replication as seen from a primary (pg_stat_replication, slots) and from a standby (pg_stat_wal_receiver).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/ids.hpp"
#include "core/units.hpp"

namespace pgsextant {

/// How far one stage of a standby is behind. Bytes are measured against the sender's current position; seconds are
/// PostgreSQL's own write_lag, flush_lag and replay_lag. When the standby has caught up and the server is idle the
/// view shows NULL seconds: that is stored as zero only when the bytes are zero as well, else it is unknown.
struct StageLag {
  std::optional<Bytes> bytes;
  std::optional<Seconds> seconds;
};

struct Standby {
  BackendPid pid;
  std::string application, client;
  std::string state;       ///< startup, catchup, streaming, backup, stopping
  std::string sync_state;  ///< async, potential, sync, quorum
  StageLag sent, written, flushed, replayed;
};

struct ReplicationSlot {
  std::string name, type, database;
  bool active = false;
  std::string wal_status;  ///< reserved, extended, unreserved, lost; empty when unknown
  std::optional<Bytes> retained;
};

/// This server's own side when it is a standby.
struct WalReceiver {
  std::string status;  ///< streaming, …; "" when no receiver runs: the link is cut or the standby replays files
  std::string sender_host;
  std::optional<Lsn> received, replayed;
  std::optional<Bytes> replay_backlog;  ///< received but not replayed
  /// Zero when all that was received is replayed and the receiver streams. Otherwise the age of the last replayed
  /// commit. Unknown (empty) when the link is cut and everything received is replayed: nobody here can tell.
  std::optional<Seconds> replay_lag;
  std::optional<Seconds> last_message_age;
  bool replay_paused = false;
};

struct Replication {
  bool in_recovery = false;
  std::optional<Lsn> current;  ///< pg_current_wal_lsn, or the last received on a standby
  std::int32_t timeline = 0;
  std::vector<Standby> standbys;
  std::vector<ReplicationSlot> slots;
  std::optional<WalReceiver> receiver;  ///< only on a standby
};

}  // namespace pgsextant
