#include "demo/load/pacing.hpp"
#include "demo/load/trouble.hpp"

namespace pgsextant::demo {
namespace {

/// Asked from another session: a statement in the idle one would end its idleness.
bool is_connected(const Shop& shop, std::int32_t pid, const std::stop_token& stop) {
  ShopSession session(shop, "shop-batch", stop);
  return !session->query("SELECT 1 FROM pg_stat_activity WHERE pid = $1", {std::to_string(pid)}).empty();
}

}  // namespace

void idle_in_transaction(const Shop& shop, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      ShopSession session(shop, "shop-batch", stop);
      session->query("BEGIN");
      session->query("SELECT product_id, on_hand FROM inventory WHERE product_id = $1 FOR UPDATE",
                     {std::to_string(contended_products)});
      while (sleep_for(stop, std::chrono::seconds(5)) && is_connected(shop, session->backend_pid(), stop)) continue;
    } catch (const pg::Error&) {
      sleep_for(stop, std::chrono::seconds(1));
    }
  }
}

}  // namespace pgsextant::demo
