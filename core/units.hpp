#pragma once
// Quantities as types, so that a block count is never shown as bytes nor a millisecond as a second.

#include <chrono>
#include <compare>
#include <cstdint>

namespace pgsextant {

/// A count of bytes. Signed, since differences are taken.
struct Bytes {
  std::int64_t value = 0;
  auto operator<=>(const Bytes&) const = default;
  Bytes& operator+=(Bytes other) { return value += other.value, *this; }
  friend Bytes operator+(Bytes a, Bytes b) { return {a.value + b.value}; }
  friend Bytes operator-(Bytes a, Bytes b) { return {a.value - b.value}; }
};

/// A count of PostgreSQL pages (block_size bytes each, 8192 unless built otherwise).
struct Blocks {
  std::int64_t value = 0;
  auto operator<=>(const Blocks&) const = default;
  Blocks& operator+=(Blocks other) { return value += other.value, *this; }
  friend Blocks operator+(Blocks a, Blocks b) { return {a.value + b.value}; }
  friend Blocks operator-(Blocks a, Blocks b) { return {a.value - b.value}; }
  [[nodiscard]] Bytes to_bytes(std::int64_t block_size = 8192) const { return {value * block_size}; }
};

/// PostgreSQL reports timings in fractional milliseconds.
using Milliseconds = std::chrono::duration<double, std::milli>;
/// Prometheus and lags use fractional seconds.
using Seconds = std::chrono::duration<double>;

}  // namespace pgsextant
