#include <thread>

#include "demo/load/pacing.hpp"
#include "demo/load/trouble.hpp"

namespace pgsextant::demo {
namespace {

void take_back(pg::Session& session, int product) {
  session.query("UPDATE inventory SET reserved = greatest(reserved - 1, 0) WHERE product_id = $1",
                {std::to_string(product)});
}

/// Locks its second row and commits, unless PostgreSQL chose it as the victim.
void finish(pg::Session& session, Transaction& transaction, int product) {
  try {
    take_back(session, product);
    transaction.commit();
  } catch (const pg::Error&) {
    // The victim; or stopped, or disconnected. The transaction rolls back when this round ends.
  }
}

void one_deadlock(const Shop& shop, const std::stop_token& stop) {
  ShopSession first(shop, "shop-returns", stop);
  ShopSession second(shop, "shop-returns", stop);
  Transaction one(*first);
  Transaction other(*second);
  take_back(*first, 5);
  take_back(*second, 6);
  const std::jthread waits([&] { finish(*first, one, 6); });
  // Just under deadlock_timeout: the first one looks for the deadlock soon after, and the other hardly waits, so that
  // its statement does not stand out in pg_stat_statements.
  if (!sleep_for(stop, std::chrono::milliseconds(850))) return;
  finish(*second, other, 5);
}

}  // namespace

void deadlocks(const Shop& shop, const std::stop_token& stop) {
  sleep_for(stop, std::chrono::seconds(10));
  while (!stop.stop_requested()) {
    const auto next = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    try {
      one_deadlock(shop, stop);
    } catch (const pg::Error&) {
      // The server is away, or we stop.
    }
    sleep_until(stop, next);
  }
}

}  // namespace pgsextant::demo
