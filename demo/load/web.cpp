// Shoppers. Three of the missing indexes are felt here: tracking code, a customer's last orders, search by attributes.

#include <array>

#include "core/index_definition.hpp"
#include "demo/load/actor.hpp"

namespace pgsextant::demo {
namespace {

/// "{3,17}": an array in PostgreSQL's syntax.
std::string two_products(const Shop& shop, Random& random) {
  return "{" + std::to_string(random.popular(contended_products + 1, shop.products)) + "," +
         std::to_string(random.between(contended_products + 1, shop.products)) + "}";
}

void look_at_product(const Shop& shop, pg::Session& session, Random& random) {
  session.query("SELECT id, name, description, price, tags, attributes, created_at FROM products WHERE id = $1",
                {std::to_string(random.popular(1, shop.products))});
}

void check_stock(const Shop& shop, pg::Session& session, Random& random) {
  session.query("SELECT product_id, on_hand, reserved, updated_at FROM inventory WHERE product_id = $1",
                {std::to_string(random.popular(1, shop.products))});
}

void log_in(const Shop& shop, pg::Session& session, Random& random) {
  session.query(
      "SELECT id, email, full_name, phone, country, city, street, newsletter, created_at, last_seen_at "
      "FROM customers WHERE email = " +
      quote_literal(random.one_of(shop.emails)));
}

void come_back(const Shop& shop, pg::Session& session, Random& random) {
  session.query("UPDATE customers SET last_seen_at = now() WHERE id = $1",
                {std::to_string(random.popular(1, shop.customers))});
}

void look_at_order(const Shop& shop, pg::Session& session, Random& random) {
  session.query("SELECT id, order_id, product_id, quantity, unit_price FROM order_items WHERE order_id = $1",
                {std::to_string(random.between(1, shop.orders))});
}

void look_at_wishlist(const Shop& shop, pg::Session& session, Random& random) {
  session.query(
      "SELECT w.product_id, w.added_at, p.name, p.price FROM wishlist_items w JOIN products p ON p.id = w.product_id "
      "WHERE w.customer_id = $1",
      {std::to_string(random.between(1, shop.customers))});
}

void count_wishes(const Shop& shop, pg::Session& session, Random& random) {
  session.query("SELECT count(*) FROM wishlist_items WHERE product_id = $1",
                {std::to_string(random.popular(1, shop.products))});
}

void browse_tags(pg::Session& session, Random& random) {
  static const std::vector<std::string> tags = {"camping", "cycling", "kitchen", "office", "garden", "winter"};
  session.query("SELECT id, name, description, price, tags FROM products WHERE tags @> ARRAY['" + random.one_of(tags) +
                "', 'gift']");
}

void track_parcel(const Shop& shop, pg::Session& session, Random& random) {
  session.query("SELECT id, status, total, created_at, shipped_at FROM orders WHERE tracking_code = " +
                quote_literal(random.one_of(shop.tracking_codes)));
}

void list_own_orders(const Shop& shop, pg::Session& session, Random& random) {
  session.query(
      "SELECT id, status, total, created_at, shipped_at FROM orders WHERE customer_id = $1 "
      "ORDER BY created_at DESC LIMIT $2",
      {std::to_string(random.between(1, shop.customers)), "10"});
}

void search_by_attributes(pg::Session& session, Random& random) {
  static const std::vector<std::string> colors = {"black", "white", "grey", "red", "green", "blue"};
  session.query("SELECT id, name, price FROM products WHERE attributes @> $1",
                {R"({"color": ")" + random.one_of(colors) + R"(", "brand": "brand-)" +
                 std::to_string(random.between(0, 149)) + R"("})"});
}

void record_event(const Shop& shop, pg::Session& session, Random& random) {
  static const std::vector<std::string> kinds = {"product.viewed", "page.opened", "search.started", "cart.changed",
                                                 "login.completed"};
  session.query("INSERT INTO events (kind, customer_id, payload) VALUES ($1, $2, $3)",
                {random.one_of(kinds), std::to_string(random.popular(1, shop.customers)),
                 R"({"page": "/p/)" + std::to_string(random.between(1, shop.products)) + R"("})"});
}

void place_order(const Shop& shop, pg::Session& session, Random& random) {
  const auto products = two_products(shop, random);
  Transaction transaction(session);
  const auto order = session.query(
      "INSERT INTO orders (customer_id, status, total) SELECT $1::integer, 'paid', sum(price) FROM products "
      "WHERE id = ANY ($2::integer[]) RETURNING id",
      {std::to_string(random.popular(1, shop.customers)), products});
  session.query(
      "INSERT INTO order_items (order_id, product_id, quantity, unit_price) SELECT $1::bigint, id, 1, price "
      "FROM products WHERE id = ANY ($2::integer[])",
      {std::string(order.text(0, 0)), products});
  session.query(
      "UPDATE inventory SET reserved = reserved + 1, updated_at = now() WHERE product_id = ANY ($1::integer[])",
      {products});
  transaction.commit();
}

}  // namespace

Actor web(const Shop& shop) {
  const auto with_shop = [&shop](void (*act)(const Shop&, pg::Session&, Random&)) {
    return [&shop, act](pg::Session& session, Random& random) { act(shop, session, random); };
  };
  return {"shop-web",
          {
              {Interval{0.1}, with_shop(look_at_product)},
              {Interval{0.4}, with_shop(check_stock)},
              {Interval{0.7}, with_shop(log_in)},
              {Interval{1.5}, with_shop(come_back)},
              {Interval{0.5}, with_shop(look_at_order)},
              {Interval{0.7}, with_shop(look_at_wishlist)},
              {Interval{1.0}, with_shop(count_wishes)},
              {Interval{2.0}, browse_tags},
              {Interval{2.0}, with_shop(track_parcel)},
              {Interval{2.0}, with_shop(list_own_orders)},
              {Interval{2.5}, search_by_attributes},
              {Interval{0.25}, with_shop(record_event)},
              {Interval{1.0}, with_shop(place_order)},
          }};
}

}  // namespace pgsextant::demo
