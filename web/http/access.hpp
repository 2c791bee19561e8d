#pragma once
// Who may ask.

#include <string>
#include <string_view>

namespace pgsextant::web {

/// Compares in a time that depends on the length of `given` alone.
bool equal_in_constant_time(std::string_view given, std::string_view secret);

/// Whether an Authorization header carries the token: as bearer token, or as the password of HTTP basic (any user),
/// which is what a browser can send.
bool authorized(std::string_view authorization, std::string_view token);

/// Whether a Host header names this machine's loopback. Anything else means that a page of another site resolved its
/// own name to 127.0.0.1 (DNS rebinding) and now reads ours. The port is not compared: an SSH tunnel changes it.
bool loopback_host(std::string_view host);

}  // namespace pgsextant::web
