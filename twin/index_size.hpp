#pragma once
// What an index would occupy right after CREATE INDEX, from statistics.

#include <optional>

#include "core/index_definition.hpp"
#include "core/model/schema.hpp"
#include "core/outcome.hpp"
#include "core/units.hpp"

namespace pgsextant::twin {

/// The bytes that an index tuple spends on a column's value, and to what they are aligned (pg_type.typalign).
struct KeyWidth {
  double bytes = 0;
  int alignment = 1;
};
KeyWidth key_width(const Column& column);

/// Whether B-tree deduplication can merge equal values of the type (btequalimage): not where equal values can differ
/// (numeric, floats, jsonb) nor in containers.
bool can_deduplicate(const Column& column);

/// The share of a table's rows that a partial index's predicate keeps; 1 without one.
double predicate_share(const IndexDefinition& index, const Table& table);

/// Pages of the index, meta page and inner pages included.
///
/// B-tree: nbtree's own arithmetic for a freshly built index of fillfactor 90 (tuple header 8 bytes, values aligned,
/// line pointer 4), with posting lists where equal values repeat (nbtdedup.c). A column without statistics is taken to
/// be as wide as its type suggests and without repetition. Equal values are taken to be spread evenly.
///
/// GIN: rough, since nobody counts the elements of a value: an entry for every 10 bytes of the value (every byte with
/// gin_trgm_ops), 3 bytes for each occurrence. Expect a factor of three either way.
///
/// Failure: unsupported for other methods, and where the table was never analysed.
Result<Blocks> index_pages(const IndexDefinition& index, const Table& table);

}  // namespace pgsextant::twin
