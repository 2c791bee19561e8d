#pragma once
// One client's socket with a bound on the size and the time of a whole request: httplib's own timeouts start again with
// every byte.

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>

namespace pgsextant::web {

class BoundedStream final : public httplib::Stream {
 public:
  /// Does not own the socket.
  explicit BoundedStream(socket_t socket) : socket_(socket) {}

  /// From now on: how long to wait for a request's first byte and again for the rest of it, and how long for the client
  /// to take the answer.
  void allow(std::chrono::milliseconds patience, std::chrono::milliseconds answer) {
    patience_ = patience;
    answer_ = answer;
  }
  /// Waits for the first byte of a request, and starts its clock; false: none came.
  bool await_request();
  /// When httplib gave up without an answer, says why: too long or too large.
  void explain();
  /// Ends the answer and takes in what the client still sends, for a moment, so that closing does not destroy the
  /// answer on its way.
  void finish();

  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override;
  ssize_t read(char* to, size_t size) override;
  ssize_t write(const char* from, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  using Clock = std::chrono::steady_clock;
  enum class End { none, too_slow, too_large, gone };

  [[nodiscard]] bool wait(short events, Clock::time_point deadline) const;
  bool fill();

  socket_t socket_;
  std::chrono::milliseconds patience_{0}, answer_{0};
  std::array<char, 4096> buffer_{};
  std::size_t begin_ = 0, end_ = 0;
  std::size_t taken_ = 0;  ///< bytes of this request so far
  bool answered_ = false;
  End end_of_input_ = End::none;
  Clock::time_point deadline_;
};

}  // namespace pgsextant::web
