#include "core/model/schema.hpp"

#include <algorithm>

namespace pgsextant {

const Column* Table::column(std::string_view column_name) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const auto& column) { return column.name == column_name; });
  return found == columns.end() ? nullptr : &*found;
}

std::string Table::qualified_name() const { return quote_identifier(schema) + "." + quote_identifier(name); }

const Table* DatabaseSchema::table(Oid oid) const {
  const auto found = std::lower_bound(tables.begin(), tables.end(), oid,
                                      [](const Table& candidate, Oid wanted) { return candidate.oid < wanted; });
  return found == tables.end() || found->oid != oid ? nullptr : &*found;
}

const Table* DatabaseSchema::table(std::string_view schema, std::string_view table_name) const {
  const auto in = [&](std::string_view wanted) -> const Table* {
    const auto found = std::find_if(tables.begin(), tables.end(), [&](const Table& candidate) {
      return candidate.name == table_name && candidate.schema == wanted;
    });
    return found == tables.end() ? nullptr : &*found;
  };
  if (!schema.empty()) return in(schema);
  for (const auto& searched : search_path)
    if (const auto* found = in(searched)) return found;
  return nullptr;
}

std::vector<const Index*> DatabaseSchema::indexes_of(Oid table_oid) const {
  std::vector<const Index*> found;
  for (const auto& index : indexes)
    if (index.table == table_oid) found.push_back(&index);
  return found;
}

}  // namespace pgsextant
