#pragma once
// Style sheet, script and icon, out of the program itself.

#include <optional>
#include <string>
#include <string_view>

#include "web/http/message.hpp"

namespace pgsextant::web {

/// Changes with the content; for ETag and for the address in pages.
std::string content_hash(std::string_view content);

/// "/static/app.css?v=HASH": may be kept for ever, since other content has another address.
std::string static_path(std::string_view name);

/// Nothing when there is no such file.
std::optional<Response> static_file(std::string_view name, const Request& request);

}  // namespace pgsextant::web
