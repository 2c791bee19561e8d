// History that forgets everything at exit.

#include <array>
#include <map>
#include <mutex>
#include <utility>

#include "store/samples.hpp"
#include "store/store.hpp"

namespace pgsextant::store {
namespace {

using Entries = std::map<std::string, Tracked, std::less<>>;

struct History {
  std::map<Timestamp, std::vector<std::pair<std::string, double>>> samples;
  std::array<Entries, 2> tracked;  ///< by TrackedType

  Entries& entries(TrackedType type) { return tracked.at(static_cast<std::size_t>(type)); }
};

class MemoryStore final : public Store {
 public:
  Result<bool> append(std::string_view server, const VitalSample& sample) override {
    auto values = normalised(sample.values);
    const std::lock_guard lock(mutex_);
    auto& samples = of(server).samples;
    if (values.empty())
      samples.erase(sample.time);
    else
      samples.insert_or_assign(sample.time, std::move(values));
    return true;
  }

  Result<std::vector<VitalSample>> window(std::string_view server, Timestamp from, Timestamp to,
                                          std::size_t limit) override {
    std::vector<VitalSample> found;
    if (from >= to) return found;
    const std::lock_guard lock(mutex_);
    const auto& samples = of(server).samples;
    const auto first = samples.lower_bound(from);
    const auto last = samples.lower_bound(to);
    auto at = first;
    std::size_t position = 0;
    for (const auto wanted : thinned(static_cast<std::size_t>(std::distance(first, last)), limit)) {
      for (; position < wanted; ++position) ++at;
      found.push_back({at->first, at->second});
    }
    return found;
  }

  Result<bool> record(std::string_view server, TrackedType type, Timestamp at, std::span<const Seen> seen) override {
    const std::lock_guard lock(mutex_);
    auto& entries = of(server).entries(type);
    for (auto& [key, entry] : entries) entry.open = false;
    for (const auto& one : seen) {
      auto [found, is_new] = entries.try_emplace(one.key);
      auto& entry = found->second;
      if (is_new) entry.first_seen = entry.last_seen = at;
      entry.key = one.key;
      entry.kind = one.kind;
      entry.title = one.title;
      entry.last_seen = std::max(entry.last_seen, at);
      entry.open = true;
    }
    return true;
  }

  Result<std::vector<Tracked>> tracked(std::string_view server, TrackedType type) override {
    const std::lock_guard lock(mutex_);
    std::vector<Tracked> all;
    for (const auto& [key, entry] : of(server).entries(type)) all.push_back(entry);
    return all;
  }

  Result<bool> set_muted(std::string_view server, TrackedType type, std::string_view key, bool muted) override {
    const std::lock_guard lock(mutex_);
    auto& entries = of(server).entries(type);
    const auto found = entries.find(key);
    if (found == entries.end()) return false;
    found->second.muted = muted;
    return true;
  }

  Result<bool> expire(Timestamp now, const Retention& retention) override {
    const std::lock_guard lock(mutex_);
    for (auto& [server, history] : histories_) {
      history.samples.erase(history.samples.begin(), history.samples.lower_bound(now - retention.samples));
      for (auto& entries : history.tracked)
        std::erase_if(entries, [&](const auto& entry) {
          return !entry.second.open && entry.second.last_seen < now - retention.closed;
        });
    }
    return true;
  }

  [[nodiscard]] std::string status() const override { return {}; }

 private:
  History& of(std::string_view server) {
    const auto found = histories_.find(server);
    return found == histories_.end() ? histories_[std::string(server)] : found->second;
  }

  std::mutex mutex_;
  std::map<std::string, History, std::less<>> histories_;
};

}  // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace pgsextant::store
