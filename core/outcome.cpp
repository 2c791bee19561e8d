#include "core/outcome.hpp"

namespace pgsextant {

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::ok: return "ok";
    case Outcome::unsupported: return "unsupported";
    case Outcome::denied: return "denied";
    case Outcome::timeout: return "timeout";
    case Outcome::locked: return "locked";
    case Outcome::unavailable: return "unavailable";
    case Outcome::invalid_input: return "invalid_input";
  }
  return "unknown";
}

}  // namespace pgsextant
