#pragma once
// What psql and log files put around a plan.

#include <string>
#include <string_view>

namespace pgsextant::analyzer {

/// The JSON that was pasted together with psql's frame (any border, line style and row count), the statement, or
/// auto_explain's log prefix. A text that begins as JSON, or holds none, comes back unchanged.
std::string without_frame(std::string_view text);

}  // namespace pgsextant::analyzer
