#pragma once
// Everything behind the socket: who may ask, and which address is what.

#include "web/http/message.hpp"
#include "web/server.hpp"

namespace pgsextant::web {

/// Thread-safe; never waits for a watched server. What it refers to outlives it.
class Site {
 public:
  /// `loopback`: nobody but this machine can connect, so the Host header tells a foreign page from ours.
  Site(WebOptions options, bool loopback, const Board& board, store::Store& store, const Clock& clock)
      : options_(std::move(options)), loopback_(loopback), board_(board), store_(store), clock_(clock) {}

  /// Never throws: what goes wrong inside becomes an answer without internals.
  [[nodiscard]] Response respond(const Request& request) const;

 private:
  [[nodiscard]] Response route(const Request& request, bool json) const;
  [[nodiscard]] Response page(const std::vector<std::string>& path) const;
  [[nodiscard]] Response api(const std::vector<std::string>& path) const;
  [[nodiscard]] Response ready(const Request& request) const;
  [[nodiscard]] bool may_read(const Request& request) const;

  WebOptions options_;
  bool loopback_;
  const Board& board_;
  store::Store& store_;
  const Clock& clock_;
};

}  // namespace pgsextant::web
