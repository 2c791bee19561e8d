#pragma once
// Time of day and the injected clock. Only the scheduler and the runner of sources may hold a Clock; everything
// else gets the time as a value.

#include <chrono>
#include <string>

namespace pgsextant {

/// A moment as PostgreSQL stores it: microseconds, UTC.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Thread-safe. Tests substitute a clock that they move by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
  /// Never goes back and never jumps; for intervals and deadlines.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady_now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override;
  [[nodiscard]] std::chrono::steady_clock::time_point steady_now() const override;
};

/// "2026-11-21T09:37:01Z" (seconds; RFC 3339).
std::string format_utc(Timestamp t);

}  // namespace pgsextant
