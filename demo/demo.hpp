#pragma once
// The demo: a shop on a private PostgreSQL, with a standby, a bounded load and realistic faults (demo/faults.yaml).

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/outcome.hpp"
#include "pg/conninfo.hpp"

namespace pgsextant::demo {

struct DemoOptions {
  double scale = 1.0;  ///< 1: at least 1.5 million rows
  bool standby = true;
  std::function<void(std::string_view)> progress;  ///< one line at a time
};

/// Servers and load live from start() to destruction, which ends their processes within two seconds and then removes
/// what they wrote.
class Demo {
 public:
  static Result<std::unique_ptr<Demo>> start(const DemoOptions& options);
  virtual ~Demo() = default;
  /// A read-only monitoring role (pg_monitor, pg_read_all_data), with its password.
  [[nodiscard]] virtual pg::Conninfo primary() const = 0;
  [[nodiscard]] virtual pg::Conninfo standby() const = 0;  ///< throws std::logic_error without one
};

}  // namespace pgsextant::demo
