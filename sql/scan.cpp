#include "sql/scan.hpp"

#include <algorithm>

namespace pgsextant::sql {
namespace {

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return is_word_start(c) || is_digit(c) || c == '$'; }
bool is_operator(char c) { return std::string_view("+-*/<>=~!@#%^&|`?:").find(c) != std::string_view::npos; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool Scanner::next(Token& token) {
  if (position_ >= text_.size()) return false;
  token = scan();
  return true;
}

Token Scanner::scan() {
  const char c = at(position_);
  const char after = at(position_ + 1);
  if (is_space(c)) {
    std::size_t end = position_;
    while (end < text_.size() && is_space(text_[end])) ++end;
    return take(TokenKind::space, end);
  }
  if ((c == '-' && after == '-') || (c == '/' && after == '*')) return comment();
  if (c == '\'') return quoted(0, '\'', false);
  if (c == '"') return quoted(0, '"', false);
  if (c == '$') return dollar();
  if (is_digit(c) || (c == '.' && is_digit(after))) return number();
  if (is_word_start(c)) return word_or_prefixed();
  return operator_or_punctuation();
}

Token Scanner::take(TokenKind kind, std::size_t end, bool terminated) {
  const Token token{kind, text_.substr(position_, end - position_), terminated};
  position_ = end;
  return token;
}

Token Scanner::comment() {
  std::size_t end = position_ + 2;
  if (at(position_) == '-') {
    while (end < text_.size() && text_[end] != '\n' && text_[end] != '\r') ++end;
    return take(TokenKind::comment, end);
  }
  for (int depth = 1; end < text_.size();) {  // they nest
    if (text_[end] == '*' && at(end + 1) == '/') {
      end += 2;
      if (--depth == 0) return take(TokenKind::comment, end);
    } else if (text_[end] == '/' && at(end + 1) == '*') {
      end += 2;
      ++depth;
    } else {
      ++end;
    }
  }
  return take(TokenKind::comment, end, false);
}

Token Scanner::quoted(std::size_t prefix, char quote, bool backslash_escapes) {
  const auto kind = quote == '"' ? TokenKind::quoted_word : TokenKind::string;
  for (std::size_t end = position_ + prefix + 1; end < text_.size(); ++end) {
    if (backslash_escapes && text_[end] == '\\') {
      ++end;
    } else if (text_[end] == quote) {
      if (at(end + 1) != quote) return take(kind, end + 1);
      ++end;
    }
  }
  return take(kind, text_.size(), false);
}

Token Scanner::dollar() {
  std::size_t end = position_ + 1;
  if (is_digit(at(end))) {
    while (is_digit(at(end))) ++end;
    return take(TokenKind::parameter, end);
  }
  while (end < text_.size() && is_word(text_[end]) && text_[end] != '$') ++end;
  if (at(end) != '$') return take(TokenKind::punctuation, position_ + 1);
  const std::string_view tag = text_.substr(position_, end + 1 - position_);
  const std::size_t close = text_.find(tag, end + 1);
  if (close == std::string_view::npos) return take(TokenKind::string, text_.size(), false);
  return take(TokenKind::string, close + tag.size());
}

// Generous: letters that follow at once belong to it, as in 0x1F, 1e5, 1_000 and in what was cut out of something else.
Token Scanner::number() {
  std::size_t end = position_;
  while (end < text_.size()) {
    const char c = text_[end];
    const char before = end > position_ ? lower(text_[end - 1]) : '\0';
    const bool exponent_sign =
        (c == '+' || c == '-') && before == 'e' && is_digit(at(end + 1)) && lower(at(position_ + 1)) != 'x';
    const bool range = c == '.' && at(end + 1) == '.';
    const bool belongs = is_word(c) || (c == '.' && !range) || exponent_sign;
    if (!belongs) break;
    ++end;
  }
  return take(TokenKind::number, end);
}

Token Scanner::word_or_prefixed() {
  const char c = lower(at(position_));
  const char after = at(position_ + 1);
  if (after == '\'' && (c == 'e' || c == 'b' || c == 'x' || c == 'n')) return quoted(1, '\'', c == 'e');
  if (c == 'u' && after == '&' && (at(position_ + 2) == '\'' || at(position_ + 2) == '"')) {
    return quoted(2, at(position_ + 2), false);
  }
  std::size_t end = position_;
  while (end < text_.size() && is_word(text_[end])) ++end;
  return take(TokenKind::word, end);
}

Token Scanner::operator_or_punctuation() {
  std::size_t end = position_;
  while (end < text_.size() && is_operator(text_[end])) {
    const bool comment_begins = (text_[end] == '-' && at(end + 1) == '-') || (text_[end] == '/' && at(end + 1) == '*');
    if (comment_begins) break;
    ++end;
  }
  if (end == position_) return take(TokenKind::punctuation, position_ + 1);
  return take(TokenKind::op, end);
}

}  // namespace pgsextant::sql
