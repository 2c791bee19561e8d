// Names in PostgreSQL's own style, by its own rules (indexcmds.c: ChooseIndexColumnNames, ChooseIndexNameAddition,
// makeObjectName): suggested_name() of core/index_definition.hpp.

#include <algorithm>

#include "core/index_definition.hpp"

namespace pgsextant {
namespace {

constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1

/// At most `limit` bytes, cut before the UTF-8 character that does not fit.
std::string_view clip(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
  return text.substr(0, limit);
}

/// As PostgreSQL names an index's columns: an expression is "expr", a repeated name gets a number.
std::vector<std::string> column_names(const IndexDefinition& index) {
  std::vector<std::string> wanted;
  wanted.reserve(index.keys.size() + index.include.size());
  for (const auto& key : index.keys) wanted.push_back(key.column.empty() ? "expr" : key.column);
  wanted.insert(wanted.end(), index.include.begin(), index.include.end());

  std::vector<std::string> names;
  for (const auto& base : wanted) {
    std::string name = base;
    for (int i = 1; std::find(names.begin(), names.end(), name) != names.end(); ++i) {
      const auto number = std::to_string(i);
      name = std::string(clip(base, longest_name - number.size())) + number;
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

std::string suggested_name(const IndexDefinition& index) {
  std::string columns;
  for (const auto& name : column_names(index)) columns.append(columns.empty() ? "" : "_").append(name);
  // The longer of the two gives way, byte by byte.
  static constexpr std::string_view label = "_idx";
  const std::size_t room = longest_name - label.size() - 1;
  std::size_t table_length = index.table.size();
  std::size_t columns_length = columns.size();
  if (table_length + columns_length > room) {
    const std::size_t half = room / 2;
    if (table_length <= half)
      columns_length = room - table_length;
    else if (columns_length < room - half)
      table_length = room - columns_length;
    else
      table_length = half, columns_length = room - half;
  }
  std::string name(clip(index.table, table_length));
  name.append("_").append(clip(columns, columns_length)).append(label);
  return name;
}

}  // namespace pgsextant
