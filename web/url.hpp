#pragma once
// Paths: percent-encoding and splitting, before any decoding, so that a name may hold a slash.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgsextant::web {

/// One segment of a path: everything but unreserved characters (RFC 3986) is encoded.
std::string encode_segment(std::string_view text);

/// Empty when an escape is cut short or is no hexadecimal number.
std::optional<std::string> decode_segment(std::string_view text);

/// "/servers/a%2Fb?x=1" → {"servers", "a/b"}; "/" → {}. Empty when it is no path, or an escape is malformed.
std::optional<std::vector<std::string>> split_path(std::string_view target);

/// "/servers/NAME"
std::string server_path(std::string_view name);
std::string statement_path(std::string_view name, std::int64_t query);

}  // namespace pgsextant::web
