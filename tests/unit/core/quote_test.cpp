// Expected values: quote_ident() and quote_literal() of PostgreSQL 15.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/index_definition.hpp"

namespace pgsextant {
namespace {

using Table = std::vector<std::pair<std::string, std::string>>;

TEST(QuoteIdentifier, IsPostgresqls) {
  const Table table{
      {"orders", "orders"},
      {"order_id", "order_id"},
      {"_x", "_x"},
      {"Orders", R"("Orders")"},
      {"1st", R"("1st")"},
      {"a$b", "\"a$b\""},
      {"a b", "\"a b\""},
      {R"(a"b)", R"("a""b")"},
      {R"("")", R"("""""")"},
      {"new\nline", "\"new\nline\""},
      {"tab\there", "\"tab\there\""},
      {"größe", "\"größe\""},
      {"😀", "\"😀\""},
      {"", "\"\""},
      {"a'b", "\"a'b\""},
      {R"(a\b)", R"("a\b")"},
      {"a.b", "\"a.b\""},
      {std::string(63, 'x'), std::string(63, 'x')},
  };
  for (const auto& [name, quoted] : table) EXPECT_EQ(quote_identifier(name), quoted);
}

TEST(QuoteIdentifier, QuotesKeywordsUnlessUnreserved) {
  for (const std::string word : {"order", "table", "between", "select", "user", "values", "left", "int", "timestamp",
                                 "authorization", "all", "xmltable", "json_table", "merge_action", "system_user"})
    EXPECT_EQ(quote_identifier(word), "\"" + word + "\"");
  for (const std::string word : {"name", "value", "abs", "index", "type", "key", "date"})
    EXPECT_EQ(quote_identifier(word), word);
}

TEST(QuoteLiteral, IsPostgresqls) {
  const Table table{
      {"a", "'a'"},  {"it's", "'it''s'"}, {"a\\b", "E'a\\\\b'"}, {"", "''"},     {"\\", "E'\\\\'"},
      {"'", "''''"}, {"''", "''''''"},    {"\nl", "'\nl'"},      {"😀", "'😀'"}, {"a\\'b", "E'a\\\\''b'"},
  };
  for (const auto& [text, quoted] : table) EXPECT_EQ(quote_literal(text), quoted);
}

}  // namespace
}  // namespace pgsextant
