#pragma once
// What an index can do for one reference to its table in a statement.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/index_definition.hpp"
#include "core/model/schema.hpp"
#include "sql/shape.hpp"

namespace pgsextant::twin {

struct IndexMatch {
  int conditions = 0;               ///< of the statement's that become index conditions
  double boundary_selectivity = 1;  ///< those that bound the part of the index that is read
  double selectivity = 1;           ///< all index conditions
  int filters = 0;                  ///< what remains to be checked on the rows
  bool all_served = false;          ///< no filter remains
  /// Leading keys that are fixed to one value: the order of the index begins after them. They may be skipped in a sort.
  std::size_t fixed_keys = 0;
};

/// Which conditions of `use` the index serves. `known_tables`: the tables (positions in the Shape) whose columns are
/// values for this scan, so that join conditions with them count. B-tree: equalities on leading keys, then one key
/// with bounds; later keys filter within the index. GIN: any key. An index whose predicate is not among the
/// statement's own conditions serves nothing. Empty: the method cannot be judged or the index does not apply.
std::optional<IndexMatch> match_index(const IndexDefinition& index, const Table& table, const sql::TableUse& use,
                                      const std::set<int>& known_tables);

/// A key of a plan's Sort node as EXPLAIN prints it: "orders.created_at DESC NULLS LAST", "(lower(email))".
struct PrintedSortKey {
  std::string text;  ///< column or expression, without the table's name
  bool descending = false, nulls_first = false;
};
PrintedSortKey read_sort_key(std::string_view printed);

/// Whether a scan of the B-tree, forward or backward, gives the rows in that order.
bool delivers_order(const IndexDefinition& index, const IndexMatch& match, const std::vector<PrintedSortKey>& keys);

}  // namespace pgsextant::twin
