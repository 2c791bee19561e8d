#pragma once
// What the load knows of the shop, and its way in.

#include <chrono>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pg/conninfo.hpp"
#include "pg/session.hpp"

namespace pgsextant::demo {

/// Rows of `inventory` that the lock chains, the deadlocks and the idle transaction fight over. Everybody else leaves
/// them alone, so that nobody waits who should not.
inline constexpr int contended_products = 10;

/// Read once after loading; immutable, shared by all actors.
struct Shop {
  pg::Conninfo conninfo;  ///< as the shop's own role
  std::int64_t customers = 0, products = 0, orders = 0;
  std::vector<std::string> emails, tracking_codes;                ///< a sample
  std::vector<std::pair<std::string, std::string>> large_cities;  ///< country and city
};

/// `session` sees the loaded shop; the load itself will connect with `conninfo`.
Shop read_shop(pg::Session& session, const pg::Conninfo& conninfo);

/// A session of the load: its statements carry no marker, since they are what is to be watched, and a request to stop
/// ends whatever it is doing.
class ShopSession {
 public:
  /// Throws pg::Error.
  ShopSession(const Shop& shop, std::string_view application, const std::stop_token& stop,
              std::chrono::milliseconds lock_timeout = std::chrono::seconds(5));
  pg::Session& operator*() { return session_; }
  pg::Session* operator->() { return &session_; }

 private:
  pg::Session session_;
  std::stop_callback<std::function<void()>> interrupt_;
};

/// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(pg::Session& session, std::string_view begin = "BEGIN");
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  pg::Session& session_;
  bool open_ = true;
};

}  // namespace pgsextant::demo
