#include "core/model/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace pgsextant {
namespace {

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

}  // namespace

const Setting* Settings::find(std::string_view name) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

std::optional<double> Settings::number(std::string_view name) const {
  const auto* setting = find(name);
  if (setting == nullptr) return std::nullopt;
  const auto number = parse_number(setting->value);
  if (!number || *number < 0 || setting->unit.empty()) return number;
  const auto factor = base_unit_factor(setting->unit);
  return factor ? std::optional(*number * *factor) : std::nullopt;
}

std::optional<bool> Settings::flag(std::string_view name) const {
  const auto* setting = find(name);
  if (setting == nullptr || (setting->value != "on" && setting->value != "off")) return std::nullopt;
  return setting->value == "on";
}

std::optional<double> base_unit_factor(std::string_view unit) {
  static constexpr std::array<std::pair<std::string_view, double>, 11> factors{{{"B", 1},
                                                                                {"kB", 1024},
                                                                                {"MB", 1048576},
                                                                                {"GB", 1073741824},
                                                                                {"TB", 1099511627776},
                                                                                {"us", 1e-6},
                                                                                {"ms", 1e-3},
                                                                                {"s", 1},
                                                                                {"min", 60},
                                                                                {"h", 3600},
                                                                                {"d", 86400}}};
  // "8kB" is eight of "kB": the page size, or that of a WAL segment, belongs to the unit.
  const auto digits = std::min(unit.find_first_not_of("0123456789"), unit.size());
  const auto multiple = digits == 0 ? std::optional(1.0) : parse_number(unit.substr(0, digits));
  const auto name = unit.substr(digits);
  const auto* const found =
      std::find_if(factors.begin(), factors.end(), [&](const auto& f) { return f.first == name; });
  if (!multiple || found == factors.end()) return std::nullopt;
  return *multiple * found->second;
}

}  // namespace pgsextant
