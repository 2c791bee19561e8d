// index_foreign_key: foreign keys whose referencing table has no index that begins with their columns, in any order.
// Deleting or re-keying a row of the referenced table then reads the whole referencing table, under a lock, once for
// each row. PostgreSQL's planner cannot be asked about the work of constraint triggers, so nothing here is costed.
// Small and partitioned tables are left alone.

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "advisor/pricing.hpp"
#include "advisor/recommend/recommenders.hpp"
#include "advisor/schema_names.hpp"

namespace pgsextant::advisor {
namespace {

bool begins_with(const IndexDefinition& index, const std::vector<std::string>& columns) {
  if (index.keys.size() < columns.size()) return false;
  const std::set<std::string> wanted(columns.begin(), columns.end());
  std::set<std::string> first;
  for (std::size_t i = 0; i < columns.size(); ++i) first.insert(index.keys[i].column);
  return first == wanted;
}

/// The trigger looks for equal values: hash works as well, and a partial index only where it leaves out nothing but
/// NULLs.
bool supports(const Index& index, const ForeignKey& key) {
  const IndexDefinition& definition = index.definition;
  if (!index.valid || !begins_with(definition, key.columns)) return false;
  const bool finds_equals = definition.method == "btree" || (definition.method == "hash" && key.columns.size() == 1);
  if (!finds_equals) return false;
  return definition.predicate.empty() ||
         (key.columns.size() == 1 && definition.predicate == "(" + quote_identifier(key.columns[0]) + " IS NOT NULL)");
}

IndexDefinition index_for(const Table& table, const ForeignKey& key) {
  IndexDefinition index;
  index.schema = table.schema;
  index.table = table.name;
  for (const std::string& column : key.columns) {
    IndexKey index_key;
    index_key.column = column;
    index.keys.push_back(std::move(index_key));
  }
  return index;
}

double deletes_per_hour(const AdviceInput& input, Oid table) {
  const TableCounters* counters = input.window.table(input.database, table);
  const double seconds = measured_seconds(input);
  return counters == nullptr || seconds <= 0 ? 0 : static_cast<double>(counters->deleted) / seconds * 3600;
}

}  // namespace

std::vector<Recommendation> recommend_index_foreign_key(const AdviceInput& input, CostModel& model,
                                                        const AdviceLimits& /*limits*/,
                                                        std::vector<Unplanned>& /*unplanned*/) {
  const DatabaseSchema* schema = input.now.schema(input.database);
  if (schema == nullptr) return {};
  std::vector<Recommendation> recommendations;
  std::vector<std::string> names;
  for (const ForeignKey& key : schema->foreign_keys) {
    const Table* table = schema->table(key.table);
    const Table* parent = schema->table(key.referenced_table);
    if (table == nullptr || parent == nullptr || table->kind != 'r' || is_small(*table) || key.columns.empty())
      continue;
    const auto indexes = schema->indexes_of(table->oid);
    if (std::ranges::any_of(indexes, [&](const Index* index) { return supports(*index, key); })) continue;

    Recommendation r;
    r.kind = "index_foreign_key";
    r.index = index_for(*table, key);
    r.object = {"table", schema->name, table->qualified_name()};
    r.key = make_key(r.kind, r.object, describe(*r.index));
    r.title = "Index the foreign key " + describe(*r.index);
    const double deletes = deletes_per_hour(input, parent->oid);
    r.reason =
        "The foreign key " + key.name + " refers to " + display_name(*parent) +
        ". No index finds the rows that refer to a given one: each DELETE of a row there, and each UPDATE of its " +
        listed(key.referenced_columns) + ", reads all " + format_value(table->tuples, Unit::rows) + " of " +
        display_name(*table) + ". ";
    r.reason += deletes > 0 ? format_value(deletes, Unit::rows) + " an hour are deleted there now. "
                            : std::string("No delete was measured there so far. ");
    r.reason += "The work of the constraint's trigger is in no statement's plan: it was not costed.";
    const std::string name = free_index_name(*schema, *r.index, names);
    names.push_back(name);
    r.apply_sql = create_sql(*r.index, name);
    r.undo_sql = drop_sql(table->schema, name);
    r.price = creation_price(input, model, table->oid, *r.index);
    r.verification = Verification::none;
    r.confidence = deletes > 0 ? Confidence::medium : Confidence::low;
    recommendations.push_back(std::move(r));
  }
  return recommendations;
}

}  // namespace pgsextant::advisor
