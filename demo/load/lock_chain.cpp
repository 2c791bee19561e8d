#include <thread>

#include "demo/load/pacing.hpp"
#include "demo/load/trouble.hpp"

namespace pgsextant::demo {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view application = "shop-checkout";

void reserve(pg::Session& session, int product) {
  session.query("UPDATE inventory SET reserved = reserved + 1 WHERE product_id = $1", {std::to_string(product)});
}

/// Waits for a row until its lock_timeout, then gives up and rolls back. Giving up keeps the waiting out of
/// pg_stat_statements, where it would count for more than all the work of the shop.
void reserve_or_give_up(pg::Session& session, int product) {
  try {
    reserve(session, product);
  } catch (const pg::Error&) {
    // Locked, stopped or disconnected: the session ends with this round.
  }
}

void one_chain(const Shop& shop, const std::stop_token& stop) {
  constexpr Interval held{10};
  ShopSession holder(shop, application, stop);
  ShopSession middle(shop, application, stop, milliseconds(9500));
  // Shorter than the middle's by more than it starts later, else it would get the row in the end.
  ShopSession last(shop, application, stop, milliseconds(9000));

  Transaction holding(*holder);
  reserve(*holder, 1);
  const Transaction between(*middle);
  reserve(*middle, 2);
  const std::jthread middle_waits([&] { reserve_or_give_up(*middle, 1); });
  sleep_for(stop, milliseconds(200));
  const Transaction waiting(*last);
  const std::jthread last_waits([&] { reserve_or_give_up(*last, 2); });
  sleep_for(stop, held);
  holding.commit();
}

}  // namespace

void lock_chains(const Shop& shop, const std::stop_token& stop) {
  sleep_for(stop, std::chrono::seconds(2));
  while (!stop.stop_requested()) {
    const auto next = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    try {
      one_chain(shop, stop);
    } catch (const pg::Error&) {
      // The server is away, or we stop: the next round, if any, has new sessions.
    }
    sleep_until(stop, next);
  }
}

}  // namespace pgsextant::demo
