#include "web/http/stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace pgsextant::web {
namespace {

constexpr std::size_t request_bytes = 32768;  // request line and headers

}  // namespace

bool BoundedStream::wait(short events, Clock::time_point deadline) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    pollfd entry{socket_, events, 0};
    const int ready = poll(&entry, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

bool BoundedStream::fill() {
  if (!wait(POLLIN, deadline_)) {
    end_of_input_ = End::too_slow;
    return false;
  }
  const ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), 0);
  if (got <= 0) {
    end_of_input_ = End::gone;
    return false;
  }
  begin_ = 0;
  end_ = static_cast<std::size_t>(got);
  return true;
}

bool BoundedStream::await_request() {
  taken_ = 0;
  answered_ = false;
  end_of_input_ = End::none;
  deadline_ = Clock::now() + patience_;
  if (begin_ == end_ && !fill()) return false;
  deadline_ = Clock::now() + patience_;
  return true;
}

ssize_t BoundedStream::read(char* to, size_t size) {
  if (taken_ >= request_bytes) {
    end_of_input_ = End::too_large;
    return -1;
  }
  if (begin_ == end_ && !fill()) return end_of_input_ == End::gone ? 0 : -1;
  const std::size_t count = std::min(size, end_ - begin_);
  std::memcpy(to, buffer_.data() + begin_, count);
  begin_ += count;
  taken_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t BoundedStream::write(const char* from, size_t size) {
  // A request that was cut short is answered by explain(): httplib would call it malformed.
  if (end_of_input_ == End::too_slow || end_of_input_ == End::too_large) return -1;
  if (!answered_) deadline_ = Clock::now() + answer_;
  answered_ = true;
  if (!wait(POLLOUT, deadline_)) return -1;
  return send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void BoundedStream::explain() {
  if (answered_) return;
  std::string_view answer;
  if (end_of_input_ == End::too_slow)
    answer = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  else if (end_of_input_ == End::too_large)
    answer = "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  else
    return;
  send(socket_, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void BoundedStream::finish() {
  constexpr std::size_t at_most = 256 * 1024;
  ::shutdown(socket_, SHUT_WR);
  const auto until = Clock::now() + std::chrono::milliseconds(100);
  std::size_t taken = 0;
  while (taken < at_most && wait(POLLIN, until)) {
    const ssize_t got = recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got <= 0) break;
    taken += static_cast<std::size_t>(got);
  }
}

bool BoundedStream::is_readable() const { return begin_ < end_ || wait(POLLIN, deadline_); }

bool BoundedStream::is_writable() const { return wait(POLLOUT, deadline_); }

// Addresses are nobody's business here: nothing is logged or decided by them.
void BoundedStream::get_remote_ip_and_port(std::string& ip, int& port) const { ip.clear(), port = 0; }
void BoundedStream::get_local_ip_and_port(std::string& ip, int& port) const { ip.clear(), port = 0; }

}  // namespace pgsextant::web
