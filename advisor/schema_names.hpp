#pragma once
// A captured schema as sql/shape and the recommenders ask it.

#include <string>
#include <string_view>
#include <vector>

#include "core/model/schema.hpp"
#include "sql/shape.hpp"

namespace pgsextant::advisor {

/// The schema must outlive it.
class SchemaResolver final : public sql::ColumnResolver {
 public:
  explicit SchemaResolver(const DatabaseSchema& schema) : schema_(schema) {}
  [[nodiscard]] bool has_column(std::string_view schema, std::string_view table,
                                std::string_view column) const override;
  [[nodiscard]] std::vector<std::string> columns(std::string_view schema, std::string_view table) const override;

 private:
  const DatabaseSchema& schema_;
};

/// "public.orders" as people write it: without the schema where that is public.
std::string display_name(const Table& table);

/// A name for the index that no relation of its schema has, as far as the capture knows, nor any of `taken`.
std::string free_index_name(const DatabaseSchema& schema, const IndexDefinition& index,
                            const std::vector<std::string>& taken = {});

/// How many different values the column holds; 0 when unknown.
double distinct_values(const Table& table, std::string_view column);

/// Not worth an index of its own: reading the table whole costs next to nothing.
bool is_small(const Table& table);

}  // namespace pgsextant::advisor
