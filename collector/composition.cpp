#include "collector/composition.hpp"

#include <algorithm>

#include "collector/run.hpp"

namespace pgsextant::collector {
namespace {

std::size_t position(Lane lane) { return lane == Lane::fast ? 0 : 1; }

}  // namespace

Composition::Composition(ServerIdentity server, const Clock& clock, Publish publish)
    : clock_(clock), publish_(std::move(publish)) {
  auto first = std::make_shared<Snapshot>();
  first->server = std::move(server);
  first->composed_at = first->link.since = clock.now();
  first->link.message = "not connected yet";
  for (const auto* const source : sources()) first->sources.push_back(initial_status(*source));
  latest_ = std::move(first);
}

std::shared_ptr<const Snapshot> Composition::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

void Composition::update(const std::function<void(Snapshot&)>& change) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<Snapshot>(*latest_);
  change(*next);
  next->composed_at = clock_.now();
  latest_ = std::move(next);
  if (publish_) publish_(latest_);
}

void Composition::connected(Lane lane, std::int32_t server_version) {
  update([&](Snapshot& snapshot) {
    snapshot.server.version = server_version;
    ++snapshot.link.connects;
    lanes_up_.at(position(lane)) = true;
    set_link(snapshot, {});
  });
}

void Composition::disconnected(Lane lane, const Failure& why) {
  update([&](Snapshot& snapshot) {
    lanes_up_.at(position(lane)) = false;
    set_link(snapshot, why);
  });
}

void Composition::visited() {
  update([](Snapshot& snapshot) { ++snapshot.link.connects; });
}

void Composition::set_link(Snapshot& snapshot, const Failure& why) {
  auto& link = snapshot.link;
  const bool up = std::any_of(lanes_up_.begin(), lanes_up_.end(), [](bool each) { return each; });
  if (up != link.up) link.since = clock_.now();
  link.up = up;
  link.message = up ? "" : why.message;
  link.hint = up ? "" : why.hint;
}

}  // namespace pgsextant::collector
