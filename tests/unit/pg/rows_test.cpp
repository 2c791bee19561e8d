#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "pg/session.hpp"

namespace pgsextant::pg {
namespace {

Rows cell(std::optional<std::string_view> value) {
  Rows rows(1, 1);
  rows.append(value);
  return rows;
}

TEST(Rows, AreAddressedByPosition) {
  Rows rows(2, 2);
  for (const auto* const text : {"a", "", "c", "d"}) rows.append(text);
  EXPECT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.columns(), 2U);
  EXPECT_EQ(rows.text(1, 0), "c");
  EXPECT_FALSE(rows.is_null(0, 1));
  EXPECT_THROW((void)rows.text(2, 0), std::out_of_range);
  EXPECT_THROW((void)rows.text(0, 2), std::out_of_range);
  EXPECT_TRUE(Rows().empty());
  EXPECT_EQ(Rows().size(), 0U);
}

TEST(Rows, NullIsTheFallback) {
  const auto rows = cell(std::nullopt);
  EXPECT_TRUE(rows.is_null(0, 0));
  EXPECT_EQ(rows.text(0, 0), "");
  EXPECT_EQ(rows.integer(0, 0, 7), 7);
  EXPECT_EQ(rows.real(0, 0, 0.5), 0.5);
  EXPECT_FALSE(rows.boolean(0, 0));
  EXPECT_FALSE(rows.maybe_integer(0, 0));
  EXPECT_FALSE(rows.maybe_real(0, 0));
  EXPECT_FALSE(rows.maybe_text(0, 0));
  EXPECT_FALSE(rows.maybe_epoch(0, 0));
  EXPECT_TRUE(rows.array(0, 0).empty());
}

TEST(Rows, NumbersAreReadWhole) {
  EXPECT_EQ(cell("-9223372036854775808").integer(0, 0), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(cell("9223372036854775807").integer(0, 0), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(cell("1e-05").real(0, 0), 1e-05);
  EXPECT_EQ(cell("0.1").real(0, 0), 0.1);
  EXPECT_TRUE(std::isnan(cell("NaN").real(0, 0)));
  EXPECT_EQ(cell("-Infinity").real(0, 0), -std::numeric_limits<double>::infinity());
  for (const auto* const text : {"", " 1", "1 ", "1.5", "x", "9223372036854775808"}) {
    EXPECT_THROW((void)cell(text).integer(0, 0), Error) << text;
  }
  for (const auto* const text : {"", "1.5x", "--1"}) EXPECT_THROW((void)cell(text).real(0, 0), Error) << text;
  EXPECT_THROW((void)cell("yes").boolean(0, 0), Error);
}

TEST(Rows, AConversionErrorDoesNotShowTheValue) {
  try {
    (void)cell("hunter2").integer(0, 0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.failure().outcome, Outcome::invalid_input);
    EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos);
  }
}

TEST(Rows, EpochIsMicroseconds) {
  // date -u -d '2026-11-21 09:37:01.123456' +%s.%N
  EXPECT_EQ(cell("1795253821.123456").maybe_epoch(0, 0)->time_since_epoch().count(), 1795253821123456);
  EXPECT_EQ(cell("-1.5").maybe_epoch(0, 0)->time_since_epoch().count(), -1500000);
  EXPECT_FALSE(cell("Infinity").maybe_epoch(0, 0));
  EXPECT_FALSE(cell("-Infinity").maybe_epoch(0, 0));
}

TEST(Rows, ArraysInPostgresSyntax) {
  const auto array = [](std::string_view text) { return cell(text).array(0, 0); };
  using List = std::vector<std::string>;
  EXPECT_EQ(array("{}"), List{});
  EXPECT_EQ(array("{1,2,3}"), (List{"1", "2", "3"}));
  EXPECT_EQ(array(R"({"a,b","c\"d","e\\f",""})"), (List{"a,b", "c\"d", "e\\f", ""}));
  EXPECT_EQ(array(R"({NULL,"NULL",null})"), (List{"", "NULL", "null"}));
  EXPECT_EQ(array("[0:1]={x,y}"), (List{"x", "y"}));
  EXPECT_EQ(array(R"({"{1}"})"), (List{"{1}"}));
  EXPECT_THROW((void)array("{{1},{2}}"), Error);
  for (const auto* const text : {"", "1", "{1", "[0:1]"}) EXPECT_THROW((void)array(text), Error) << text;
}

}  // namespace
}  // namespace pgsextant::pg
