#pragma once
// Reads a row from left to right, so that a mapping names its columns in the order of the SQL beside it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/units.hpp"
#include "pg/session.hpp"

namespace pgsextant::collector {

/// Every call takes the next column. Throws as pg::Rows does.
class RowReader {
 public:
  RowReader(const pg::Rows& rows, std::size_t row) : rows_(rows), row_(row) {}

  [[nodiscard]] bool next_is_null() const { return rows_.is_null(row_, column_); }

  std::string_view view() { return rows_.text(row_, column_++); }
  std::string text() { return std::string(view()); }
  std::int64_t integer(std::int64_t fallback = 0) { return rows_.integer(row_, column_++, fallback); }
  std::int32_t small(std::int32_t fallback = 0) { return static_cast<std::int32_t>(integer(fallback)); }
  double real(double fallback = 0) { return rows_.real(row_, column_++, fallback); }
  bool boolean() { return rows_.boolean(row_, column_++); }
  char letter(char fallback) {
    const auto value = view();
    return value.empty() ? fallback : value.front();
  }

  Oid oid() { return {static_cast<std::uint32_t>(integer())}; }
  BackendPid pid() { return {small()}; }
  Blocks blocks() { return {integer()}; }
  Bytes bytes() { return {integer()}; }
  Milliseconds milliseconds() { return Milliseconds(real()); }

  std::optional<std::int64_t> maybe_integer() { return rows_.maybe_integer(row_, column_++); }
  std::optional<double> maybe_real() { return rows_.maybe_real(row_, column_++); }
  std::optional<Timestamp> time() { return rows_.maybe_epoch(row_, column_++); }
  std::optional<Blocks> maybe_blocks() { return as<Blocks>(maybe_integer()); }
  std::optional<Bytes> maybe_bytes() { return as<Bytes>(maybe_integer()); }
  std::optional<Seconds> maybe_seconds() {
    const auto value = maybe_real();
    return value ? std::optional(Seconds(*value)) : std::nullopt;
  }
  /// A WAL position that the query returned as bytes.
  std::optional<Lsn> maybe_lsn() {
    const auto value = maybe_integer();
    return value ? std::optional(Lsn{static_cast<std::uint64_t>(*value)}) : std::nullopt;
  }
  std::vector<std::string> array() { return rows_.array(row_, column_++); }

 private:
  template <class T>
  static std::optional<T> as(std::optional<std::int64_t> value) {
    return value ? std::optional(T{*value}) : std::nullopt;
  }

  const pg::Rows& rows_;
  std::size_t row_;
  std::size_t column_ = 0;
};

}  // namespace pgsextant::collector
