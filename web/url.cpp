#include "web/url.hpp"

#include <charconv>

namespace pgsextant::web {
namespace {

constexpr std::string_view unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
constexpr std::string_view hexadecimal = "0123456789ABCDEF";

}  // namespace

std::string encode_segment(std::string_view text) {
  // "." and ".." are navigation for a browser, encoded or not, so no link could name them; no server is called so.
  std::string out;
  for (const char c : text) {
    if (unreserved.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hexadecimal[byte >> 4U];
    out += hexadecimal[byte & 0x0FU];
  }
  return out;
}

std::optional<std::string> decode_segment(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    unsigned value = 0;
    const char* const end = text.data() + i + 3;
    if (std::from_chars(text.data() + i + 1, end, value, 16).ptr != end) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

std::optional<std::vector<std::string>> split_path(std::string_view target) {
  target = target.substr(0, target.find_first_of("?#"));
  if (target.empty() || target.front() != '/') return std::nullopt;
  target.remove_prefix(1);
  std::vector<std::string> segments;
  while (!target.empty()) {
    const std::size_t slash = target.find('/');
    auto segment = decode_segment(target.substr(0, slash));
    if (!segment) return std::nullopt;
    segments.push_back(std::move(*segment));
    target = slash == std::string_view::npos ? std::string_view{} : target.substr(slash + 1);
  }
  return segments;
}

std::string server_path(std::string_view name) { return "/servers/" + encode_segment(name); }

std::string statement_path(std::string_view name, std::int64_t query) {
  return server_path(name) + "/statements/" + std::to_string(query);
}

}  // namespace pgsextant::web
