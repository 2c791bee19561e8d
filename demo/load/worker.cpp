// Background work. Two of the missing indexes are felt here: the queue of orders to ship, and the events of one kind.

#include "demo/load/actor.hpp"

namespace pgsextant::demo {
namespace {

/// Takes the oldest orders and ships a few: as many as come in, so that the queue stays as long as it is.
void ship_orders(pg::Session& session, Random& /*random*/) {
  constexpr std::size_t shipped_at_once = 4;
  const auto waiting = session.query(
      "SELECT id, customer_id, total, created_at FROM orders WHERE shipped_at IS NULL ORDER BY created_at LIMIT $1",
      {"30"});
  std::string ids;
  for (std::size_t row = 0; row < std::min(waiting.size(), shipped_at_once); ++row) {
    ids.append(ids.empty() ? "{" : ",").append(waiting.text(row, 0));
  }
  if (ids.empty()) return;
  session.query(
      "UPDATE orders SET status = 'shipped', shipped_at = now(), "
      "tracking_code = 'SX' || upper(substr(md5(id::text), 1, 14)) WHERE id = ANY ($1::bigint[])",
      {ids + "}"});
}

void restock(const Shop& shop, pg::Session& session, Random& random) {
  session.query(
      "UPDATE inventory SET on_hand = on_hand + $2, updated_at = now() WHERE product_id = $1",
      {std::to_string(random.popular(contended_products + 1, shop.products)), std::to_string(random.between(1, 20))});
}

/// A week of one kind of event, of the past two years.
void look_for_fraud(pg::Session& session, Random& random) {
  static const std::vector<std::string> kinds = {"refund.failed", "voucher.shared", "payment.cancelled",
                                                 "coupon.reported", "login.failed"};
  const auto days_ago = random.between(7, 700);
  const auto now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const auto day = [&](std::int64_t ago) {
    const std::chrono::year_month_day date(now - std::chrono::days(ago));
    return std::to_string(static_cast<int>(date.year())) + "-" + std::to_string(static_cast<unsigned>(date.month())) +
           "-" + std::to_string(static_cast<unsigned>(date.day()));
  };
  session.query(
      "SELECT id, customer_id, occurred_at, payload FROM events "
      "WHERE kind = $1 AND occurred_at >= $2 AND occurred_at < $3",
      {random.one_of(kinds), day(days_ago), day(days_ago - 7)});
}

}  // namespace

Actor worker(const Shop& shop) {
  return {"shop-worker",
          {
              {Interval{2.0}, ship_orders},
              {Interval{0.25}, [&shop](pg::Session& session, Random& random) { restock(shop, session, random); }},
              {Interval{2.0}, look_for_fraud},
          }};
}

}  // namespace pgsextant::demo
