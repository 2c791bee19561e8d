#include "collector/sources/registry.hpp"

namespace pgsextant::collector {

std::span<const Source* const> sources() {
  // Later ones read what earlier ones put: texts need statements, sizes need databases.
  static constexpr const Source* all[] = {
      &identity_source, &activity_source,   &databases_source,       &database_sizes_source,
      &settings_source, &statements_source, &statement_texts_source, &replication_source,
      &wal_source,      &schema_source,     &relations_source,
  };
  return all;
}

}  // namespace pgsextant::collector
