#include "web/http/connections.hpp"

#include <sys/socket.h>
#include <unistd.h>

namespace pgsextant::web {

void Connections::open(int socket) {
  const std::lock_guard lock(mutex_);
  open_.insert(socket);
  if (stopping_) ::shutdown(socket, SHUT_RDWR);
}

void Connections::close(int socket) {
  const std::lock_guard lock(mutex_);
  open_.erase(socket);
  ::close(socket);
}

void Connections::cut_all() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
}

bool Connections::crowded() const {
  const std::lock_guard lock(mutex_);
  return stopping_ || open_.size() >= many_;
}

}  // namespace pgsextant::web
