#pragma once
// The connections that hold a worker thread. A slow sender costs a thread, and threads are few.

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>

namespace pgsextant::web {

/// Thread-safe. Knows how long each open connection has been in its present phase: waiting for a request, reading it,
/// or answering.
class Connections {
 public:
  using Clock = std::chrono::steady_clock;

  /// With `limit` connections open, whoever has been reading for longer than `patience` is cut off to make room.
  Connections(std::size_t limit, std::chrono::milliseconds patience) : limit_(limit), patience_(patience) {}

  void open(int socket);
  void reading(int socket);
  void answering(int socket);
  /// Forgets and closes the socket. Until then nobody else can be given its number, so that a cut never hits a
  /// stranger.
  void close(int socket);

  void make_room();
  /// Cuts all, and everyone who opens later.
  void cut_all();
  /// So many that connections should not be kept for a next request.
  [[nodiscard]] bool crowded() const;

 private:
  struct State {
    bool reading = true;
    Clock::time_point since;
  };

  std::size_t limit_;
  std::chrono::milliseconds patience_;
  mutable std::mutex mutex_;
  std::map<int, State> open_;
  bool stopping_ = false;
};

}  // namespace pgsextant::web
