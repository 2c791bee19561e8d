#include "demo/load/load.hpp"

#include <cstdint>
#include <utility>

#include "demo/load/actor.hpp"
#include "demo/load/trouble.hpp"

namespace pgsextant::demo {

Load::Load(Shop shop) : shop_(std::move(shop)) {
  std::vector<Actor> actors = {web(shop_), web(shop_), admin(shop_), worker(shop_), reporter(shop_)};
  std::uint64_t seed = 1;
  for (auto& actor : actors) {
    threads_.emplace_back(
        [this, actor = std::move(actor), seed](const std::stop_token& stop) { run(actor, shop_, seed, stop); });
    ++seed;
  }
  for (auto* trouble : {idle_in_transaction, lock_chains, deadlocks}) {
    threads_.emplace_back([this, trouble](const std::stop_token& stop) { trouble(shop_, stop); });
  }
}

Load::~Load() {
  // All first, so that they end together rather than one after the other.
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

}  // namespace pgsextant::demo
