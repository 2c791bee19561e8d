#pragma once
// The snapshot that a target's lanes compose together.

#include <array>
#include <functional>
#include <memory>
#include <mutex>

#include "collector/source.hpp"
#include "core/clock.hpp"

namespace pgsextant::collector {

/// Copy on write: whoever holds a snapshot keeps it as it is; a change copies a few pointers and the statuses.
/// Thread-safe.
class Composition {
 public:
  using Publish = std::function<void(std::shared_ptr<const Snapshot>)>;

  /// `publish` may be empty.
  Composition(ServerIdentity server, const Clock& clock, Publish publish);

  [[nodiscard]] std::shared_ptr<const Snapshot> latest() const;
  /// Applies `change` to a copy of the latest, stamps and publishes it. One at a time.
  void update(const std::function<void(Snapshot&)>& change);

  /// The link is up while any lane's connection is.
  void connected(Lane lane, std::int32_t server_version);
  void disconnected(Lane lane, const Failure& why);
  /// A connection to another database was opened.
  void visited();

 private:
  void set_link(Snapshot& snapshot, const Failure& why);

  const Clock& clock_;
  Publish publish_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> latest_;
  std::array<bool, 2> lanes_up_{};
};

}  // namespace pgsextant::collector
