#include "advisor/schema_names.hpp"

#include <algorithm>

namespace pgsextant::advisor {

bool SchemaResolver::has_column(std::string_view schema, std::string_view table, std::string_view column) const {
  const Table* found = schema_.table(schema, table);
  return found != nullptr && found->column(column) != nullptr;
}

std::vector<std::string> SchemaResolver::columns(std::string_view schema, std::string_view table) const {
  std::vector<std::string> names;
  if (const Table* found = schema_.table(schema, table); found != nullptr) {
    for (const Column& column : found->columns) names.push_back(column.name);
  }
  return names;
}

std::string display_name(const Table& table) {
  return table.schema == "public" ? quote_identifier(table.name) : table.qualified_name();
}

std::string free_index_name(const DatabaseSchema& schema, const IndexDefinition& index,
                            const std::vector<std::string>& taken) {
  const auto is_taken = [&](const std::string& name) {
    if (std::ranges::find(taken, name) != taken.end()) return true;
    const auto in_schema = [&](const auto& relation) {
      return relation.schema == index.schema && relation.name == name;
    };
    if (std::ranges::any_of(schema.tables, in_schema) || std::ranges::any_of(schema.sequences, in_schema)) return true;
    return std::ranges::any_of(schema.indexes, [&](const Index& existing) {
      return existing.definition.schema == index.schema && existing.name == name;
    });
  };
  const std::string wanted = suggested_name(index);
  std::string name = wanted;
  for (int i = 1; is_taken(name); ++i) {  // PostgreSQL's own way: …_idx1, …_idx2
    const std::string number = std::to_string(i);
    constexpr std::size_t longest = 63;
    std::size_t kept = std::min(wanted.size(), longest - number.size());
    while (kept > 0 && kept < wanted.size() && (static_cast<unsigned char>(wanted[kept]) & 0xC0) == 0x80) --kept;
    name = wanted.substr(0, kept) + number;
  }
  return name;
}

double distinct_values(const Table& table, std::string_view column) {
  const Column* found = table.column(column);
  if (found == nullptr || !found->statistics) return 0;
  const double distinct = found->statistics->distinct;
  return distinct >= 0 ? distinct : -distinct * std::max(table.tuples, 0.0);
}

bool is_small(const Table& table) {
  constexpr double few_rows = 10'000;
  constexpr std::int64_t few_pages = 100;
  return table.tuples < few_rows && table.pages.value < few_pages;
}

}  // namespace pgsextant::advisor
