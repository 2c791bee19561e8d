// Indexes, built from pg_index itself: pg_get_indexdef() would wait for whoever holds the table.

#include <algorithm>
#include <map>
#include <set>

#include "collector/row_reader.hpp"
#include "collector/sources/schema_parts.hpp"

namespace pgsextant::collector::schema {
namespace {

// indkey, indclass, indcollation and indoption print as numbers with spaces. A partitioned index ('I') has no pages.
constexpr QueryVariant index_variants[] = {
    {130000, R"(
SELECT i.indexrelid, i.indrelid, c.relname, m.amname,
       i.indisunique, i.indisprimary, i.indisvalid AND i.indisready AND i.indislive,
       EXISTS (SELECT FROM pg_catalog.pg_constraint k
                WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x') AND k.conrelid = i.indrelid),
       i.indisreplident, c.relpages, c.reltuples,
       i.indnkeyatts, i.indkey::pg_catalog.text, i.indclass::pg_catalog.text, i.indcollation::pg_catalog.text,
       i.indoption::pg_catalog.text, i.indexprs IS NOT NULL OR i.indpred IS NOT NULL,
       (SELECT pg_catalog.string_agg(coalesce(a.attcollation, 0)::pg_catalog.text, ' ' ORDER BY k.n)
          FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (attnum, n)
          LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum)
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid AND c.relpersistence <> 't'
  JOIN pg_catalog.pg_am m ON m.oid = c.relam
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid AND t.relkind IN ('r', 'p', 'm')
  JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace
 WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
 ORDER BY i.indexrelid)"},
};

// The name as CREATE INDEX takes it; empty for the default of its input type, which needs none.
constexpr QueryVariant operator_class_variants[] = {
    {130000, R"(
SELECT o.oid,
       CASE WHEN o.opcdefault THEN ''
            WHEN pg_catalog.pg_opclass_is_visible(o.oid) THEN pg_catalog.quote_ident(o.opcname)
            ELSE pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.opcname) END
  FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace
 WHERE NOT o.opcdefault)"},
};

constexpr QueryVariant collation_variants[] = {
    {130000, R"(
SELECT c.oid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.collname)
  FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
 WHERE c.oid = ANY ($1::pg_catalog.oid[]))"},
};

// Deparsing opens the table, and so waits behind ACCESS EXCLUSIVE: one index at a time, under lock_timeout.
constexpr QueryVariant index_expression_variants[] = {
    {130000, R"(
SELECT pg_catalog.pg_get_expr(i.indpred, i.indrelid),
       ARRAY (SELECT pg_catalog.pg_get_indexdef(i.indexrelid, k.n, false)
                FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS k (n)
               WHERE i.indkey[k.n - 1] = 0 ORDER BY k.n)
  FROM pg_catalog.pg_index i
 WHERE i.indexrelid = $1::pg_catalog.oid)"},
};

/// True when the first parenthesis is closed by the last character: "(a) || (b)" is not wrapped. Deparsed texts double
/// every quote inside quotes, so that these need no care.
bool wrapped(std::string_view text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return false;
  int depth = 0;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      return i + 1 == text.size();
    }
  }
  return false;
}

/// PostgreSQL wraps what is no function call once or twice: IndexKey and IndexDefinition want it bare.
std::string unwrapped(std::string_view text) {
  while (wrapped(text)) text = text.substr(1, text.size() - 2);
  return std::string(text);
}

/// A row of `indexes`, of which some needs other catalogs to be understood.
struct Raw {
  Index index;
  std::size_t keys = 0;  ///< further columns are INCLUDEd
  std::vector<std::int64_t> columns, classes, collations, options, column_collations;
  bool needs_deparsing = false;
};

Raw raw_from(const pg::Rows& rows, std::size_t i) {
  RowReader row(rows, i);
  Raw raw;
  auto& index = raw.index;
  index.oid = row.oid();
  index.table = row.oid();
  index.name = row.text();
  index.definition.method = row.text();
  index.unique = row.boolean();
  index.primary = row.boolean();
  index.valid = row.boolean();
  index.constraint = row.boolean();
  index.replica_identity = row.boolean();
  index.pages = row.blocks();
  index.tuples = row.real();
  raw.keys = static_cast<std::size_t>(row.integer());
  raw.columns = numbers_of(row.view());
  raw.classes = numbers_of(row.view());
  raw.collations = numbers_of(row.view());
  raw.options = numbers_of(row.view());
  raw.needs_deparsing = row.boolean();
  raw.column_collations = numbers_of(row.view());
  index.definition.unique = index.unique;
  return raw;
}

struct Deparsed {
  std::string predicate;
  std::vector<std::string> expressions;  ///< of the keys that are no column, in order
};

using Names = std::map<std::int64_t, std::string>;

Names names_from(const pg::Rows& rows) {
  Names names;
  for (std::size_t i = 0; i < rows.size(); ++i) names.emplace(rows.integer(i, 0), rows.text(i, 1));
  return names;
}

