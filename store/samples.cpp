#include "store/samples.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pgsextant::store {

std::vector<std::pair<std::string, double>> normalised(std::vector<std::pair<std::string, double>> values) {
  std::erase_if(values, [](const auto& value) { return !std::isfinite(value.second); });
  std::stable_sort(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  // unique() keeps the first of equals: seen from the end that is the last.
  const auto kept =
      std::unique(values.rbegin(), values.rend(), [](const auto& a, const auto& b) { return a.first == b.first; });
  values.erase(values.begin(), kept.base());
  return values;
}

std::vector<std::size_t> thinned(std::size_t count, std::size_t limit) {
  std::vector<std::size_t> positions(std::min(count, limit));
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  if (count <= limit || limit == 0) return positions;
  if (limit == 1) return {count - 1};
  for (auto& position : positions) position = position * (count - 1) / (limit - 1);
  return positions;
}

}  // namespace pgsextant::store
