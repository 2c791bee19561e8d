#pragma once
// The hypopg extension: indexes that the planner sees and nobody else, in one session.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/index_definition.hpp"
#include "core/units.hpp"
#include "pg/session.hpp"

namespace pgsextant::twin {

/// A hypothetical index: `plan_name` is how EXPLAIN calls it.
struct HypotheticalIndex {
  Oid oid;
  std::string plan_name;
};

/// Not thread-safe. Every function throws pg::Error.
class Hypopg {
 public:
  /// Empty: not installed in the session's database.
  static std::optional<Hypopg> find(pg::Session& session);

  /// Whether it can imitate the access method at all (1.3 and 1.4: btree, brin, hash, bloom).
  [[nodiscard]] static bool supports(const IndexDefinition& index);
  /// From 1.4 on.
  [[nodiscard]] bool can_hide() const { return can_hide_; }

  /// Makes exactly these exist: what is there already stays, so that neighbouring questions cost one call. When one of
  /// them is refused, the others may or may not exist; the next call sorts it out.
  void hold(pg::Session& session, std::span<const IndexDefinition> indexes);
  /// Of those held, by definition (the CREATE INDEX without a name).
  [[nodiscard]] const std::map<std::string, HypotheticalIndex>& held() const { return held_; }
  /// hypopg's estimate of what a held index would occupy. It knows no deduplication: 1 to 4 times the real size.
  Bytes size(pg::Session& session, const HypotheticalIndex& index) const;

  /// Hides existing indexes (qualified names) until `unhide`. A name that does not exist is ignored.
  void hide(pg::Session& session, std::span<const std::string> names) const;
  void unhide(pg::Session& session) const;

  /// The session is another one: nothing is held any more.
  void forget() { held_.clear(); }

 private:
  std::string schema_;  ///< quoted
  bool can_hide_ = false;
  std::map<std::string, HypotheticalIndex> held_;
};

/// By what an index is told apart here.
std::string definition_of(const IndexDefinition& index);

}  // namespace pgsextant::twin
