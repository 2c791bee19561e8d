#pragma once
// Ends waits that libpq would never end: one background thread for all sessions shuts the socket of a query down at
// its deadline, upon which libpq reports a lost connection.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

namespace pgsextant::pg {

/// Thread-safe.
class Watchdog {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  /// While it lives, the deadline counts. Once `passed` or the destructor has returned, the socket is left alone.
  class Guard {
   public:
    Guard(Watchdog& watchdog, int socket, Moment deadline);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    /// Disarms; true if the socket was shut down.
    bool passed();

   private:
    Watchdog& watchdog_;
    std::pair<Moment, std::uint64_t> key_;
    bool armed_ = true;
    bool passed_ = false;
  };

  /// The process's own; its thread starts at first use and lives as long as the process.
  static Watchdog& shared();

 private:
  Watchdog();
  [[noreturn]] void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t next_ = 0;
  std::map<std::pair<Moment, std::uint64_t>, int> sockets_;  ///< by deadline
};

}  // namespace pgsextant::pg
