#pragma once
// A source: one thing that is asked of a server. A value in an explicit list (registry.cpp), not a subclass. To add
// one: a file in sources/, a line in the registry, its live test.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/snapshot.hpp"

namespace pgsextant::pg {
class Session;
}

namespace pgsextant::collector {

/// One-second sampling never queues behind a slow query: each lane has a session of its own.
enum class Lane { fast, slow };

/// Server: asked once. Database: asked in every database in turn, over the third connection.
enum class Scope { server, database };

/// SQL for servers (or extension versions) from `minimum` on; a source lists them newest first.
struct QueryVariant {
  std::int32_t minimum = 0;  ///< server_version_num, or major*100+minor of `extension`
  std::string_view sql;
};

struct Source;

/// What a source may see and where it puts what it read. Lives for one run of one source.
class SourceRun {
 public:
  SourceRun(const Source& source, pg::Session& session, Snapshot& into, Oid database);

  [[nodiscard]] pg::Session& session() const { return session_; }
  [[nodiscard]] const Source& source() const { return source_; }
  /// The snapshot being composed: the source replaces its own part; it may read the others (last values).
  [[nodiscard]] Snapshot& snapshot() const { return into_; }
  [[nodiscard]] Oid database() const { return database_; }
  [[nodiscard]] std::int32_t server_version() const;
  /// The SQL for this server; throws pg::Error (unsupported) when there is none.
  [[nodiscard]] std::string_view sql() const;

 private:
  const Source& source_;
  pg::Session& session_;
  Snapshot& into_;
  Oid database_;
};

struct Source {
  std::string_view id;             ///< "statements"
  std::string_view description;    ///< for dump-sql and the docs
  Lane lane = Lane::slow;
  Scope scope = Scope::server;
  std::chrono::milliseconds cadence{10'000};
  std::string_view extension;      ///< empty: variants are gated on the server's version
  std::span<const QueryVariant> variants;
  std::string_view rights;         ///< what the role needs, and the GRANT to run when it is denied
  void (*read)(SourceRun& run) = nullptr;  ///< throws pg::Error
};

/// Every source, in the order in which they run when due together.
std::span<const Source> sources();

/// The variant for a version; nullptr when all are newer.
const QueryVariant* variant_for(const Source& source, std::int32_t version);

}  // namespace pgsextant::collector
