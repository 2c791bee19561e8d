#include "tests/live/pg/option_dropping_pooler.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace pgsextant::test {
namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool send_all(int socket, const std::string& bytes) {
  return ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
}

std::string word(std::uint32_t number) {
  const auto network = htonl(number);
  std::string bytes(4, '\0');
  std::memcpy(bytes.data(), &network, 4);
  return bytes;
}

/// The body of a message that begins with its length: a start-up packet has no type byte. Empty at the end.
std::string read_packet(int socket) {
  std::uint32_t length = 0;
  if (::recv(socket, &length, 4, MSG_WAITALL) != 4) return "";
  std::string body(ntohl(length) - 4, '\0');
  return ::recv(socket, body.data(), body.size(), MSG_WAITALL) == static_cast<ssize_t>(body.size()) ? body : "";
}

/// Protocol version, then name and value, each with a zero byte, and one more at the end.
std::string without_options(const std::string& packet) {
  std::string kept = packet.substr(0, 4);
  for (std::size_t at = 4; at < packet.size() && packet[at] != '\0';) {
    const std::string name = packet.c_str() + at;
    const std::string value = packet.c_str() + at + name.size() + 1;
    if (name != "options") kept.append(name).append(1, '\0').append(value).append(1, '\0');
    at += name.size() + value.size() + 2;
  }
  return kept + '\0';
}

bool forward(int from, int to) {
  std::array<char, 8192> buffer{};
  const auto count = ::recv(from, buffer.data(), buffer.size(), 0);
  return count > 0 && send_all(to, std::string(buffer.data(), static_cast<std::size_t>(count)));
}

}  // namespace

OptionDroppingPooler::OptionDroppingPooler(int server_port, OptionsPolicy policy)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), server_port_(server_port), policy_(policy) {
  auto address = loopback(0);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, length) != 0 || ::listen(listener_, 4) != 0 ||
      ::getsockname(listener_, generic, &length) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

OptionDroppingPooler::~OptionDroppingPooler() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void OptionDroppingPooler::serve() {
  while (!stopping_) {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0) continue;
    serve_client(client);
    ::close(client);
  }
}

void OptionDroppingPooler::serve_client(int client) {
  constexpr std::uint32_t protocol_3 = 196608;
  auto packet = read_packet(client);
  // Requests for SSL or GSS encryption: no.
  while (packet.size() == 4 && packet != word(protocol_3)) {
    if (!send_all(client, "N")) return;
    packet = read_packet(client);
  }
  if (packet.empty()) return;
  if (policy_ == OptionsPolicy::refuse) {
    // pgbouncer 1.18's answer, byte for byte.
    using namespace std::string_literals;
    const auto fields = "SFATAL\0C08P01\0Munsupported startup parameter: options\0\0"s;
    send_all(client, "E" + word(static_cast<std::uint32_t>(fields.size() + 4)) + fields);
    return;
  }
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(server_port_);
  const auto changed = without_options(packet);
  if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      send_all(server, word(static_cast<std::uint32_t>(changed.size() + 4)) + changed)) {
    std::array<pollfd, 2> ends{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    bool open = true;
    while (open && !stopping_) {
      if (::poll(ends.data(), ends.size(), 50) <= 0) continue;
      if (ends[0].revents != 0) open = forward(client, server);
      if (open && ends[1].revents != 0) open = forward(server, client);
    }
  }
  ::close(server);
}

}  // namespace pgsextant::test
