#pragma once
// Every query that a watched server is asked, for whoever has to approve it.

#include <string>

namespace pgsextant::collector {

/// SQL with comments: what it is for, which versions it is for, how often it is asked, which rights it needs.
std::string dump_sql();

}  // namespace pgsextant::collector
