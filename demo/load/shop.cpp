#include "demo/load/shop.hpp"

namespace pgsextant::demo {
namespace {

pg::SessionOptions options(std::string_view application, std::chrono::milliseconds lock_timeout) {
  pg::SessionOptions options;
  options.application_name = application;
  options.read_only = false;
  options.marked = false;
  options.lock_timeout = lock_timeout;
  options.statement_timeout = std::chrono::seconds(20);
  options.client_deadline = std::chrono::seconds(25);
  // Like most applications: whoever forgets a transaction keeps it.
  options.settings = {{"idle_in_transaction_session_timeout", "0"}};
  return options;
}

std::vector<std::string> texts(pg::Session& session, std::string_view sql) {
  const auto rows = session.query(sql);
  std::vector<std::string> values;
  for (std::size_t row = 0; row < rows.size(); ++row) values.emplace_back(rows.text(row, 0));
  return values;
}

}  // namespace

Shop read_shop(pg::Session& session, const pg::Conninfo& conninfo) {
  const auto sizes = session.query(
      "SELECT (SELECT max(id) FROM customers), (SELECT max(id) FROM products), (SELECT max(id) FROM orders)");
  Shop shop{.conninfo = conninfo,
            .customers = sizes.integer(0, 0),
            .products = sizes.integer(0, 1),
            .orders = sizes.integer(0, 2),
            .emails = texts(session, "SELECT email FROM customers WHERE hashint4(id) % 50 = 0 ORDER BY id LIMIT 500"),
            .tracking_codes = texts(session,
                                    "SELECT tracking_code FROM orders WHERE tracking_code IS NOT NULL "
                                    "AND hashint8(id) % 50 = 0 ORDER BY id LIMIT 500"),
            .large_cities = {}};
  const auto cities = session.query(
      "SELECT country, city FROM customers GROUP BY country, city ORDER BY count(*) DESC, country, city LIMIT 40");
  for (std::size_t row = 0; row < cities.size(); ++row) {
    shop.large_cities.emplace_back(cities.text(row, 0), cities.text(row, 1));
  }
  return shop;
}

ShopSession::ShopSession(const Shop& shop, std::string_view application, const std::stop_token& stop,
                         std::chrono::milliseconds lock_timeout)
    : session_(pg::Session::connect(shop.conninfo, options(application, lock_timeout), stop)),
      interrupt_(stop, [this] { session_.interrupt(); }) {}

Transaction::Transaction(pg::Session& session, std::string_view begin) : session_(session) { session_.query(begin); }

Transaction::~Transaction() {
  if (!open_ || !session_.usable()) return;
  try {
    session_.query("ROLLBACK");
  } catch (const pg::Error&) {
    // The session is lost, and with it the transaction: whoever uses the session next will hear of it.
  }
}

void Transaction::commit() {
  session_.query("COMMIT");
  open_ = false;
}

}  // namespace pgsextant::demo
