#pragma once
// What sources remember from one run to the next, beyond the snapshot: one for each lane of a target.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "collector/source.hpp"
#include "collector/text_cache.hpp"

namespace pgsextant::collector {

/// Of a database's definitions when they were read last.
struct SchemaMemory {
  std::string fingerprint;
  std::optional<Shortfall> shortfall;
};

struct Memory {
  TextCache normalised;  ///< texts of sessions
  std::map<Oid, SchemaMemory> schemas;
  std::int64_t hidden_statements = 0;  ///< entries of pg_stat_statements without a queryid for this role
};

}  // namespace pgsextant::collector
