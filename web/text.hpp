#pragma once
// Text that came from a watched server, made safe to show: its names and statements are anybody's bytes.

#include <cstddef>
#include <string>
#include <string_view>

namespace pgsextant::web {

/// Every byte that is not part of a well-formed UTF-8 sequence becomes U+FFFD; the rest is unchanged.
std::string valid_utf8(std::string_view text);

/// For a page: valid UTF-8 without control characters other than tab and line feed, and with the characters that
/// reorder what is around them (U+202A … U+202E, U+2066 … U+2069, U+200E, U+200F, U+061C) spelled out as "[U+202E]": a
/// name or a statement must read as what it is.
std::string displayable(std::string_view text);

/// SQL in one line: white space collapsed, the middle left out ("SELECT a, … LIMIT $1") beyond `limit` characters.
std::string one_line(std::string_view sql, std::size_t limit);

}  // namespace pgsextant::web
