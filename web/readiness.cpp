#include "web/readiness.hpp"

#include <algorithm>

#include "web/summary.hpp"

namespace pgsextant::web {
namespace {

bool has_data(const Snapshot& snapshot) {
  return std::any_of(snapshot.sources.begin(), snapshot.sources.end(),
                     [](const auto& source) { return source.last_success.has_value(); });
}

}  // namespace

Readiness assess_readiness(const std::vector<ServerReport>& servers) {
  const auto count = [&](auto predicate) {
    return std::count_if(servers.begin(), servers.end(), [&](const auto& each) { return predicate(*each.snapshot); });
  };
  const auto read = count(has_data);
  const bool all_tried = !servers.empty() && count(attempted) == std::ssize(servers);
  Readiness result;
  result.ready = read > 0 || all_tried;
  result.summary = std::string(result.ready ? "ready" : "not ready") + ": " + std::to_string(read) + " of " +
                   std::to_string(servers.size()) + " servers read\n";
  result.detail = result.summary;
  for (const auto& each : servers) {
    const Snapshot& snapshot = *each.snapshot;
    if (has_data(snapshot)) continue;
    const std::string why = !snapshot.link.message.empty() ? snapshot.link.message : "no answer yet";
    result.detail += snapshot.server.name + ": " + why + "\n";
  }
  return result;
}

}  // namespace pgsextant::web
