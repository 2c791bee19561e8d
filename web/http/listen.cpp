#include "web/http/listen.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace pgsextant::web {
namespace {

constexpr int backlog = 128;

bool is_loopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    return (ntohl(v4.sin_addr.s_addr) >> 24U) == 127;
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0;
}

int port_of(int socket) {
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  void* const raw = &bound;
  if (getsockname(socket, static_cast<sockaddr*>(raw), &length) != 0) return 0;
  sockaddr_in v4{};  // the port stands in the same place in sockaddr_in6
  std::memcpy(&v4, &bound, sizeof v4);
  return ntohs(v4.sin_port);
}

std::string numeric(const addrinfo& info) {
  std::array<char, NI_MAXHOST> host{};
  if (getnameinfo(info.ai_addr, info.ai_addrlen, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) != 0) return "?";
  return info.ai_family == AF_INET6 ? "[" + std::string(host.data()) + "]" : std::string(host.data());
}

Failure refused(const std::string& where, int error) {
  const std::string what = "cannot listen on " + where + ": " + std::generic_category().message(error);
  if (error == EADDRINUSE)
    return {Outcome::invalid_input, what,
            "another program listens there, perhaps another pgsextant; choose another port"};
  if (error == EACCES) return {Outcome::invalid_input, what, "ports below 1024 need a privilege; choose a higher one"};
  if (error == EADDRNOTAVAIL) return {Outcome::invalid_input, what, "no interface of this machine has that address"};
  return {Outcome::invalid_input, what, ""};
}

}  // namespace

Result<Listener> listen_on(const std::string& address, int port, bool beyond_loopback) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* list = nullptr;
  const int failed = getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (failed != 0)
    return Failure{Outcome::invalid_input, "cannot resolve the address " + address + ": " + gai_strerror(failed), ""};
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, freeaddrinfo);

  // "localhost" is both families; IPv4 is what people and scrapers try first.
  const addrinfo* chosen = list;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next)
    if (each->ai_family == AF_INET) {
      chosen = each;
      break;
    }
  if (chosen->ai_family != AF_INET && chosen->ai_family != AF_INET6)
    return Failure{Outcome::invalid_input, "the address " + address + " is neither IPv4 nor IPv6", ""};

  Listener listener;
  listener.loopback = is_loopback(chosen->ai_addr);
  if (!listener.loopback && !beyond_loopback)
    return Failure{Outcome::invalid_input,
                   "the address " + address + " can be reached from other machines, so a token is needed",
                   "set web.token_file, or listen on 127.0.0.1"};

  const std::string host = numeric(*chosen);
  const std::string where = host + ":" + std::to_string(port);
  const int fd = socket(chosen->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return refused(where, errno);
  // SO_REUSEADDR skips the wait after a restart; on Linux it does not let two listeners share a port.
  const int yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, chosen->ai_addr, chosen->ai_addrlen) != 0 || listen(fd, backlog) != 0) {
    const int error = errno;
    close(fd);
    return refused(where, error);
  }
  listener.socket = fd;
  listener.port = port_of(fd);
  listener.url = "http://" + host + ":" + std::to_string(listener.port) + "/";
  return listener;
}

}  // namespace pgsextant::web
