#pragma once
// Vital signs: the few figures that tell how a server is, against what is healthy.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/finding.hpp"

namespace pgsextant {

enum class Health { unknown, good, warning, critical };
std::string_view to_string(Health health);

struct Vital {
  std::string id;  ///< stable: history is kept by it
  std::string label;
  std::optional<double> value;  ///< empty: unknown, see note
  Unit unit = Unit::count;
  Basis basis = Basis::measured;
  Health health = Health::unknown;
  std::string healthy;  ///< the healthy range in words, "> 95 %"; empty when there is none to state
  std::string source;   ///< what it was computed from, shown on hover
  std::string note;     ///< why it is unknown, or what it leaves out
};

/// One moment of a server's vital signs, for charts.
struct VitalSample {
  Timestamp time{};
  std::vector<std::pair<std::string, double>> values;  ///< by Vital::id; unknown ones left out
};

}  // namespace pgsextant
