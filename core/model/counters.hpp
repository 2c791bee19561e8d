#pragma once
// Arithmetic of additive counters, from one list of fields for each struct: a field missing there would silently
// stay zero in every delta, so the unit tests compare the lists with the structs' sizes.

#include <optional>
#include <tuple>

#include "core/model/databases.hpp"
#include "core/model/schema.hpp"
#include "core/model/statements.hpp"
#include "core/model/wal.hpp"

namespace pgsextant {

template <class Counters>
struct AdditiveFields;

template <>
struct AdditiveFields<StatementCounters> {
  using C = StatementCounters;
  static constexpr auto list = std::tuple{&C::calls,      &C::rows,          &C::exec_time,      &C::plan_time,
                                          &C::shared_hit, &C::shared_read,   &C::shared_dirtied, &C::shared_written,
                                          &C::local_read, &C::local_written, &C::temp_read,      &C::temp_written,
                                          &C::read_time,  &C::write_time,    &C::wal_records,    &C::wal};
};

template <>
struct AdditiveFields<DatabaseCounters> {
  using C = DatabaseCounters;
  static constexpr auto list =
      std::tuple{&C::commits,      &C::rollbacks,     &C::blocks_read,  &C::blocks_hit,   &C::rows_returned,
                 &C::rows_fetched, &C::rows_inserted, &C::rows_updated, &C::rows_deleted, &C::conflicts,
                 &C::temp_files,   &C::temp,          &C::deadlocks,    &C::read_time,    &C::write_time};
};

template <>
struct AdditiveFields<WalCounters> {
  using C = WalCounters;
  static constexpr auto list = std::tuple{&C::checkpoints_timed,
                                          &C::checkpoints_requested,
                                          &C::checkpoint_write_time,
                                          &C::checkpoint_sync_time,
                                          &C::buffers_checkpoint,
                                          &C::buffers_clean,
                                          &C::buffers_alloc,
                                          &C::buffers_backend,
                                          &C::buffers_backend_fsync,
                                          &C::maxwritten_clean,
                                          &C::wal_records,
                                          &C::wal_full_page_images,
                                          &C::wal,
                                          &C::wal_buffers_full};
};

/// Without live, dead and modified_since_analyze, which go up and down, and the ages and times.
template <>
struct AdditiveFields<TableCounters> {
  using C = TableCounters;
  static constexpr auto list =
      std::tuple{&C::seq_scans, &C::seq_rows,    &C::index_scans, &C::index_rows,  &C::inserted,   &C::updated,
                 &C::deleted,   &C::hot_updated, &C::vacuums,     &C::autovacuums, &C::analyzes,   &C::autoanalyzes,
                 &C::heap_read, &C::heap_hit,    &C::index_read,  &C::index_hit,   &C::toast_read, &C::toast_hit};
};

namespace detail {

template <class T>
bool field_fell(const T& before, const T& now) {
  return now < before;
}
/// A counter that appears or disappears (another version, another view) cannot be compared either.
template <class T>
bool field_fell(const std::optional<T>& before, const std::optional<T>& now) {
  return before.has_value() != now.has_value() || (before && *now < *before);
}

template <class T>
T field_difference(const T& before, const T& now) {
  return now - before;
}
template <class T>
std::optional<T> field_difference(const std::optional<T>& before, const std::optional<T>& now) {
  if (!before || !now) return std::nullopt;
  return *now - *before;
}

template <class T>
void field_add(T& sum, const T& more) {
  sum += more;
}
template <class T>
void field_add(std::optional<T>& sum, const std::optional<T>& more) {
  if (sum && more)
    *sum += *more;
  else
    sum.reset();
}

template <class Counters, class Visit>
void for_each_field(Visit&& visit) {
  std::apply([&](auto... field) { (visit(field), ...); }, AdditiveFields<Counters>::list);
}

}  // namespace detail

/// Some counter is less than before: counting began again in between.
template <class Counters>
bool counters_fell(const Counters& before, const Counters& now) {
  bool fell = false;
  detail::for_each_field<Counters>([&](auto field) { fell = fell || detail::field_fell(before.*field, now.*field); });
  return fell;
}

template <class Counters>
Counters counters_difference(const Counters& before, const Counters& now) {
  Counters difference;
  detail::for_each_field<Counters>(
      [&](auto field) { difference.*field = detail::field_difference(before.*field, now.*field); });
  return difference;
}

/// A field that one of the two does not know is unknown in the sum.
template <class Counters>
void counters_add(Counters& sum, const Counters& more) {
  detail::for_each_field<Counters>([&](auto field) { detail::field_add(sum.*field, more.*field); });
}

}  // namespace pgsextant
