#pragma once
// A scanner of PostgreSQL's lexical structure that never fails: what is cut short, or no SQL at all, still becomes
// tokens. It bounds a text before libpg_query sees it, and finds the literals that libpg_query leaves.

#include <cstddef>
#include <string_view>

namespace pgsextant::sql {

enum class TokenKind {
  space,
  comment,
  word,         ///< identifier or key word
  quoted_word,  ///< "identifier", U&"…"
  string,       ///< every quoted constant: '…', E'…', B'…', X'…', N'…', U&'…', $tag$…$tag$
  number,
  parameter,    ///< $1
  op,           ///< an operator, or :: or :
  punctuation,  ///< one of ( ) [ ] , ; . and any other byte
};

struct Token {
  TokenKind kind = TokenKind::space;
  std::string_view text;
  bool terminated = true;  ///< false: the text ends within it
};

/// Views into the text, which must outlive the scanner. Joined together the tokens are the text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}
  /// False, and nothing in `token`, at the end.
  bool next(Token& token);

 private:
  [[nodiscard]] char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }
  Token scan();
  Token take(TokenKind kind, std::size_t end, bool terminated = true);
  Token comment();
  Token quoted(std::size_t prefix, char quote, bool backslash_escapes);
  Token dollar();
  Token number();
  Token word_or_prefixed();
  Token operator_or_punctuation();

  std::string_view text_;
  std::size_t position_ = 0;
};

/// ASCII only, as in PostgreSQL's key words.
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace pgsextant::sql
