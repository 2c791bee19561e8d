// Expected names: those that PostgreSQL 15 chose itself for CREATE INDEX without a name.
#include <gtest/gtest.h>

#include "core/index_definition.hpp"

namespace pgsextant {
namespace {

struct Case {
  std::string table;
  std::vector<std::string> keys;  ///< "(…)" is an expression
  std::vector<std::string> include;
  std::string name;
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(SuggestedName, IsPostgresqls) {
  const std::string table62 = "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgg";
  const std::vector<Case> cases{
      {"orders", {"customer_id"}, {}, "orders_customer_id_idx"},
      {"orders", {"customer_id", "created_at"}, {}, "orders_customer_id_created_at_idx"},
      {"orders", {"id"}, {"status", "Group"}, "orders_id_status_Group_idx"},
      {"orders", {"(id + 1)", "(id + 2)"}, {}, "orders_expr_expr1_idx"},
      {"short", {"(x + 1)", "expr", "(x + 2)"}, {}, "short_expr_expr1_expr2_idx"},
      {"Big \"T", {"a", "c,d"}, {}, "Big \"T_a_c,d_idx"},
      {table62 + "g", {"x"}, {}, "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeefffffff_x_idx"},
      {table62 + "g", {std::string(62, 'y')}, {}, "aaaaaaaaaabbbbbbbbbbccccccccc_yyyyyyyyyyyyyyyyyyyyyyyyyyyyy_idx"},
      {"short",
       {std::string(62, 'y'), std::string(40, 'z')},
       {},
       "short_yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy_idx"},
      {"twentynineletters_tablename_x",
       {"columns_of_more_than_thirty_bytes_xx", "cc"},
       {},
       "twentynineletters_tablename_x_columns_of_more_than_thirty_b_idx"},
      {repeated("ä", 30), {"x"}, {}, "ääääääääääääääääääääääääääää_x_idx"},
      {repeated("ä", 30), {repeated("ö", 29)}, {}, "ääääääääääääää_öööööööööööööö_idx"},
      {repeated("ä", 30), {"a" + repeated("😀", 15)}, {}, "ääääääääääääää_a😀😀😀😀😀😀😀_idx"},
  };
  for (const auto& c : cases) {
    IndexDefinition index;
    index.schema = "public";
    index.table = c.table;
    for (const auto& text : c.keys) {
      IndexKey key;
      (text.front() == '(' ? key.expression : key.column) = text;
      index.keys.push_back(key);
    }
    index.include = c.include;
    EXPECT_EQ(suggested_name(index), c.name);
    EXPECT_LE(suggested_name(index).size(), 63U);
  }
}

// A column twice (a, b INCLUDE a): the second gets a number.
TEST(SuggestedName, NumbersRepeatedColumns) {
  IndexDefinition index;
  index.table = "t";
  index.keys.resize(1);
  index.keys[0].column = "a";
  index.include = {"a"};
  EXPECT_EQ(suggested_name(index), "t_a_a1_idx");
}

}  // namespace
}  // namespace pgsextant
