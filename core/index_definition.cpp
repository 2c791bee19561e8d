#include "core/index_definition.hpp"

#include <algorithm>
#include <iterator>

namespace pgsextant {
namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text.append(text.empty() ? "" : ", ").append(part);
  return text;
}

std::string key_sql(const IndexKey& key) {
  std::string sql = key.expression.empty() ? quote_identifier(key.column) : "(" + key.expression + ")";
  if (!key.operator_class.empty()) sql.append(" ").append(key.operator_class);
  if (key.descending) sql += " DESC";
  if (key.nulls_first != key.descending) sql += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  return sql;
}

/// "(a, b DESC) INCLUDE (c) WHERE …"
std::string definition_sql(const IndexDefinition& index) {
  std::vector<std::string> keys;
  std::transform(index.keys.begin(), index.keys.end(), std::back_inserter(keys), key_sql);
  std::string sql = "(" + joined(keys) + ")";
  if (!index.include.empty()) {
    std::vector<std::string> columns;
    std::transform(index.include.begin(), index.include.end(), std::back_inserter(columns), quote_identifier);
    sql += " INCLUDE (" + joined(columns) + ")";
  }
  if (!index.predicate.empty()) sql += " WHERE " + index.predicate;
  return sql;
}

std::string table_sql(const IndexDefinition& index) {
  const auto table = quote_identifier(index.table);
  return index.schema.empty() ? table : quote_identifier(index.schema) + "." + table;
}

}  // namespace

std::string describe(const IndexDefinition& index) {
  std::string text = index.unique ? "unique " : "";
  text += index.schema == "public" ? quote_identifier(index.table) : table_sql(index);
  if (index.method != "btree") text += " USING " + quote_identifier(index.method);
  return text + " " + definition_sql(index);
}

std::string create_statement(const IndexDefinition& index, std::string_view name, bool concurrently) {
  std::string sql = index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  if (concurrently) sql += "CONCURRENTLY ";
  if (!name.empty()) sql += quote_identifier(name) + " ";
  return sql + "ON " + table_sql(index) + " USING " + quote_identifier(index.method) + " " + definition_sql(index);
}

}  // namespace pgsextant
