#include "web/http/connections.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace pgsextant::web {

void Connections::open(int socket) {
  const std::lock_guard lock(mutex_);
  open_[socket] = {true, Clock::now()};
  if (stopping_) ::shutdown(socket, SHUT_RDWR);
}

void Connections::reading(int socket) {
  const std::lock_guard lock(mutex_);
  open_[socket] = {true, Clock::now()};
}

void Connections::answering(int socket) {
  const std::lock_guard lock(mutex_);
  open_[socket] = {false, Clock::now()};
}

void Connections::close(int socket) {
  const std::lock_guard lock(mutex_);
  open_.erase(socket);
  ::close(socket);
}

void Connections::make_room() {
  const std::lock_guard lock(mutex_);
  if (open_.size() < limit_) return;
  const auto now = Clock::now();
  for (const auto& [socket, state] : open_)
    if (state.reading && now - state.since > patience_) ::shutdown(socket, SHUT_RDWR);
}

void Connections::cut_all() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& [socket, state] : open_) ::shutdown(socket, SHUT_RDWR);
}

bool Connections::crowded() const {
  const std::lock_guard lock(mutex_);
  return stopping_ || open_.size() * 2 >= limit_;
}

}  // namespace pgsextant::web
