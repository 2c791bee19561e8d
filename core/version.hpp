#pragma once
// The version of the program; CMakeLists.txt defines it.

#include <string_view>

namespace pgsextant {

inline constexpr std::string_view version = PGSEXTANT_VERSION;

}  // namespace pgsextant
