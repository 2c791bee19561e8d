#pragma once
// From what libpq and PostgreSQL say to what a person is told: outcome, message, hint.

#include <chrono>
#include <string>
#include <string_view>

#include "core/outcome.hpp"

namespace pgsextant::pg {

struct ServerError {
  std::string sqlstate;  ///< empty when the text came from libpq itself
  std::string primary;   ///< without severity, SQLSTATE, DETAIL, HINT, CONTEXT, position
};

/// Takes libpq's message of a failed connection apart, made with PQERRORS_VERBOSE: its last "FATAL:  28P01: text", or
/// the whole text when no server answered.
ServerError read_connect_error(std::string_view text);

/// Who asked whom, for messages and hints.
struct Target {
  std::string display;  ///< Conninfo::display
  std::string database;
  std::string role;
  std::string host;  ///< a directory for a Unix socket
  std::string port;
};

Failure describe_connect_failure(const ServerError& error, const Target& target);
Failure describe_query_failure(const ServerError& error, const Target& target);

/// By PostgreSQL's Appendix A; what is not listed is `invalid_input`.
Outcome outcome_of(std::string_view sqlstate);

/// What is safe to show of a primary message. Quotes hold names in some classes of errors, such as missing relations,
/// and data in the others: there they are emptied.
std::string mask_literals(std::string_view sqlstate, std::string_view primary);

}  // namespace pgsextant::pg
