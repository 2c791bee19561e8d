#pragma once
// The vital signs of a server, against what is healthy.

#include <vector>

#include "core/snapshot.hpp"
#include "core/vitals.hpp"
#include "core/window.hpp"

namespace pgsextant::analyzer {

/// Always the same vitals in the same order; what cannot be known has no value, health unknown and a note that says
/// why.
std::vector<Vital> vital_signs(const Snapshot& now, const Window& window);

}  // namespace pgsextant::analyzer
