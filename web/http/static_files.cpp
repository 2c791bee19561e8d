#include "web/http/static_files.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

#include "core/embedded.hpp"

namespace pgsextant::web {
namespace {

const EmbeddedFile* find(std::string_view name) {
  for (const auto& file : embedded_files())
    if (file.name.starts_with("static/") && file.name.substr(7) == name) return &file;
  return nullptr;
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  return "application/octet-stream";
}

}  // namespace

std::string content_hash(std::string_view content) {
  std::uint64_t hash = 14695981039346656037U;  // FNV-1a
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(hash));
  return digits.data();
}

std::string static_path(std::string_view name) {
  const EmbeddedFile* const file = find(name);
  const std::string path = "/static/" + std::string(name);
  return file == nullptr ? path : path + "?v=" + content_hash(file->content);
}

std::optional<Response> static_file(std::string_view name, const Request& request) {
  const EmbeddedFile* const file = find(name);
  if (file == nullptr) return std::nullopt;
  const std::string hash = content_hash(file->content);
  const std::string tag = "W/\"" + hash + "\"";  // weak: the bytes differ when compressed
  Response response;
  response.headers.emplace_back("ETag", tag);
  const bool versioned = request.target.ends_with("?v=" + hash);
  response.headers.emplace_back("Cache-Control", versioned ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.if_none_match.find(hash) != std::string::npos) {
    response.status = 304;
    return response;
  }
  response.content_type = type_of(name);
  response.body = file->content;
  return response;
}

}  // namespace pgsextant::web
