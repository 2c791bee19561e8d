#pragma once
// Every source there is; defined each in its own file.

#include "collector/source.hpp"

namespace pgsextant::collector {

extern const Source identity_source;
extern const Source activity_source;
extern const Source databases_source;
extern const Source database_sizes_source;
extern const Source settings_source;
extern const Source statements_source;
extern const Source statement_texts_source;
extern const Source replication_source;
extern const Source wal_source;
extern const Source schema_source;
extern const Source relations_source;

}  // namespace pgsextant::collector
