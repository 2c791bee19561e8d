#pragma once
// The recent past of a figure as lines in an 80 × 20 box.

#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/finding.hpp"

namespace pgsextant::web {

struct SparkPoint {
  Timestamp time;
  double value = 0;
};

/// "points" of SVG polylines, one for each stretch without a gap. Time runs from `from` (x = 0) to `to` (x = 80); what
/// was not sampled is a gap, never a zero. Amounts and durations stand on zero; ratios are drawn between their
/// extremes, but never across less than five percentage points, so that noise stays small.
std::vector<std::string> sparkline(const std::vector<SparkPoint>& points, Unit unit, Timestamp from, Timestamp to);

}  // namespace pgsextant::web
