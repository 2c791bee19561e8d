#pragma once
// Normalised statement texts by raw text, so that a session sampled every second is parsed once.

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace pgsextant::collector {

/// Bounded: two generations of at most `capacity` texts each, of which the older one is forgotten when the younger is
/// full. A text in use moves to the younger one. Raw texts stay in memory only. Not thread-safe.
class TextCache {
 public:
  explicit TextCache(std::size_t capacity = 1000) : capacity_(capacity) {}

  /// sql::normalise(raw). Valid until the next call.
  const std::string& normalised(std::string_view raw);

  [[nodiscard]] std::size_t size() const { return young_.size() + old_.size(); }

 private:
  using Generation = std::unordered_map<std::string, std::string>;

  std::size_t capacity_;
  Generation young_, old_;
};

}  // namespace pgsextant::collector
