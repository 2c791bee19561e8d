#include "core/snapshot.hpp"

namespace pgsextant {

const DatabaseSchema* Snapshot::schema(Oid database) const {
  for (const auto& part : schemas)
    if (part && part->database == database) return part.data.get();
  return nullptr;
}

const RelationCounters* Snapshot::relation_counters(Oid database) const {
  for (const auto& part : relations)
    if (part && part->database == database) return part.data.get();
  return nullptr;
}

const std::string* Snapshot::text(QueryId query) const {
  if (!texts) return nullptr;
  const auto found = texts->find(query);
  return found == texts->end() ? nullptr : &found->second;
}

}  // namespace pgsextant
