#include "collector/text_cache.hpp"

#include <utility>

#include "sql/parse.hpp"

namespace pgsextant::collector {

const std::string& TextCache::normalised(std::string_view raw) {
  const std::string key(raw);
  if (const auto found = young_.find(key); found != young_.end()) return found->second;
  if (young_.size() >= capacity_) {
    old_ = std::exchange(young_, {});
  }
  if (const auto found = old_.find(key); found != old_.end()) {
    auto node = old_.extract(found);
    return young_.insert(std::move(node)).position->second;
  }
  return young_.emplace(key, sql::normalise(raw)).first->second;
}

}  // namespace pgsextant::collector
