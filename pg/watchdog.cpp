#include "pg/watchdog.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): pthread_sigmask is POSIX, not in <csignal>
#include <sys/socket.h>

#include <thread>

namespace pgsextant::pg {

Watchdog& Watchdog::shared() {
  // Never destroyed: a session of static storage may outlive main.
  static auto* const watchdog = new Watchdog();
  return *watchdog;
}

Watchdog::Watchdog() {
  // Signals are for the threads that expect them; a new thread inherits the mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([this] { run(); }).detach();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (sockets_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto [key, socket] = *sockets_.begin();
    if (key.first <= std::chrono::steady_clock::now()) {
      // Under the mutex, so that nobody closes the socket meanwhile and its number cannot be somebody else's.
      ::shutdown(socket, SHUT_RDWR);
      sockets_.erase(sockets_.begin());
    } else {
      changed_.wait_until(lock, key.first);
    }
  }
}

Watchdog::Guard::Guard(Watchdog& watchdog, int socket, Moment deadline) : watchdog_(watchdog) {
  const std::lock_guard lock(watchdog_.mutex_);
  key_ = {deadline, watchdog_.next_++};
  const auto position = watchdog_.sockets_.emplace(key_, socket).first;
  if (position == watchdog_.sockets_.begin()) watchdog_.changed_.notify_one();
}

Watchdog::Guard::~Guard() { passed(); }

bool Watchdog::Guard::passed() {
  if (armed_) {
    const std::lock_guard lock(watchdog_.mutex_);
    passed_ = watchdog_.sockets_.erase(key_) == 0;
    armed_ = false;
  }
  return passed_;
}

}  // namespace pgsextant::pg
