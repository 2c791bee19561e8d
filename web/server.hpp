#pragma once
// HTTP: /metrics, /healthz, /readyz, pages and their JSON twins. Sees the published state and the store, nothing else.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/outcome.hpp"
#include "core/report.hpp"
#include "store/store.hpp"

namespace pgsextant::web {

struct WebOptions {
  std::string address = "127.0.0.1";  ///< any other than loopback needs `token`
  int port = 9187;                    ///< 0: a free one
  std::string token;                  ///< bearer token; empty: no authentication (loopback only)
  int top_statements = 100;           ///< series per statement in /metrics are bounded by it
  int max_tables = 300;               ///< likewise tables and indexes, the largest first
};

/// Listens from start() to destruction. Requests are bounded in size and time; slow clients are cut off.
class Server {
 public:
  /// Fails (invalid_input) on a port in use, an address that is not ours, or a non-loopback address without a token.
  static Result<std::unique_ptr<Server>> start(const WebOptions& options, const Board& board, store::Store& store,
                                               const Clock& clock);
  virtual ~Server() = default;
  [[nodiscard]] virtual int port() const = 0;
  [[nodiscard]] virtual std::string url() const = 0;  ///< "http://127.0.0.1:9187/"
};

/// The text that /metrics serves; separate so that it is tested without HTTP.
std::string render_metrics(const Board& board, const WebOptions& options, Timestamp now);

/// The page of one server; separate for the same reason.
std::string render_server_page(const ServerReport& report, store::Store& store, Timestamp now);

}  // namespace pgsextant::web
