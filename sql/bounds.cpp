#include "sql/bounds.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sql/parse.hpp"
#include "sql/scan.hpp"

namespace pgsextant::sql {
namespace {

Failure refused(std::string message) {
  return {Outcome::invalid_input, std::move(message), "only whole statements of ordinary size are parsed"};
}

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [word](std::string_view w) { return equals_ignoring_case(word, w); });
}

/// An upper bound of a parse tree's depth, without parsing. Brackets and CASE nest. Operators chain: 1+1+1 is as deep
/// as it is long; a comma, AND, OR or an arm of CASE starts another chain (the grammar makes lists of those). Joins and
/// set operations chain across commas.
class NestingBound {
 public:
  void add(const Token& token) {
    if (token.kind == TokenKind::word) return add_word(token.text);
    if (token.kind == TokenKind::op) return chain();
    if (token.kind != TokenKind::punctuation) return;
    switch (token.text.front()) {
      case '(':
      case '[': return open();
      case ')':
      case ']': return close();
      case ',': return restart();
      default: return;
    }
  }
  [[nodiscard]] std::size_t deepest() const { return deepest_; }

 private:
  struct Level {
    std::size_t operators = 0, structure = 0;
  };

  void add_word(std::string_view word) {
    static constexpr std::array<std::string_view, 5> lists{"and", "or", "when", "then", "else"};
    static constexpr std::array<std::string_view, 5> operators{"not", "collate", "at", "operator", "is"};
    static constexpr std::array<std::string_view, 4> structure{"join", "union", "intersect", "except"};
    if (word.size() < 2 || word.size() > 9) return;
    if (is_one_of(word, lists)) return restart();
    if (is_one_of(word, operators)) return chain();
    if (equals_ignoring_case(word, "case")) return open();
    if (equals_ignoring_case(word, "end")) return close();
    if (is_one_of(word, structure)) {
      ++levels_.back().structure;
      grow();
    }
  }
  void chain() {
    ++levels_.back().operators;
    grow();
  }
  void restart() {
    depth_ -= levels_.back().operators;
    levels_.back().operators = 0;
  }
  void open() {
    levels_.emplace_back();
    grow();
  }
  void close() {
    if (levels_.size() == 1) return;
    depth_ -= levels_.back().operators + levels_.back().structure + 1;
    levels_.pop_back();
  }
  void grow() { deepest_ = std::max(deepest_, ++depth_); }

  std::vector<Level> levels_{1};
  std::size_t depth_ = 0, deepest_ = 0;
};

}  // namespace

std::size_t utf8_character(std::string_view text, std::size_t position) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[position + i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || position + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = byte(1);  // overlong forms, surrogates, beyond U+10FFFF
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;
  if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;
  return length;
}

std::optional<Failure> check_bounds(std::string_view text) {
  if (text.size() > max_length) return refused("statement longer than " + std::to_string(max_length) + " bytes");
  if (text.find('\0') != std::string_view::npos) return refused("statement contains a NUL byte");
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_character(text, i);
    if (length == 0) return refused("statement is not valid UTF-8");
    i += length;
  }
  NestingBound nesting;
  std::size_t tokens = 0;
  Scanner scanner(text);
  Token token;
  while (scanner.next(token)) {
    if (token.kind == TokenKind::space || token.kind == TokenKind::comment) continue;
    if (++tokens > max_tokens) return refused("statement of more than " + std::to_string(max_tokens) + " tokens");
    nesting.add(token);
    if (nesting.deepest() > max_nesting) {
      return refused("statement nested deeper than " + std::to_string(max_nesting) + " levels");
    }
  }
  return std::nullopt;
}

}  // namespace pgsextant::sql
