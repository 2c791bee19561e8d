#include "core/report.hpp"

#include <utility>

namespace pgsextant {

void Board::publish(std::shared_ptr<const Snapshot> snapshot) {
  const auto& name = snapshot->server.name;
  const std::lock_guard lock(mutex_);
  reports_[name].snapshot.swap(snapshot);  // the replaced one is destroyed after the lock is released
}

void Board::publish(std::string_view server, std::shared_ptr<const Analysis> analysis) {
  const std::lock_guard lock(mutex_);
  if (const auto found = reports_.find(server); found != reports_.end()) found->second.analysis.swap(analysis);
}

void Board::publish(std::string_view server, std::shared_ptr<const Advice> advice) {
  const std::lock_guard lock(mutex_);
  if (const auto found = reports_.find(server); found != reports_.end()) found->second.advice.swap(advice);
}

std::optional<ServerReport> Board::server(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = reports_.find(name);
  return found == reports_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<ServerReport> Board::servers() const {
  const std::lock_guard lock(mutex_);
  std::vector<ServerReport> all;
  all.reserve(reports_.size());
  for (const auto& [name, report] : reports_) all.push_back(report);
  return all;
}

}  // namespace pgsextant
