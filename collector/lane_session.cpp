#include "collector/lane_session.hpp"

#include <algorithm>

namespace pgsextant::collector {

pg::SessionOptions session_options(const TargetOptions& target, Lane lane) {
  pg::SessionOptions options;
  options.connect_timeout = target.connect_timeout;
  options.statement_timeout = target.statement_timeout;
  if (lane == Lane::fast)
    options.statement_timeout = std::min<std::chrono::milliseconds>(options.statement_timeout, std::chrono::seconds(2));
  options.client_deadline = options.statement_timeout + std::chrono::seconds(1);
  options.lock_timeout = target.lock_timeout;
  return options;
}

}  // namespace pgsextant::collector
