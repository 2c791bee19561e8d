#include "web/http/access.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace pgsextant::web {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// The credentials of an Authorization header with that scheme.
std::optional<std::string_view> credentials(std::string_view header, std::string_view scheme) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
  if (!equal_ignoring_case(header.substr(0, scheme.size()), scheme)) return std::nullopt;
  header.remove_prefix(scheme.size());
  const std::size_t start = header.find_first_not_of(' ');
  if (start == std::string_view::npos) return std::nullopt;
  return header.substr(start, header.find_last_not_of(' ') - start + 1);
}

std::optional<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6U) | static_cast<unsigned>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>((bits >> held) & 0xFFU);
    }
  }
  return out;
}

}  // namespace

bool equal_in_constant_time(std::string_view given, std::string_view secret) {
  // volatile: the compiler must not leave the loop at the first difference.
  volatile unsigned difference = given.size() == secret.size() ? 0U : 1U;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const char expected = secret.empty() ? '\0' : secret[i % secret.size()];
    difference =
        difference | static_cast<unsigned>(static_cast<unsigned char>(given[i]) ^ static_cast<unsigned char>(expected));
  }
  return difference == 0;
}

bool authorized(std::string_view authorization, std::string_view token) {
  if (const auto bearer = credentials(authorization, "Bearer")) return equal_in_constant_time(*bearer, token);
  if (const auto basic = credentials(authorization, "Basic")) {
    const auto pair = decode_base64(*basic);
    if (!pair) return false;
    const std::size_t colon = pair->find(':');
    return colon != std::string::npos && equal_in_constant_time(std::string_view(*pair).substr(colon + 1), token);
  }
  return false;
}

bool loopback_host(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    return end != std::string_view::npos && host.substr(1, end - 1) == "::1" &&
           (end + 1 == host.size() || host[end + 1] == ':');
  }
  host = host.substr(0, host.find(':'));
  if (equal_ignoring_case(host, "localhost")) return true;
  // 127.0.0.0/8 in dotted form; "127.0.0.1.example.org" is a name.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace pgsextant::web
