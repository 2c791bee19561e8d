#pragma once
// The listening socket, opened by ourselves: httplib shares a port in silence (SO_REUSEPORT) and does not say why an
// address is refused.

#include <string>

#include "core/outcome.hpp"

namespace pgsextant::web {

struct Listener {
  int socket = -1;  ///< bound and listening; the caller closes it
  int port = 0;     ///< the one in use, also when a free one was asked for
  bool loopback = false;
  std::string url;  ///< "http://127.0.0.1:9187/"
};

/// `address` is a name or a number, IPv4 or IPv6; port 0 takes a free one. Fails with invalid_input.
/// Without `beyond_loopback` an address that others can reach is refused.
Result<Listener> listen_on(const std::string& address, int port, bool beyond_loopback);

}  // namespace pgsextant::web
