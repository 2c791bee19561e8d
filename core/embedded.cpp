#include "core/embedded.hpp"

#include <stdexcept>
#include <string>

namespace pgsextant {

std::string_view embedded(std::span<const EmbeddedFile> files, std::string_view name) {
  for (const auto& file : files)
    if (file.name == name) return file.content;
  throw std::logic_error("no embedded file " + std::string(name));
}

}  // namespace pgsextant
