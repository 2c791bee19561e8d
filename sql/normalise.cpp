// normalise(): libpg_query replaces the constants of expressions; what it leaves (utility statements, comments, texts
// that do not parse) is masked token by token.

#include <pg_query.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sql/big_stack.hpp"
#include "sql/bounds.hpp"
#include "sql/parse.hpp"
#include "sql/scan.hpp"
#include "sql/tree.hpp"

namespace pgsextant::sql {
namespace {

constexpr std::string_view our_marker = "/* pgsextant */";

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// With standard_conforming_strings off, a backslash before the closing quote of '…' escapes it and the constant goes
/// on.
bool is_doubtful(const Token& token) {
  return token.kind == TokenKind::string && token.text.front() == '\'' &&
         token.text.find("\\'") != std::string_view::npos;
}

bool has_doubtful_constant(std::string_view text) {
  Scanner scanner(text);
  Token token;
  while (scanner.next(token)) {
    if (is_doubtful(token)) return true;
  }
  return false;
}

/// Builds the masked text token by token.
class Mask {
 public:
  /// `kept`: offsets of numbers that are no values. `doubtful`: nothing behind a doubtful constant may be shown.
  Mask(std::string_view text, const std::set<std::size_t>& kept, bool doubtful)
      : text_(text), kept_(kept), doubtful_(doubtful), next_(highest_parameter(text) + 1) {}

  std::string run() {
    Scanner scanner(text_);
    Token token;
    while (scanner.next(token)) {
      if (!add(token)) break;
    }
    while (!out_.empty() && (out_.back() == ' ' || out_.back() == '\n' || out_.back() == '\t' || out_.back() == '\r')) {
      out_.pop_back();
    }
    return std::move(out_);
  }

 private:
  /// False: nothing more may be shown.
  bool add(const Token& token) {
    const auto offset = static_cast<std::size_t>(token.text.data() - text_.data());
    switch (token.kind) {
      case TokenKind::comment:
        if (offset == 0 && token.text == our_marker) {
          out_ += our_marker;
        } else if (!out_.empty() && out_.back() != ' ' && out_.back() != '\n') {
          space(" ");
        }
        return true;
      case TokenKind::space: return space(token.text), true;
      case TokenKind::string: {
        if (!(after_string_ && continues_)) literal();
        after_string_ = true;
        continues_ = false;
        return !(doubtful_ && is_doubtful(token));
      }
      case TokenKind::number:
        if (!kept_.contains(offset)) {
          literal();
          return after_string_ = false, true;
        }
        break;
      default: break;
    }
    after_string_ = false;
    if (after_literal_ && is_word_character(token.text.front())) out_ += ' ';
    after_literal_ = false;
    out_ += token.text;
    return true;
  }

  void space(std::string_view text) {
    // 'a' <newline> 'b' is one constant.
    if (text.find('\n') != std::string_view::npos) continues_ = true;
    after_literal_ = false;
    if (out_.empty()) return;
    for (const char c : text) out_ += c == '\0' ? ' ' : c;
  }
  void literal() {
    if (!out_.empty() && is_word_character(out_.back())) out_ += ' ';
    out_ += '$';
    out_ += std::to_string(next_++);
    after_literal_ = true;
    continues_ = false;
  }

  std::string_view text_;
  const std::set<std::size_t>& kept_;
  bool doubtful_;
  std::int64_t next_;
  std::string out_;
  bool after_string_ = false, continues_ = false, after_literal_ = false;
};

/// Offsets of integers that are structure, not values, and without which a statement can no longer be planned: type
/// modifiers (numeric(10,2)) and positions in ORDER BY and GROUP BY. None in utility statements.
std::set<std::size_t> structural_numbers(std::string_view text) {
  std::set<std::size_t> offsets;
  const auto tree = Tree::parse(text);
  if (!tree) return offsets;
  const auto keep = [&](const Node* node) {
    if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_A_CONST) return;
    if (node->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL && node->a_const->location >= 0) {
      offsets.insert(static_cast<std::size_t>(node->a_const->location));
    }
  };
  for (std::size_t i = 0; i < tree->size(); ++i) {
    switch (tree->statement(i).node_case) {
      case PG_QUERY__NODE__NODE_SELECT_STMT:
      case PG_QUERY__NODE__NODE_INSERT_STMT:
      case PG_QUERY__NODE__NODE_UPDATE_STMT:
      case PG_QUERY__NODE__NODE_DELETE_STMT:
      case PG_QUERY__NODE__NODE_MERGE_STMT: break;
      default: continue;
    }
    for_each_message(tree->statement(i).base, [&](const Message& message) {
      if (const auto* type = as<PgQuery__TypeName>(message, pg_query__type_name__descriptor)) {
        for (const Node* modifier : list(type->typmods, type->n_typmods)) keep(modifier);
      } else if (const auto* sort = as<PgQuery__SortBy>(message, pg_query__sort_by__descriptor)) {
        keep(sort->node);
      } else if (const auto* select = as<PgQuery__SelectStmt>(message, pg_query__select_stmt__descriptor)) {
        for (const Node* group : list(select->group_clause, select->n_group_clause)) keep(group);
      }
      return true;
    });
  }
  return offsets;
}

/// Empty when libpg_query cannot parse the text.
std::optional<std::string> replace_constants(const std::string& text) {
  const PgQueryNormalizeResult result = pg_query_normalize(text.c_str());
  std::optional<std::string> replaced;
  if (result.error == nullptr && result.normalized_query != nullptr) replaced = result.normalized_query;
  pg_query_free_normalize_result(result);
  return replaced;
}

/// The text with U+FFFD for every byte that is no UTF-8, so that whoever shows it need not check.
std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_character(text, i);
    if (length == 0) {
      valid += "\xEF\xBF\xBD";
      ++i;
    } else {
      valid += text.substr(i, length);
      i += length;
    }
  }
  return valid;
}

}  // namespace

std::int64_t highest_parameter(std::string_view text) {
  std::int64_t highest = 0;
  Scanner scanner(text);
  Token token;
  while (scanner.next(token)) {
    if (token.kind != TokenKind::parameter) continue;
    std::int32_t number = 0;
    const auto digits = token.text.substr(1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc{}) highest = std::max<std::int64_t>(highest, number);
  }
  return highest;
}

std::string normalise(std::string_view text) {
  std::string masked;
  const auto mask_all = [&] { masked = Mask(valid_utf8(text), {}, true).run(); };
  if (check_bounds(text) || has_doubtful_constant(text)) {
    mask_all();
    return masked;
  }
  on_big_stack([&] {
    if (const auto replaced = replace_constants(std::string(text))) {
      masked = Mask(*replaced, structural_numbers(*replaced), false).run();
    } else {
      mask_all();
    }
  });
  return masked;
}

}  // namespace pgsextant::sql
