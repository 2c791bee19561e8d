#pragma once
// Files compiled into the program (cmake/Module.cmake, EMBED). A module that embeds has `embedded_files()`.

#include <span>
#include <string_view>

namespace pgsextant {

struct EmbeddedFile {
  std::string_view name;  ///< relative to the module's folder: "templates/server.html"
  std::string_view content;
};

namespace store {
std::span<const EmbeddedFile> embedded_files();
}
namespace web {
std::span<const EmbeddedFile> embedded_files();
}
namespace demo {
std::span<const EmbeddedFile> embedded_files();
}

/// The content; throws std::logic_error for a name that is not there: a bug of ours.
std::string_view embedded(std::span<const EmbeddedFile> files, std::string_view name);

}  // namespace pgsextant
