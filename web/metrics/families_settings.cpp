// Numeric and boolean settings, named and scaled as postgres_exporter does: the unit becomes a suffix.

#include <charconv>
#include <optional>
#include <string>

#include "web/metrics/families.hpp"

namespace pgsextant::web {
namespace {

struct Value {
  double value = 0;
  std::string_view suffix;
};

std::optional<double> parse(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

bool is_time(std::string_view unit) {
  return unit == "us" || unit == "ms" || unit == "s" || unit == "min" || unit == "h" || unit == "d";
}

std::optional<Value> value_of(const Setting& setting) {
  if (setting.type == "bool") {
    if (setting.value != "on" && setting.value != "off") return std::nullopt;
    return Value{setting.value == "on" ? 1.0 : 0.0, ""};
  }
  if (setting.type != "integer" && setting.type != "real") return std::nullopt;
  const auto value = parse(setting.value);
  if (!value) return std::nullopt;
  if (setting.unit.empty()) return Value{*value, ""};
  const auto factor = base_unit_factor(setting.unit);
  if (!factor) return std::nullopt;
  // -1 means "off" or "automatic" wherever it appears; it is not a quantity to scale.
  return Value{*value == -1 ? -1 : *value * *factor, is_time(setting.unit) ? "_seconds" : "_bytes"};
}

/// Extensions name settings "prefix.name"; a metric has letters, digits and underscores.
std::string metric_name(const Setting& setting, std::string_view suffix) {
  std::string name = "pg_settings_";
  for (const char c : setting.name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    name += plain ? c : '_';
  }
  return name.append(suffix);
}

}  // namespace

void add_settings_families(const ServerScope& scope) {
  const auto& part = scope.snapshot().settings;
  if (!current(scope, part, Cadence::hours)) return;
  for (const Setting& setting : part->entries)
    if (const auto value = value_of(setting))
      scope.out.gauge(metric_name(setting, value->suffix), "Server Parameter, from pg_settings.").add({}, value->value);
}

}  // namespace pgsextant::web
