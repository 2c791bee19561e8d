#pragma once
// JSON twins of the pages: the same facts, as numbers in the units that their names say.

#include <string>
#include <vector>

#include "core/report.hpp"
#include "store/store.hpp"

namespace pgsextant::web {

std::string servers_json(const std::vector<ServerReport>& servers);
std::string server_json(const ServerReport& report, store::Store& store);

}  // namespace pgsextant::web
