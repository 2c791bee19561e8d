#pragma once
// Strongly typed identities. PostgreSQL hands out several kinds of integer that must never be mixed.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace pgsextant {

/// An integer that identifies one kind of thing. Zero is PostgreSQL's "invalid" for all of them.
template <class Tag, class Rep>
struct Id {
  Rep value{};
  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return value != Rep{}; }
};

using Oid = Id<struct OidTag, std::uint32_t>;
using QueryId = Id<struct QueryIdTag, std::int64_t>;
using BackendPid = Id<struct BackendPidTag, std::int32_t>;

/// A position in the write-ahead log, in bytes since its beginning (pg_lsn).
using Lsn = Id<struct LsnTag, std::uint64_t>;

}  // namespace pgsextant

template <class Tag, class Rep>
struct std::hash<pgsextant::Id<Tag, Rep>> {
  std::size_t operator()(const pgsextant::Id<Tag, Rep>& id) const noexcept { return std::hash<Rep>{}(id.value); }
};
