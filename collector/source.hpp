#pragma once
// A source: one thing that is asked of a server. A value in an explicit list (sources/registry.cpp), not a subclass. To
// add one: a file in sources/, a line in the registry, its live test.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/snapshot.hpp"
#include "pg/session.hpp"

namespace pgsextant::collector {

struct Memory;

/// One-second sampling never queues behind a slow query: each lane has a session of its own.
enum class Lane { fast, slow };

/// Server: asked once. Database: asked in every database in turn, over the third connection.
enum class Scope { server, database };

/// SQL for servers (or extension versions) from `minimum` on. "@extschema@" stands for the quoted schema of the
/// source's extension, as in PostgreSQL's own extension scripts.
struct QueryVariant {
  std::int32_t minimum = 0;  ///< server_version_num, or major*100+minor of the extension
  std::string_view sql;
};

/// One question and its forms, newest first.
struct Query {
  std::string_view name;  ///< for dump-sql
  std::span<const QueryVariant> variants;
};

/// The variant for a version; nullptr when all are newer.
const QueryVariant* variant_for(const Query& query, std::int32_t version);

class SourceRun;

struct Source {
  std::string_view id;                ///< "statements"
  std::string_view description = {};  ///< for dump-sql and the docs
  Lane lane = Lane::slow;
  Scope scope = Scope::server;
  std::chrono::milliseconds cadence{10'000};
  std::string_view extension = {};  ///< empty: variants are gated on the server's version
  std::span<const Query* const> queries = {};
  std::string_view rights = {};  ///< what the role needs, and the GRANT to run when it is denied
  /// Throws pg::Error. Whatever it puts counts only when it returns.
  void (*read)(SourceRun& run) = nullptr;
};

/// Every source, in the order in which they run when due together.
std::span<const Source* const> sources();

/// For answers that leave something out: they are kept, and the status says what is missing.
struct Shortfall {
  Outcome outcome = Outcome::denied;
  std::string message, hint;
};

/// Where and when a source runs.
struct RunContext {
  Oid database;              ///< that the session is connected to
  Timestamp server_time{};   ///< clock_timestamp() as the run began
  Timestamp collected_at{};  ///< the collector's clock, the same moment
  /// Of the network alone: taken off each query's duration where the server's own cost is meant.
  std::chrono::nanoseconds round_trip{};
};

/// One run of one source: what it may ask and see, and where it puts what it read.
class SourceRun {
 public:
  /// Everything that is passed outlives the run. `last` is the snapshot published last.
  SourceRun(const Source& source, pg::Session& session, const Snapshot& last, Memory& memory, RunContext context);

  /// Asks. Throws pg::Error: `unsupported` too when this server, or the installed extension, is too old or absent.
  pg::Rows rows(const Query& query, std::initializer_list<std::optional<std::string>> parameters = {});

  [[nodiscard]] const Snapshot& last() const { return last_; }
  [[nodiscard]] Memory& memory() const { return memory_; }
  [[nodiscard]] Oid database() const { return context_.database; }
  [[nodiscard]] Timestamp server_time() const { return context_.server_time; }
  [[nodiscard]] Timestamp collected_at() const { return context_.collected_at; }
  [[nodiscard]] std::int32_t server_version() const { return session_.server_version(); }

  /// Replaces a part of the snapshot.
  template <class T>
  void put(Part<T> Snapshot::*part, T data) {
    changes_.emplace_back([part, made = stamped(std::move(data))](Snapshot& into) { into.*part = made; });
  }
  /// Replaces the part of this run's database, or adds it.
  template <class T>
  void put(std::vector<Part<T>> Snapshot::*parts, T data) {
    changes_.emplace_back([parts, made = stamped(std::move(data))](Snapshot& into) {
      for (auto& part : into.*parts)
        if (part && part->database == made->database) return void(part = made);
      (into.*parts).push_back(made);
    });
  }
  /// What belongs to no part.
  void change(std::function<void(Snapshot&)> change) { changes_.push_back(std::move(change)); }

  /// The answer is kept although something is missing from it. `hint` empty: the source's rights, when denied.
  void lacks(Outcome outcome, std::string message, std::string hint = {});

  /// What was put, for the runner.
  [[nodiscard]] std::vector<std::function<void(Snapshot&)>> take_changes() { return std::move(changes_); }
  [[nodiscard]] const std::optional<Shortfall>& shortfall() const { return shortfall_; }
  /// Time that the server took for all queries so far, without the network's.
  [[nodiscard]] std::chrono::nanoseconds server_cost() const { return cost_; }

 private:
  struct Extension {
    std::int32_t version = 0;
    std::string schema;  ///< quoted
  };
  const Extension& extension();
  [[nodiscard]] std::string text(const Query& query);
  pg::Rows timed(std::string_view sql, std::span<const std::optional<std::string>> parameters);
  template <class T>
  Part<T> stamped(T data) const {
    return {std::make_shared<const T>(std::move(data)), context_.server_time, context_.collected_at};
  }

  const Source& source_;
  pg::Session& session_;
  const Snapshot& last_;
  Memory& memory_;
  RunContext context_;
  std::optional<Extension> extension_;
  std::vector<std::function<void(Snapshot&)>> changes_;
  std::optional<Shortfall> shortfall_;
  std::chrono::nanoseconds cost_{};
};

/// Asked before every source of a session: the moment that stamps its data, and the round trip.
extern const Query server_clock;
/// Asked for a source's extension: version and schema.
extern const Query installed_extension;

}  // namespace pgsextant::collector
