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
  /// The value in the setting's base unit (bytes, seconds), as pg_settings' unit says; empty when absent or not a number.
  [[nodiscard]] std::optional<double> number(std::string_view name) const;
  /// Empty when absent or not a boolean.
  [[nodiscard]] std::optional<bool> flag(std::string_view name) const;
};

/// The factor from a pg_settings unit ("8kB", "ms", "min", …) to bytes or seconds; empty for a unit that is neither.
std::optional<double> base_unit_factor(std::string_view unit);

}  // namespace pgsextant
