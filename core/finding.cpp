#include "core/finding.hpp"

namespace pgsextant {
namespace {

void append_escaped(std::string& key, std::string_view part) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '/' || c == '%' || byte < 0x20 || byte == 0x7F) {
      key += '%';
      key += hex[byte >> 4];
      key += hex[byte & 0xF];
    } else {
      key += c;
    }
  }
}

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info: return "info";
    case Severity::warning: return "warning";
    case Severity::critical: return "critical";
  }
  return "unknown";
}

std::string_view to_string(Basis basis) {
  switch (basis) {
    case Basis::measured: return "measured";
    case Basis::estimated: return "estimated";
  }
  return "unknown";
}

std::string make_key(std::string_view rule, const ObjectRef& object, std::string_view detail) {
  std::string key;
  append_escaped(key, rule);
  for (const std::string_view part :
       {std::string_view(object.database), std::string_view(object.kind), std::string_view(object.name)}) {
    key += '/';
    append_escaped(key, part);
  }
  if (!detail.empty()) {
    key += '/';
    append_escaped(key, detail);
  }
  return key;
}

}  // namespace pgsextant
