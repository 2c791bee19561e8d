#pragma once
// A server as a busy shop would show it: the state that the tests of pages, metrics and JSON start from. Every figure
// is written down here, so that tests expect it from here and not from what the code printed.

#include <memory>
#include <string>

#include "core/report.hpp"
#include "store/store.hpp"

namespace pgsextant::web::fixture {

/// 2026-11-21 09:37:01 UTC
inline constexpr Timestamp now{std::chrono::seconds{1795253821}};

inline constexpr QueryId orders_by_customer{4611686018427387905};
inline constexpr QueryId update_stock{-1234567890123456789};

class FixedClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return fixture::now; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady_now() const override { return {}; }
};

template <class T>
Part<T> part(T value, std::chrono::seconds age = std::chrono::seconds{2}) {
  return {std::make_shared<const T>(std::move(value)), now - age, now - age};
}

/// shop-primary: everything read two seconds ago, some of it in trouble.
Snapshot snapshot();
Analysis analysis();
Advice advice();

ServerReport report(Snapshot snapshot, Analysis analysis = fixture::analysis(), Advice advice = fixture::advice());
inline ServerReport shop() { return report(snapshot()); }

/// The same server four minutes after it stopped answering.
ServerReport down();

void publish(Board& board, const ServerReport& report);

/// An hour of vital signs, and what the findings and recommendations of shop() look like through time.
std::unique_ptr<store::Store> history();

}  // namespace pgsextant::web::fixture
