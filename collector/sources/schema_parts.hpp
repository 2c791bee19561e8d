#pragma once
// The parts that `schema` is read from; only for its own files.

#include <cstdint>
#include <string>
#include <vector>

#include "collector/source.hpp"

namespace pgsextant::collector::schema {

/// What this role may not see, counted for the status.
struct Hidden {
  std::int64_t tables = 0;     ///< whose column statistics are hidden
  std::int64_t sequences = 0;  ///< whose value is hidden
};

/// Objects that may only be read under a lock, which a person's ALTER TABLE may hold for hours. At most `patience` of
/// them are waited for (lock_timeout each) in one reading; then every other is left for the next.
class LockBudget {
 public:
  [[nodiscard]] bool used_up() const { return left_ == 0; }

  /// Runs `ask`; false when the object was locked, or when the budget is used up.
  template <class Ask>
  bool read(Ask ask) {
    if (left_ == 0) return false;
    try {
      ask();
      return true;
    } catch (const pg::Error& e) {
      if (e.failure().outcome != Outcome::locked) throw;
      --left_;
      return false;
    }
  }

 private:
  int left_ = 10;
};

/// tables and columns with their statistics.
void read_tables(SourceRun& run, DatabaseSchema& into, Hidden& hidden);
/// After read_tables. `previous` (may be null) serves where an index is locked.
void read_indexes(SourceRun& run, LockBudget& budget, const DatabaseSchema* previous, DatabaseSchema& into);
/// After read_tables: foreign keys, extended statistics, extensions, search path.
void read_constraints(SourceRun& run, DatabaseSchema& into);
void read_sequences(SourceRun& run, LockBudget& budget, DatabaseSchema& into, Hidden& hidden);

/// Names of columns by their numbers ("1 3", as int2vector prints them); numbers that the table does not have (0: an
/// expression) are left out.
std::vector<std::string> column_names(const Table& table, std::string_view numbers);
/// "1 3 0"
std::vector<std::int64_t> numbers_of(std::string_view vector);

extern const Query tables, columns, column_statistics;
extern const Query indexes, operator_classes, collations, index_expressions;
extern const Query foreign_keys, extended_statistics, extensions, search_path;
extern const Query sequences, sequence_values;

}  // namespace pgsextant::collector::schema
