#pragma once
// History. The interface is narrow so that SQLite, PostgreSQL and the in-memory fake pass the same contract tests.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/finding.hpp"
#include "core/outcome.hpp"
#include "core/recommendation.hpp"
#include "core/vitals.hpp"

namespace pgsextant::store {

/// A finding or recommendation through time.
struct Tracked {
  std::string key, kind, title;  ///< kind: the rule's or recommender's id
  Timestamp first_seen{}, last_seen{};
  bool open = true;  ///< seen in the last round
  bool muted = false;
};

enum class TrackedType { finding, recommendation };

/// How long what is kept.
struct Retention {
  std::chrono::hours samples{48};
  std::chrono::hours closed{24 * 30};  ///< tracked entries no longer open
};

/// Thread-safe. Failures are values: a full disk loses the newest data, never the service; `status` says so, and the
/// next call tries again. What failed has changed nothing. Names and keys may hold any bytes.
class Store {
 public:
  virtual ~Store() = default;

  /// A sample of a time that is there already replaces it. Values that are not finite are left out, and a sample
  /// without values is not kept.
  virtual Result<bool> append(std::string_view server, const VitalSample& sample) = 0;
  /// Samples with from <= time < to, oldest first, at most `limit` (evenly thinned out beyond, the first and the last
  /// stay). The values of each are sorted by their ids.
  virtual Result<std::vector<VitalSample>> window(std::string_view server, Timestamp from, Timestamp to,
                                                  std::size_t limit = 500) = 0;

  /// One entry to follow: its identity and what to show when it is gone.
  struct Seen {
    std::string key, kind, title;
  };
  /// A round's complete list: what is absent from it is closed, what comes back opens again with its first_seen. Only
  /// set_muted() changes whether an entry is muted.
  virtual Result<bool> record(std::string_view server, TrackedType type, Timestamp at, std::span<const Seen> seen) = 0;
  /// Open and closed ones, sorted by key.
  virtual Result<std::vector<Tracked>> tracked(std::string_view server, TrackedType type) = 0;
  /// False when there is no such entry, which is not an error.
  virtual Result<bool> set_muted(std::string_view server, TrackedType type, std::string_view key, bool muted) = 0;

  /// Deletes what has outlived its retention: samples, and closed entries by the time they were last seen.
  virtual Result<bool> expire(Timestamp now, const Retention& retention) = 0;

  /// Empty when healthy, else the last failure in words.
  [[nodiscard]] virtual std::string status() const = 0;
};

/// One file of mode 0600 (made when absent, its folder is not), WAL mode, migrated to the newest schema on opening.
/// Fails, naming the file, when it cannot be opened, is not ours, or was written by a newer pgsextant.
Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file);

/// Forgets everything at exit: for demo, tests and whoever wants no file.
std::unique_ptr<Store> make_memory_store();

}  // namespace pgsextant::store
