#pragma once
// pg_settings.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgsextant {

struct Setting {
  std::string name, value, unit, type, source;
  bool pending_restart = false;
};

/// Sorted by name. Values that may hold credentials (primary_conninfo and its like) are never read.
struct Settings {
  std::vector<Setting> entries;

  [[nodiscard]] const Setting* find(std::string_view name) const;
  /// In bytes or seconds where pg_settings has such a unit, else as it stands; empty when absent or not a number. What
  /// is negative has a special meaning in every setting (-1: disabled, or decided elsewhere) and is never scaled.
  [[nodiscard]] std::optional<double> number(std::string_view name) const;
  /// Empty when absent or neither on nor off.
  [[nodiscard]] std::optional<bool> flag(std::string_view name) const;
};

/// The factor from a pg_settings unit ("8kB", "ms", "min", …) to bytes or seconds; empty for a unit that is neither.
std::optional<double> base_unit_factor(std::string_view unit);

}  // namespace pgsextant
