#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "core/finding.hpp"

namespace pgsextant {
namespace {

struct Case {
  double value;
  Unit unit;
  std::string text;  ///< with '~' for the narrow no-break space
};

std::string with_spaces(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '~' ? "\u202F" : std::string(1, c);
  return out;
}

void expect_all(const std::vector<Case>& cases) {
  for (const auto& c : cases) EXPECT_EQ(format_value(c.value, c.unit), with_spaces(c.text)) << c.value;
}

TEST(FormatValue, Counts) {
  expect_all({
      {0, Unit::count, "0"},
      {-0.0, Unit::count, "0"},
      {1, Unit::count, "1"},
      {12, Unit::count, "12"},
      {999, Unit::count, "999"},
      {999.4, Unit::count, "999"},
      {999.5, Unit::count, "1~k"},  // rounded first: never "1000"
      {1000, Unit::count, "1~k"},
      {1234, Unit::count, "1.23~k"},
      {12345, Unit::count, "12.3~k"},
      {123456, Unit::count, "123~k"},
      {999499, Unit::count, "999~k"},
      {999500, Unit::count, "1~M"},
      {1.2e6, Unit::count, "1.2~M"},
      {3e9, Unit::count, "3~G"},
      {4.5e12, Unit::count, "4.5~T"},
      {0.5, Unit::count, "0.5"},
      {0.1234, Unit::count, "0.123"},
      {0.00999, Unit::count, "0.01"},
      {0.001, Unit::count, "0.001"},
      {0.0004, Unit::count, "<0.001"},
      {-0.0004, Unit::count, ">-0.001"},
      {-1234, Unit::count, "-1.23~k"},
      {1.005, Unit::count, "1"},  // the double nearest to 1.005 lies below it
      {5.16e6, Unit::cost, "5.16~M"},
      {1.2e6, Unit::rows, "1.2~M~rows"},
      {7, Unit::rows, "7~rows"},
      {1200, Unit::per_second, "1.2~k/s"},
      {12.34, Unit::per_second, "12.3~/s"},
  });
}

TEST(FormatValue, RatiosArePercent) {
  expect_all({
      {0, Unit::ratio, "0~%"},
      {1, Unit::ratio, "100~%"},
      {0.975, Unit::ratio, "97.5~%"},
      {0.99949, Unit::ratio, "99.9~%"},
      {0.5, Unit::ratio, "50~%"},
      {0.00123, Unit::ratio, "0.123~%"},
      {0.000001, Unit::ratio, "<0.001~%"},
      {4.04, Unit::ratio, "404~%"},
      {12.345, Unit::ratio, "1230~%"},
  });
}

TEST(FormatValue, BytesScaleBy1024) {
  expect_all({
      {0, Unit::bytes, "0~B"},
      {512, Unit::bytes, "512~B"},
      {1000, Unit::bytes, "0.977~kB"},  // 1000 / 1024 = 0.9765…: never four digits
      {1024, Unit::bytes, "1~kB"},
      {8192, Unit::bytes, "8~kB"},
      {1048576, Unit::bytes, "1~MB"},
      {432013312, Unit::bytes, "412~MB"},
      {1610612736, Unit::bytes, "1.5~GB"},
      {2199023255552.0, Unit::bytes, "2~TB"},
      {-10485760, Unit::bytes, "-10~MB"},
  });
}

TEST(FormatValue, TimesScaleFromMicrosecondsToDays) {
  expect_all({
      {0, Unit::milliseconds, "0~ms"},
      {0, Unit::seconds, "0~s"},
      {1.24, Unit::milliseconds, "1.24~ms"},
      {0.24, Unit::milliseconds, "240~µs"},
      {0.0005, Unit::milliseconds, "0.5~µs"},
      {999.4, Unit::milliseconds, "999~ms"},
      {999.9, Unit::milliseconds, "1~s"},
      {3100, Unit::milliseconds, "3.1~s"},
      {3.1, Unit::seconds, "3.1~s"},
      {59.94, Unit::seconds, "59.9~s"},
      {59.97, Unit::seconds, "1~min"},
      {90, Unit::seconds, "1.5~min"},
      {3600, Unit::seconds, "1~h"},
      {5400, Unit::seconds, "1.5~h"},
      {86400, Unit::seconds, "1~d"},
      {30.0 * 86400, Unit::seconds, "30~d"},
      {0.005, Unit::seconds, "5~ms"},
      {-2.5, Unit::seconds, "-2.5~s"},
  });
}

TEST(FormatValue, WhatIsNotFiniteIsUnknown) {
  EXPECT_EQ(format_value(std::numeric_limits<double>::quiet_NaN(), Unit::bytes), "unknown");
  EXPECT_EQ(format_value(-std::numeric_limits<double>::infinity(), Unit::ratio), "unknown");
}

TEST(FormatValue, SurvivesTheLargestDouble) {
  EXPECT_FALSE(format_value(std::numeric_limits<double>::max(), Unit::bytes).empty());
  EXPECT_EQ(format_value(std::numeric_limits<double>::denorm_min(), Unit::count), "<0.001");
}

}  // namespace
}  // namespace pgsextant
