#include "twin/index_size.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "twin/selectivity.hpp"

namespace pgsextant::twin {
namespace {

constexpr double page_bytes = 8192;
constexpr double page_usable = page_bytes - 24 - 16;              // page header, BTPageOpaqueData
constexpr double leaf_usable = page_usable - page_bytes * 0.10;   // BTREE_DEFAULT_FILLFACTOR 90
constexpr double inner_usable = page_usable - page_bytes * 0.30;  // BTREE_NONLEAF_FILLFACTOR 70
constexpr double tuple_header = 8, line_pointer = 4, item_pointer = 6;
constexpr double max_posting = 816 - line_pointer;  // _bt_load(): a tenth of a page, aligned, less the line pointer
constexpr double default_text_width = 32;           // get_typavgwidth()

struct FixedType {
  std::string_view name;
  double bytes;
  int alignment;
};
constexpr std::array<FixedType, 14> fixed_types{{{"smallint", 2, 2},
                                                 {"integer", 4, 4},
                                                 {"bigint", 8, 8},
                                                 {"real", 4, 4},
                                                 {"double precision", 8, 8},
                                                 {"boolean", 1, 1},
                                                 {"date", 4, 4},
                                                 {"oid", 4, 4},
                                                 {"uuid", 16, 1},
                                                 {"time without time zone", 8, 8},
                                                 {"timestamp without time zone", 8, 8},
                                                 {"timestamp with time zone", 8, 8},
                                                 {"interval", 16, 8},
                                                 {"money", 8, 8}}};

double aligned(double bytes, int alignment) { return std::ceil(bytes / alignment) * alignment; }
double max_aligned(double bytes) { return aligned(bytes, 8); }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool mentions(std::string_view expression, std::string_view name) {
  for (auto at = expression.find(name); at != std::string_view::npos; at = expression.find(name, at + 1)) {
    const auto end = at + name.size();
    if ((at == 0 || !is_word(expression[at - 1])) && (end == expression.size() || !is_word(expression[end]))) {
      return true;
    }
  }
  return false;
}

/// The column itself, or the only one that the key's expression mentions.
const Column* column_behind(const IndexKey& key, const Table& table) {
  if (!key.column.empty()) return table.column(key.column);
  const Column* found = nullptr;
  for (const auto& column : table.columns) {
    if (!mentions(key.expression, column.name)) continue;
    if (found != nullptr) return nullptr;
    found = &column;
  }
  return found;
}

/// Bytes of a B-tree's leaf level for one value that stands in `rows` rows, a whole number.
double bytes_for_value(double tuple, double rows, bool deduplicate) {
  if (!deduplicate || rows < 2) return rows * (tuple + line_pointer);
  const double per_posting = std::max(2.0, std::floor((max_posting - tuple) / item_pointer));
  const double full = std::floor(rows / per_posting);
  const double rest = rows - full * per_posting;
  const auto posting = [&](double count) {
    return (count < 2 ? tuple : max_aligned(tuple + count * item_pointer)) + line_pointer;
  };
  return full * posting(per_posting) + (rest > 0 ? posting(rest) : 0);
}

double leaf_bytes(double tuple, double rows, double values, bool deduplicate) {
  const double each = rows / values;
  const double low = std::floor(each);
  const double share_of_high = each - low;
  return values * ((1 - share_of_high) * bytes_for_value(tuple, low, deduplicate) +
                   share_of_high * bytes_for_value(tuple, low + 1, deduplicate));
}

Blocks btree_pages(const IndexDefinition& index, const Table& table, double rows) {
  double data = 0;
  double values = 1;
  bool deduplicate = index.include.empty();
  const auto add = [&](const Column* column) {
    const auto width = column != nullptr ? key_width(*column) : KeyWidth{default_text_width, 1};
    data = aligned(data, width.alignment) + width.bytes;
  };
  for (const auto& key : index.keys) {
    const auto* column = column_behind(key, table);
    add(column);
    // An expression can tell apart fewer values than its column, never more; how many is not known.
    const bool known = column != nullptr && !key.column.empty() && column->statistics && can_deduplicate(*column);
    deduplicate = deduplicate && known;
    if (known) values *= distinct_values(*column, table.tuples);
  }
  for (const auto& name : index.include) add(table.column(name));

  const double tuple = max_aligned(tuple_header + data);
  values = std::clamp(values, 1.0, std::max(1.0, rows));
  const double bytes = leaf_bytes(tuple, std::max(rows, 1.0), deduplicate ? values : std::max(rows, 1.0), deduplicate);
  double level = std::max(1.0, std::ceil(bytes / leaf_usable));
  double pages = level + 1;
  const double fan_out = std::max(2.0, std::floor(inner_usable / (tuple + line_pointer)));
  while (level > 1) pages += level = std::ceil(level / fan_out);
  return {static_cast<std::int64_t>(pages)};
}

Blocks gin_pages(const IndexDefinition& index, const Table& table, double rows) {
  constexpr double bytes_per_entry = 10, bytes_per_occurrence = 3;
  double bytes = 0;
  for (const auto& key : index.keys) {
    const auto* column = column_behind(key, table);
    const double width = column != nullptr ? key_width(*column).bytes : default_text_width;
    const bool trigrams = key.operator_class.find("trgm") != std::string::npos;
    bytes += rows * std::max(1.0, trigrams ? width : width / bytes_per_entry) * bytes_per_occurrence;
  }
  return {static_cast<std::int64_t>(2 + std::ceil(bytes / page_usable))};
}

}  // namespace

KeyWidth key_width(const Column& column) {
  const auto* const fixed = std::find_if(fixed_types.begin(), fixed_types.end(),
                                         [&](const FixedType& type) { return type.name == column.type; });
  if (fixed != fixed_types.end()) return {fixed->bytes, fixed->alignment};
  // ANALYZE cuts off the fraction of an average width.
  if (column.statistics) return {column.statistics->average_width + 0.5, 1};
  return {default_text_width, 1};
}

bool can_deduplicate(const Column& column) {
  const auto starts = [&](std::string_view prefix) { return column.type.starts_with(prefix); };
  const bool container = column.type.ends_with("[]") || column.type.find("range") != std::string::npos;
  return !container && !starts("numeric") && !starts("real") && !starts("double") && !starts("jsonb");
}

double predicate_share(const IndexDefinition& index, const Table& table) {
  return index.predicate.empty() ? 1.0 : condition_selectivity(index.predicate, table);
}

Result<Blocks> index_pages(const IndexDefinition& index, const Table& table) {
  if (table.tuples < 0) {
    return Failure{Outcome::unsupported, "table " + table.qualified_name() + " was never analysed",
                   "ANALYZE " + table.qualified_name()};
  }
  const double rows = table.tuples * predicate_share(index, table);
  if (index.method == "btree") return btree_pages(index, table, rows);
  if (index.method == "gin") return gin_pages(index, table, rows);
  return Failure{Outcome::unsupported, "no estimate for an index of method " + index.method, ""};
}

}  // namespace pgsextant::twin
