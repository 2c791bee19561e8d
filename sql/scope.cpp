#include "sql/scope.hpp"

#include <algorithm>
#include <array>

namespace pgsextant::sql {
namespace {

bool is_system_column(std::string_view name) {
  static constexpr std::array<std::string_view, 6> names{"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"};
  return std::ranges::find(names, name) != names.end();
}

Resolution resolved(const std::optional<ColumnAt>& at) {
  if (!at) return {Found::derived, {}};
  return {Found::base_column, *at};
}

}  // namespace

bool ends_in_star(const PgQuery__ColumnRef& reference) {
  return reference.n_fields > 0 && reference.fields[reference.n_fields - 1]->node_case == PG_QUERY__NODE__NODE_A_STAR;
}

const std::shared_ptr<const Outputs>* Scope::cte(std::string_view name) const {
  const auto found = std::ranges::find(ctes_, name, [](const auto& cte) -> std::string_view { return cte.first; });
  if (found != ctes_.end()) return &found->second;
  return parent_ != nullptr ? parent_->cte(name) : nullptr;
}

const Source* Scope::source(std::string_view name) const {
  const auto found = std::ranges::find(sources_, name, &Source::name);
  if (found != sources_.end()) return &*found;
  return parent_ != nullptr ? parent_->source(name) : nullptr;
}

std::vector<std::string> Scope::columns_of(const Source& source) const {
  if (resolver_ == nullptr || source.table < 0) return {};
  const TableUse& table = shape_.tables[static_cast<std::size_t>(source.table)];
  return resolver_->columns(table.schema, table.table);
}

Scope::Lookup Scope::lookup(const Source& source, std::string_view column) const {
  if (source.table >= 0) {
    ColumnAt at{source.table, std::string(column)};
    if (resolver_ == nullptr) return {Has::maybe, std::move(at)};
    const TableUse& table = shape_.tables[static_cast<std::size_t>(source.table)];
    if (!resolver_->has_column(table.schema, table.table, column)) return {};
    return {Has::yes, std::move(at)};
  }
  if (source.outputs == nullptr) return {Has::maybe, std::nullopt};
  for (const auto& [name, at] : source.outputs->columns) {
    if (name == column) return {Has::yes, at};
  }
  for (const Source& inner : source.outputs->through) {
    if (auto found = lookup(inner, column); found.has != Has::no) return found;
  }
  return {};
}

Resolution Scope::resolve(std::string_view column, std::span<const Source> among) const {
  std::vector<Lookup> certain, possible;
  for (const Source& source : among) {
    auto found = lookup(source, column);
    if (found.has == Has::yes)
      certain.push_back(std::move(found));
    else if (found.has == Has::maybe)
      possible.push_back(std::move(found));
  }
  if (certain.size() == 1 || (!certain.empty() && merged_.contains(column))) return resolved(certain.front().at);
  if (certain.empty() && possible.size() == 1) return resolved(possible.front().at);
  if (!possible.empty() && merged_.contains(column)) return resolved(possible.front().at);
  return {};
}

Resolution Scope::resolve_name(std::string_view column) const {
  if (auto found = resolve(column, sources_); found.found != Found::nothing) return found;
  const bool seen = std::ranges::any_of(sources_, [&](const Source& s) { return lookup(s, column).has != Has::no; });
  if (!seen && parent_ != nullptr) return parent_->resolve_name(column);
  return {};
}

Resolution Scope::resolve(const PgQuery__ColumnRef& reference) const {
  const std::size_t n = reference.n_fields;
  if (n == 0) return {};
  const auto last = string_of(reference.fields[n - 1]);
  if (n == 1) {
    if (is_system_column(last)) return {};
    if (auto found = resolve_name(last); found.found == Found::base_column && resolver_ != nullptr) return found;
    // Without a resolver anything could be a column; a table's own name is more likely its whole row.
    if (const Source* row = source(last); row != nullptr) return {Found::whole_row, {row->table, {}}};
    return resolve_name(last);
  }
  const Source* qualifier = source(string_of(reference.fields[n - 2]));
  if (qualifier == nullptr) return {};
  if (ends_in_star(reference)) return {Found::whole_row, {qualifier->table, {}}};
  if (is_system_column(last)) return {};
  if (qualifier->table >= 0) return {Found::base_column, {qualifier->table, std::string(last)}};
  return resolved(lookup(*qualifier, last).at);
}

}  // namespace pgsextant::sql
