#include "core/recommendation.hpp"

namespace pgsextant {

std::string_view to_string(Verification verification) {
  switch (verification) {
    case Verification::twin: return "twin";
    case Verification::hypopg: return "hypopg";
    case Verification::estimate: return "estimate";
    case Verification::none: return "none";
  }
  return "unknown";
}

std::string_view to_string(Confidence confidence) {
  switch (confidence) {
    case Confidence::low: return "low";
    case Confidence::medium: return "medium";
    case Confidence::high: return "high";
  }
  return "unknown";
}

}  // namespace pgsextant
