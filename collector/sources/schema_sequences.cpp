// Sequences, the columns they feed, and how far they have come.

#include <algorithm>
#include <map>

#include "collector/row_reader.hpp"
#include "collector/sources/schema_parts.hpp"

namespace pgsextant::collector::schema {
namespace {

// deptype 'a': serial and OWNED BY, 'i': identity. Until 16 pg_sequence_last_value() raises an error where the role may
// not see the value, and for unlogged sequences (15+) on a standby.
constexpr QueryVariant sequence_variants[] = {
    {130000, R"(
SELECT s.seqrelid, n.nspname, c.relname, s.seqmax, s.seqincrement, d.refobjid, a.attname,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       pg_catalog.has_sequence_privilege(s.seqrelid, 'SELECT, USAGE'),
       c.relpersistence = 'p' OR NOT pg_catalog.pg_is_in_recovery()
  FROM pg_catalog.pg_sequence s
  JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid
        AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY s.seqrelid)"},
};

// Takes ROW EXCLUSIVE on each sequence until the query ends: few at a time, so that thousands of sequences never fill
// the server's lock table, and one at a time where one of the few is locked.
constexpr QueryVariant sequence_value_variants[] = {
    {130000, R"(
SELECT s.seqrelid, pg_catalog.pg_sequence_last_value(s.seqrelid::pg_catalog.oid)
  FROM pg_catalog.pg_sequence s
 WHERE s.seqrelid = ANY ($1::pg_catalog.oid[]))"},
};

constexpr std::size_t batch = 50;

void read_values(SourceRun& run, const std::vector<Sequence*>& some) {
  std::map<Oid, Sequence*> by_oid;
  std::string array = "{";
  for (auto* const sequence : some) {
    by_oid.emplace(sequence->oid, sequence);
    array.append(array.size() > 1 ? "," : "").append(std::to_string(sequence->oid.value));
  }
  const auto rows = run.rows(sequence_values, {array + "}"});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    const auto oid = row.oid();
    by_oid.at(oid)->last_value = row.maybe_integer();
  }
}

}  // namespace

const Query sequences{"sequences", sequence_variants};
const Query sequence_values{"sequence_values", sequence_value_variants};

void read_sequences(SourceRun& run, LockBudget& budget, DatabaseSchema& into, Hidden& hidden) {
  const auto rows = run.rows(sequences);
  into.sequences.reserve(rows.size());
  std::vector<Sequence*> readable;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    Sequence sequence;
    sequence.oid = row.oid();
    sequence.schema = row.text();
    sequence.name = row.text();
    sequence.max_value = row.integer();
    sequence.increment = row.integer();
    sequence.table = row.oid();
    sequence.column = row.text();
    sequence.column_type = row.text();
    const bool permitted = row.boolean();
    const bool stored = row.boolean();
    hidden.sequences += static_cast<std::int64_t>(!permitted);
    into.sequences.push_back(std::move(sequence));
    if (permitted && stored) readable.push_back(&into.sequences.back());
  }
  for (std::size_t at = 0; at < readable.size(); at += batch) {
    const std::vector<Sequence*> some(
        readable.begin() + static_cast<std::ptrdiff_t>(at),
        readable.begin() + static_cast<std::ptrdiff_t>(std::min(at + batch, readable.size())));
    if (budget.read([&] { read_values(run, some); })) continue;
    for (auto* const sequence : some)
      if (!budget.read([&] { read_values(run, {sequence}); }))
        into.skipped.push_back({quote_identifier(sequence->schema) + "." + quote_identifier(sequence->name),
                                "locked: its value cannot be read"});
  }
}

}  // namespace pgsextant::collector::schema
