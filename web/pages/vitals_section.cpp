// Vital signs: figure, healthy range, state and the last hour, or as much of it as is known.

#include <algorithm>

#include "web/pages/sparkline.hpp"
#include "web/pages/view.hpp"
#include "web/summary.hpp"

namespace pgsextant::web {
namespace {

constexpr std::chrono::minutes longest{60}, shortest{5};
constexpr std::chrono::seconds too_short{30};  // a few pixels that look like an alarm
constexpr std::size_t samples = 160;           // two a pixel

std::vector<SparkPoint> history_of(const std::string& id, const std::vector<VitalSample>& window) {
  std::vector<SparkPoint> points;
  for (const VitalSample& sample : window)
    for (const auto& [name, value] : sample.values)
      if (name == id) points.push_back({sample.time, value});
  return points;
}

/// Where the time axis of every sparkline begins: they share one, so that what happened together stands together.
Timestamp axis_start(const std::vector<VitalSample>& window, Timestamp now) {
  return window.empty() ? now : std::clamp<Timestamp>(window.front().time, now - longest, now - shortest);
}

Data spark(const Vital& vital, const std::vector<VitalSample>& window, Timestamp now) {
  if (window.empty() || now - window.front().time < too_short) return Data(false);
  const Timestamp from = axis_start(window, now);
  const auto points = history_of(vital.id, window);
  List lines;
  for (const std::string& line : sparkline(points, vital.unit, from, now)) lines.push_back(text(line));
  if (lines.empty()) return Data(false);
  const auto [least, most] = std::minmax_element(
      points.begin(), points.end(), [](const SparkPoint& a, const SparkPoint& b) { return a.value < b.value; });
  return Object{{"lines", lines},
                {"label", text("Last " + duration_text(now - from) + ": " + format_value(least->value, vital.unit) +
                               " to " + format_value(most->value, vital.unit))}};
}

/// A figure without a healthy range has no state to show.
Data state_of(const Vital& vital) {
  const bool trouble = vital.health == Health::warning || vital.health == Health::critical;
  if (vital.value && !trouble && vital.healthy.empty()) return Object{{"class", text("plain")}, {"word", Data(false)}};
  return mark(vital.value ? vital.health : Health::unknown);
}

}  // namespace

Data vitals_section(const PageScope& scope) {
  if (!scope.report.analysis) return Data(false);
  // Without history there are no sparklines; the foot of the page says why.
  const auto window = scope.store.window(scope.snapshot().server.name, scope.now - longest,
                                         scope.now + std::chrono::seconds(1), samples);
  const std::vector<VitalSample> none;
  List tiles;
  for (const Vital& vital : scope.report.analysis->vitals)
    tiles.push_back(Object{{"label", text(vital.label)},
                           {"value", vital.value ? figure(*vital.value, vital.unit, vital.basis) : Data(false)},
                           {"mark", state_of(vital)},
                           {"healthy", text_or_none(vital.healthy)},
                           {"source", text(vital.source)},
                           {"note", text_or_none(vital.note)},
                           {"spark", spark(vital, window ? *window : none, scope.now)}});
  return Object{{"tiles", tiles}, {"at", moment(scope.report.analysis->at, scope.now)}};
}

}  // namespace pgsextant::web
