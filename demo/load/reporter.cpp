// The office. Its monthly report sorts all orders and does not fit in work_mem; its mailing asks for the customers of
// a city by country and city, which PostgreSQL takes for independent.

#include "demo/load/actor.hpp"

namespace pgsextant::demo {
namespace {

void report_best_orders(pg::Session& session, Random& /*random*/) {
  session.query(
      "SELECT month, customer_id, status, tracking_code, total, created_at FROM ("
      "SELECT date_trunc('month', created_at) AS month, customer_id, status, tracking_code, total, created_at, "
      "row_number() OVER (PARTITION BY date_trunc('month', created_at) ORDER BY total DESC) AS place FROM orders"
      ") AS ranked WHERE place <= 2");
}

void mail_city(const Shop& shop, pg::Session& session, Random& random) {
  const auto& [country, city] = random.one_of(shop.large_cities);
  session.query("SELECT id, email, full_name FROM customers WHERE country = $1 AND city = $2", {country, city});
}

}  // namespace

Actor reporter(const Shop& shop) {
  return {"shop-report",
          {
              {Interval{15}, report_best_orders},
              {Interval{3}, [&shop](pg::Session& session, Random& random) { mail_city(shop, session, random); }},
          }};
}

}  // namespace pgsextant::demo
