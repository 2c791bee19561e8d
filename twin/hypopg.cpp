#include "twin/hypopg.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

namespace pgsextant::twin {

std::string definition_of(const IndexDefinition& index) { return create_statement(index, "", false); }

std::optional<Hypopg> Hypopg::find(pg::Session& session) {
  // An extension can live in any schema, which need not be in the search_path.
  const auto rows = session.query(
      "SELECT pg_catalog.quote_ident(n.nspname), EXISTS ("
      "SELECT FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND p.proname = 'hypopg_hide_index') "
      "FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace "
      "WHERE e.extname = 'hypopg'");
  if (rows.empty()) return std::nullopt;
  Hypopg found;
  found.schema_ = rows.text(0, 0);
  found.can_hide_ = rows.boolean(0, 1);
  return found;
}

bool Hypopg::supports(const IndexDefinition& index) {
  static constexpr std::array<std::string_view, 4> methods = {"btree", "brin", "hash", "bloom"};
  return std::find(methods.begin(), methods.end(), index.method) != methods.end();
}

void Hypopg::hold(pg::Session& session, std::span<const IndexDefinition> indexes) {
  std::set<std::string> wanted;
  std::transform(indexes.begin(), indexes.end(), std::inserter(wanted, wanted.end()), definition_of);
  for (auto entry = held_.begin(); entry != held_.end();) {
    if (wanted.contains(entry->first)) {
      ++entry;
      continue;
    }
    session.query("SELECT " + schema_ + ".hypopg_drop_index($1::oid)", {std::to_string(entry->second.oid.value)});
    entry = held_.erase(entry);
  }
  for (const auto& definition : wanted) {
    if (held_.contains(definition)) continue;
    const auto rows =
        session.query("SELECT indexrelid, indexname FROM " + schema_ + ".hypopg_create_index($1)", {definition});
    const auto oid = static_cast<std::uint32_t>(rows.integer(0, 0));
    held_.emplace(definition, HypotheticalIndex{{oid}, std::string(rows.text(0, 1))});
  }
}

Bytes Hypopg::size(pg::Session& session, const HypotheticalIndex& index) const {
  const auto rows =
      session.query("SELECT " + schema_ + ".hypopg_relation_size($1::oid)", {std::to_string(index.oid.value)});
  return {rows.integer(0, 0)};
}

void Hypopg::hide(pg::Session& session, std::span<const std::string> names) const {
  for (const auto& name : names) {
    session.query(
        "SELECT " + schema_ + ".hypopg_hide_index(i) FROM pg_catalog.to_regclass($1) AS i WHERE i IS NOT NULL", {name});
  }
}

void Hypopg::unhide(pg::Session& session) const { session.query("SELECT " + schema_ + ".hypopg_unhide_all_indexes()"); }

}  // namespace pgsextant::twin
