#pragma once
// The settings of a session, as options of its start-up packet: unlike SET, a reconnect or a pooler cannot lose them
// in silence.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pg/session.hpp"

namespace pgsextant::pg {

/// What a session runs under: its bounds first, then `options.settings`.
std::vector<std::pair<std::string, std::string>> session_settings(const SessionOptions& options);

/// The value of libpq's `options`: what the person gave, then `settings` as "-c name=value", where the last one wins.
std::string startup_options(std::string_view given, const std::vector<std::pair<std::string, std::string>>& settings);

/// A query whose answer is not NULL when the start-up options have reached the server.
inline constexpr std::string_view options_in_force = "SELECT pg_catalog.current_setting('pgsextant.bounded', true)";

/// Statements that open a read-only transaction with the same settings, for where start-up options do not arrive.
std::string bounded_transaction(const SessionOptions& options);

}  // namespace pgsextant::pg
