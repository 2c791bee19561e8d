#pragma once
// The pages as text; server.hpp declares the one of a server.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/report.hpp"

namespace pgsextant::web {

/// All servers, those in trouble first.
std::string render_servers_page(const std::vector<ServerReport>& servers, Timestamp now);

/// One statement: its text, its figures, and what concerns it. Nothing when neither text nor figures of it are known.
std::optional<std::string> render_statement_page(const ServerReport& report, QueryId query, Timestamp now);

std::string error_page(int status, std::string_view title, std::string_view detail);

}  // namespace pgsextant::web
