#pragma once
// The connections that hold a worker thread. A slow client costs a thread, and threads are few.

#include <cstddef>
#include <mutex>
#include <set>

namespace pgsextant::web {

/// Thread-safe.
class Connections {
 public:
  /// Crowded from `many` open connections on.
  explicit Connections(std::size_t many) : many_(many) {}

  void open(int socket);
  /// Forgets and closes the socket. Until then nobody else can be given its number, so that a cut never hits a
  /// stranger.
  void close(int socket);
  /// Cuts all, and everyone who opens later.
  void cut_all();
  /// So many that patience with each has to be short.
  [[nodiscard]] bool crowded() const;

 private:
  std::size_t many_;
  mutable std::mutex mutex_;
  std::set<int> open_;
  bool stopping_ = false;
};

}  // namespace pgsextant::web
