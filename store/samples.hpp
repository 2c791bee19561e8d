#pragma once
// What every implementation does to samples in the same way.

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace pgsextant::store {

/// Sorted by id, of equal ids the last, without the values that are not finite.
std::vector<std::pair<std::string, double>> normalised(std::vector<std::pair<std::string, double>> values);

/// The positions of at most `limit` of `count` things, evenly spread with the first and the last among them.
std::vector<std::size_t> thinned(std::size_t count, std::size_t limit);

}  // namespace pgsextant::store
