#include "web/pages/sparkline.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace pgsextant::web {
namespace {

constexpr double width = 80;
constexpr double height = 20;
constexpr double margin = 1.5;  // half a stroke, so that extremes are not cut

struct Range {
  double low = 0, high = 1;
};

Range range_of(const std::vector<SparkPoint>& points, Unit unit) {
  const auto [least, most] = std::minmax_element(
      points.begin(), points.end(), [](const SparkPoint& a, const SparkPoint& b) { return a.value < b.value; });
  if (unit != Unit::ratio)
    return {std::min(0.0, least->value), most->value > least->value || most->value > 0 ? most->value : 1};
  constexpr double least_span = 0.05;
  const double missing = std::max(0.0, least_span - (most->value - least->value));
  return {least->value - missing / 2, most->value + missing / 2};
}

/// Three times the usual distance of samples means that some are missing; the store thins out evenly.
std::chrono::microseconds widest_step(const std::vector<SparkPoint>& points) {
  std::vector<std::chrono::microseconds> steps;
  for (std::size_t i = 1; i < points.size(); ++i) steps.push_back(points[i].time - points[i - 1].time);
  if (steps.empty()) return {};
  std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2), steps.end());
  return std::max<std::chrono::microseconds>(steps[steps.size() / 2] * 3, std::chrono::seconds(60));
}

}  // namespace

std::vector<std::string> sparkline(const std::vector<SparkPoint>& points, Unit unit, Timestamp from, Timestamp to) {
  if (points.size() < 2 || to <= from) return {};
  const Range range = range_of(points, unit);
  const auto gap = widest_step(points);
  const double span = std::chrono::duration<double>(to - from).count();
  const double scale = range.high > range.low ? (height - 2 * margin) / (range.high - range.low) : 0;

  std::vector<std::string> lines;
  std::size_t in_line = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i == 0 || points[i].time - points[i - 1].time > gap) {
      if (in_line == 1) lines.pop_back();  // a single point draws nothing
      lines.emplace_back();
      in_line = 0;
    }
    const double x = std::clamp(std::chrono::duration<double>(points[i].time - from).count() / span, 0.0, 1.0) * width;
    const double y = height - margin - (points[i].value - range.low) * scale;
    std::array<char, 64> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%s%.1f,%.1f", in_line == 0 ? "" : " ", x, y);
    lines.back() += buffer.data();
    ++in_line;
  }
  if (in_line == 1) lines.pop_back();
  return lines;
}

}  // namespace pgsextant::web
