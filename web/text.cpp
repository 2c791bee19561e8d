#include "web/text.hpp"

#include <array>
#include <cstdint>
#include <cstdio>

namespace pgsextant::web {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// One character, or one byte that is none.
struct Decoded {
  char32_t code = 0;
  std::size_t length = 1;
  bool valid = false;
};

/// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  std::size_t length = 0;
  char32_t code = 0;
  char32_t least = 0;
  if ((lead & 0xE0U) == 0xC0) {
    length = 2, code = lead & 0x1FU, least = 0x80;
  } else if ((lead & 0xF0U) == 0xE0) {
    length = 3, code = lead & 0x0FU, least = 0x800;
  } else if ((lead & 0xF8U) == 0xF0) {
    length = 4, code = lead & 0x07U, least = 0x10000;
  } else {
    return {};
  }
  if (text.size() < length) return {};
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, length, true};
}

bool reorders(char32_t code) {
  return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E || code == 0x200F ||
         code == 0x061C;
}

bool control(char32_t code) {
  return (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7F && code < 0xA0) || code == 0x2028 ||
         code == 0x2029;
}

std::string spelled_out(char32_t code) {
  std::array<char, 16> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "[U+%04X]", static_cast<unsigned>(code));
  return {buffer.data(), static_cast<std::size_t>(length)};
}

template <class Each>
void for_each_character(std::string_view text, Each&& each) {
  while (!text.empty()) {
    const Decoded character = decode(text);
    each(character, text.substr(0, character.length));
    text.remove_prefix(character.length);
  }
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_character(text, [&](const Decoded& c, std::string_view bytes) { out += c.valid ? bytes : replacement; });
  return out;
}

std::string displayable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for_each_character(text, [&](const Decoded& c, std::string_view bytes) {
    if (!c.valid || control(c.code)) {
      out += replacement;
    } else if (reorders(c.code)) {
      out += spelled_out(c.code);
    } else {
      out += bytes;
    }
  });
  return out;
}

std::string one_line(std::string_view sql, std::size_t limit) {
  std::u32string characters;
  bool space = false;
  for_each_character(sql, [&](const Decoded& c, std::string_view) {
    if (c.valid && (c.code == ' ' || (c.code >= '\t' && c.code <= '\r'))) {
      space = !characters.empty();
      return;
    }
    if (space) characters += U' ';
    space = false;
    characters += c.valid ? c.code : char32_t{0xFFFD};
  });
  if (characters.size() > limit) {
    const std::size_t head = (limit * 2) / 3;
    const std::size_t tail = limit - head - 3;
    characters = characters.substr(0, head) + U" … " + characters.substr(characters.size() - tail);
  }
  std::string out;
  for (const char32_t c : characters) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += static_cast<char>(0xC0U | (c >> 6U));
      out += static_cast<char>(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
      out += static_cast<char>(0xE0U | (c >> 12U));
      out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
      out += static_cast<char>(0x80U | (c & 0x3FU));
    } else {
      out += static_cast<char>(0xF0U | (c >> 18U));
      out += static_cast<char>(0x80U | ((c >> 12U) & 0x3FU));
      out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
      out += static_cast<char>(0x80U | (c & 0x3FU));
    }
  }
  return out;
}

}  // namespace pgsextant::web
