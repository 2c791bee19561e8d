// The back office's page of the newest orders, written as an N+1: one statement lists 25 orders, then one statement
// for each fetches its customer. Nobody else runs either of them.

#include "demo/load/actor.hpp"

namespace pgsextant::demo {
namespace {

void list_newest_orders(pg::Session& session, Random& /*random*/) {
  const auto orders =
      session.query("SELECT id, customer_id, status, total, created_at FROM orders ORDER BY id DESC LIMIT 25");
  for (std::size_t row = 0; row < orders.size(); ++row) {
    session.query("SELECT id, full_name, email, phone, country, city FROM customers WHERE id = $1",
                  {std::string(orders.text(row, 1))});
  }
}

}  // namespace

Actor admin(const Shop& /*shop*/) { return {"shop-admin", {{Interval{2.5}, list_newest_orders}}}; }

}  // namespace pgsextant::demo
