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
  struct Limits {
    std::chrono::milliseconds request{5000};  ///< from the first byte to the end of the headers
    std::chrono::milliseconds answer{20000};  ///< from its first byte to its last
    std::chrono::milliseconds idle{5000};     ///< between requests, and before the first
    std::size_t request_bytes = 32768;        ///< request line and headers
  };

  /// Does not own the socket.
  BoundedStream(socket_t socket, const Limits& limits) : socket_(socket), limits_(limits) {}

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
  Limits limits_;
  std::array<char, 4096> buffer_{};
  std::size_t begin_ = 0, end_ = 0;
  std::size_t taken_ = 0;  ///< bytes of this request so far
  bool answered_ = false;
  End end_of_input_ = End::none;
  Clock::time_point deadline_;
};

}  // namespace pgsextant::web
