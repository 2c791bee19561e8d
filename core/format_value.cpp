// Figures for people: format_value() of core/finding.hpp.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <span>

#include "core/finding.hpp"

namespace pgsextant {
namespace {

constexpr std::string_view narrow_space = "\u202F";
constexpr double shown_below = 1000;  // three significant digits, then the next unit

struct Scale {
  double factor;
  std::string_view name;
};

constexpr std::array<Scale, 5> decimal{{{1, ""}, {1e3, "k"}, {1e6, "M"}, {1e9, "G"}, {1e12, "T"}}};
constexpr std::array<Scale, 5> decimal_per_second{{{1, "/s"}, {1e3, "k/s"}, {1e6, "M/s"}, {1e9, "G/s"}, {1e12, "T/s"}}};
constexpr std::array<Scale, 6> binary{
    {{1, "B"}, {0x1p10, "kB"}, {0x1p20, "MB"}, {0x1p30, "GB"}, {0x1p40, "TB"}, {0x1p50, "PB"}}};
constexpr std::array<Scale, 6> time_in_seconds{
    {{1e-6, "µs"}, {1e-3, "ms"}, {1, "s"}, {60, "min"}, {3600, "h"}, {86400, "d"}}};

constexpr double least_shown = 0.001;

double round_to_three_digits(double value) {
  if (std::abs(value) < least_shown) return value;
  const double step = std::pow(10, std::floor(std::log10(std::abs(value))) - 2);
  return std::round(value / step) * step;
}

/// At most three significant digits, at most three of them decimals, no trailing zeros.
std::string digits(double value) {
  if (value == 0) return "0";
  if (std::abs(value) < least_shown) return value > 0 ? "<0.001" : ">-0.001";
  const double rounded = round_to_three_digits(value);
  const int magnitude = static_cast<int>(std::floor(std::log10(std::abs(rounded)) + 1e-9));
  const int decimals = std::clamp(2 - magnitude, 0, 3);
  std::array<char, 400> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, rounded);
  std::string text(buffer.data(), static_cast<std::size_t>(length));
  if (decimals > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text;
}

/// In the smallest unit in which the value stays below the next one even when rounded: 999.9 k reads 1 M.
std::string scaled(double value, std::span<const Scale> scales) {
  std::size_t i = 0;
  for (; i + 1 < scales.size(); ++i) {
    const double limit = std::min(shown_below, scales[i + 1].factor / scales[i].factor);
    const double in_unit = value / scales[i].factor;
    if (std::abs(round_to_three_digits(in_unit)) < limit) break;
    if (std::abs(in_unit) < limit) value = std::copysign(limit * scales[i].factor, value);
  }
  std::string text = digits(value / scales[i].factor);
  if (!scales[i].name.empty()) text.append(narrow_space).append(scales[i].name);
  return text;
}

std::string with_unit(std::string text, std::string_view unit) { return text.append(narrow_space).append(unit); }

std::string time(double seconds, std::string_view unit_of_zero) {
  return seconds == 0 ? with_unit("0", unit_of_zero) : scaled(seconds, time_in_seconds);
}

}  // namespace

std::string format_value(double value, Unit unit) {
  if (!std::isfinite(value)) return "unknown";
  switch (unit) {
    case Unit::count:
    case Unit::cost: return scaled(value, decimal);
    case Unit::rows: return with_unit(scaled(value, decimal), "rows");
    case Unit::per_second: return scaled(value, decimal_per_second);
    case Unit::ratio: return with_unit(digits(value * 100), "%");
    case Unit::bytes: return scaled(value, binary);
    case Unit::milliseconds: return time(value / 1000, "ms");
    case Unit::seconds: return time(value, "s");
  }
  return "unknown";
}

}  // namespace pgsextant
