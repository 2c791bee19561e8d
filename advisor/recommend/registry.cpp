#include <array>

#include "advisor/recommend/recommenders.hpp"
#include "advisor/recommender.hpp"

namespace pgsextant::advisor {

// In this order: where two recommend the same index, the first one's stays, so what is costed comes before what is not.
std::span<const Recommender> recommenders() {
  static constexpr std::array<Recommender, 4> all{{
      {"create_index", "Create an index", recommend_create_index},
      {"index_foreign_key", "Index a foreign key", recommend_index_foreign_key},
      {"create_statistics", "Create extended statistics", recommend_create_statistics},
      {"drop_index", "Drop an index", recommend_drop_index},
  }};
  return all;
}

}  // namespace pgsextant::advisor
