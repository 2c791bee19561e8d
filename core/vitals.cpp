#include "core/vitals.hpp"

namespace pgsextant {

std::string_view to_string(Health health) {
  switch (health) {
    case Health::unknown: return "unknown";
    case Health::good: return "good";
    case Health::warning: return "warning";
    case Health::critical: return "critical";
  }
  return "unknown";
}

}  // namespace pgsextant
