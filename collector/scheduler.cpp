#include "collector/scheduler.hpp"

#include <algorithm>

namespace pgsextant::collector {
namespace {

Scheduler::Duration scaled(Scheduler::Duration duration, double factor) {
  return std::chrono::duration_cast<Scheduler::Duration>(duration * factor);
}

}  // namespace

Scheduler::Scheduler(std::span<const Source* const> sources, double cadence_factor, std::uint64_t seed, Time now)
    : backoff_(seed) {
  entries_.reserve(sources.size());
  for (const auto* const source : sources) entries_.push_back({scaled(source->cadence, cadence_factor), now, 0});
}

std::vector<std::size_t> Scheduler::due(Time now) const {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].due <= now) positions.push_back(i);
  return positions;
}

std::optional<Scheduler::Time> Scheduler::next() const {
  const auto first =
      std::min_element(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.due < b.due; });
  return first == entries_.end() ? std::nullopt : std::optional(first->due);
}

void Scheduler::finished(std::size_t position, Outcome outcome, Time end) {
  auto& entry = entries_.at(position);
  const auto cadence = scaled(entry.cadence, stretch_);
  switch (outcome) {
    case Outcome::ok:
      entry.failures = 0;
      entry.due = entry.due + cadence > end ? entry.due + cadence : end + cadence;
      break;
    case Outcome::unsupported:
    case Outcome::denied:
      entry.failures = 0;
      entry.due = end + std::max<Duration>(retry_of_refused, cadence);
      break;
    default:
      ++entry.failures;
      entry.due = end + backoff_.delay(std::min<Duration>(cadence, std::chrono::seconds(10)), entry.failures);
  }
}

void Scheduler::reconnected(Time now) {
  for (auto& entry : entries_) {
    entry.due = now;
    entry.failures = 0;
  }
}

}  // namespace pgsextant::collector