/// The names of collations that a key has and its column has not.
Names read_collations(SourceRun& run, const std::vector<Raw>& all) {
  std::set<std::int64_t> wanted;
  for (const auto& raw : all)
    for (std::size_t k = 0; k < raw.keys; ++k)
      if (raw.columns[k] != 0 && raw.collations[k] != raw.column_collations[k]) wanted.insert(raw.collations[k]);
  if (wanted.empty()) return {};
  std::string array = "{";
  for (const auto oid : wanted) array.append(array.size() > 1 ? "," : "").append(std::to_string(oid));
  return names_from(run.rows(collations, {array + "}"}));
}

const std::string* column_name(const Table& table, std::int64_t number) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const Column& column) { return column.number == number; });
  return found == table.columns.end() ? nullptr : &found->name;
}

/// False when a column is not known: it came after the columns were read.
bool fill_keys(const Table& table, const Raw& raw, const Deparsed& deparsed, const Names& classes,
               const Names& collation_names, IndexDefinition& definition) {
  // pg_index.h: INDOPTION_DESC, INDOPTION_NULLS_FIRST.
  constexpr std::int64_t descending = 1;
  constexpr std::int64_t nulls_first = 2;
  std::size_t expression = 0;
  for (std::size_t i = 0; i < raw.columns.size(); ++i) {
    const auto* const name = raw.columns[i] == 0 ? nullptr : column_name(table, raw.columns[i]);
    if (i >= raw.keys) {
      if (name == nullptr) return false;
      definition.include.push_back(*name);
      continue;
    }
    IndexKey key;
    if (raw.columns[i] == 0) {
      if (expression >= deparsed.expressions.size()) return false;
      key.expression = unwrapped(deparsed.expressions[expression++]);
    } else if (name == nullptr) {
      return false;
    } else if (const auto collation = collation_names.find(raw.collations[i]);
               raw.collations[i] != raw.column_collations[i] && collation != collation_names.end()) {
      // Sorted otherwise than the column: as far as the column's own order goes, it is another key.
      key.expression = quote_identifier(*name) + " COLLATE " + collation->second;
    } else {
      key.column = *name;
    }
    if (const auto named = classes.find(raw.classes[i]); named != classes.end()) key.operator_class = named->second;
    key.descending = (raw.options[i] & descending) != 0;
    key.nulls_first = (raw.options[i] & nulls_first) != 0;
    definition.keys.push_back(std::move(key));
  }
  definition.predicate = deparsed.predicate;
  return true;
}

enum class Reading { done, locked, gone };

Reading deparse(SourceRun& run, LockBudget& budget, Oid index, Deparsed& into) {
  bool found = false;
  const bool read = budget.read([&] {
    const auto rows = run.rows(index_expressions, {std::to_string(index.value)});
    if (rows.empty()) return;
    found = true;
    RowReader row(rows, 0);
    into.predicate = unwrapped(row.view());
    into.expressions = row.array();
  });
  if (!read) return Reading::locked;
  return found ? Reading::done : Reading::gone;
}

const Index* known(const DatabaseSchema* previous, Oid oid) {
  if (previous == nullptr) return nullptr;
  const auto found = std::find_if(previous->indexes.begin(), previous->indexes.end(),
                                  [&](const Index& index) { return index.oid == oid; });
  return found == previous->indexes.end() ? nullptr : &*found;
}

}  // namespace

const Query indexes{"indexes", index_variants};
const Query operator_classes{"operator_classes", operator_class_variants};
const Query collations{"collations", collation_variants};
const Query index_expressions{"index_expressions", index_expression_variants};

void read_indexes(SourceRun& run, LockBudget& budget, const DatabaseSchema* previous, DatabaseSchema& into) {
  const auto rows = run.rows(indexes);
  std::vector<Raw> all;
  all.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) all.push_back(raw_from(rows, i));
  const auto classes = names_from(run.rows(operator_classes));
  const auto collation_names = read_collations(run, all);

  std::set<Oid> locked_tables;  // waited for once, not once for each of its indexes
  for (auto& raw : all) {
    const auto* const table = into.table(raw.index.table);
    if (table == nullptr) continue;  // created between the queries
    auto& definition = raw.index.definition;
    definition.schema = table->schema;
    definition.table = table->name;
    Deparsed deparsed;
    auto reading = Reading::done;
    if (raw.needs_deparsing)
      reading = locked_tables.contains(table->oid) ? Reading::locked : deparse(run, budget, raw.index.oid, deparsed);
    if (reading == Reading::gone) continue;
    if (reading == Reading::done) {
      if (fill_keys(*table, raw, deparsed, classes, collation_names, definition))
        into.indexes.push_back(std::move(raw.index));
      continue;
    }
    locked_tables.insert(table->oid);
    const std::string why = budget.used_up() ? "too many tables are locked" : "its table is locked";
    const auto name = quote_identifier(table->schema) + "." + quote_identifier(raw.index.name);
    // An index's definition never changes but for the names in it.
    if (const auto* const before = known(previous, raw.index.oid)) {
      definition = before->definition;
      into.indexes.push_back(std::move(raw.index));
      into.skipped.push_back({name, why + ": expressions and predicate are those read before"});
    } else {
      into.skipped.push_back({name, why + ": expressions and predicate cannot be read"});
    }
  }
}

}  // namespace pgsextant::collector::schema
