// drop_index: indexes that cost writes and space for nothing: duplicates, B-trees that are the beginning of another,
// and those that the rule unused_index has watched for long enough. Never one that enforces something (primary key,
// unique, exclusion) or is the replica identity. It does not see scans on standbys.

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "advisor/index_relations.hpp"
#include "advisor/pricing.hpp"
#include "advisor/recommend/recommenders.hpp"
#include "advisor/schema_names.hpp"

namespace pgsextant::advisor {
namespace {

bool enforces(const Index& index) {
  return index.unique || index.primary || index.constraint || index.replica_identity;
}

class DropIndex {
 public:
  DropIndex(const AdviceInput& input, const DatabaseSchema& schema)
      : input_(input),
        schema_(schema),
        counters_(input.now.relation_counters(input.database)),
        block_size_(block_size_of(input.now)) {}

  std::vector<Recommendation> run() {
    for (const Table& table : schema_.tables) {
      const auto indexes = schema_.indexes_of(table.oid);
      for (const Index* index : indexes) duplicate(table, *index, indexes);
      for (const Index* index : indexes) redundant(table, *index, indexes);
      for (const Index* index : indexes) unused(table, *index);
    }
    return std::move(found_);
  }

 private:
  using Indexes = std::vector<const Index*>;

  [[nodiscard]] std::optional<std::int64_t> scans(const Index& index) const {
    if (counters_ == nullptr) return std::nullopt;
    const auto found = counters_->indexes.find(index.oid);
    if (found == counters_->indexes.end()) return std::nullopt;
    return found->second.scans;
  }

  /// Of two equal indexes the one to keep is greater.
  [[nodiscard]] auto worth(const Index& index) const {
    return std::tuple(index.primary, index.constraint, index.replica_identity, index.unique, scans(index).value_or(0),
                      -static_cast<std::int64_t>(index.oid.value));
  }

  void duplicate(const Table& table, const Index& index, const Indexes& all) {
    if (!index.valid || index.primary || index.constraint || index.replica_identity) return;
    for (const Index* other : all) {
      if (other == &index || !other->valid || !same_index(index.definition, other->definition)) continue;
      if (worth(*other) < worth(index)) continue;
      return add(table, index, "Drop duplicate index " + quote_identifier(index.name),
                 quote_identifier(index.name) + " and " + quote_identifier(other->name) +
                     " have the same definition. " + quote_identifier(other->name) + " is the one to keep: it " +
                     kept_for(*other, index) + ".",
                 Confidence::high);
    }
  }

  [[nodiscard]] std::string kept_for(const Index& kept, const Index& dropped) const {
    if (kept.primary) return "is the primary key";
    if (kept.constraint) return "stands behind a constraint";
    if (kept.replica_identity) return "is the replica identity";
    if (kept.unique && !dropped.unique) return "is unique";
    return scans(kept).value_or(0) > scans(dropped).value_or(0) ? "is used more" : "is the older of two that are equal";
  }

  void redundant(const Table& table, const Index& index, const Indexes& all) {
    const IndexDefinition& definition = index.definition;
    if (!index.valid || enforces(index) || definition.method != "btree" || !definition.predicate.empty()) return;
    for (const Index* other : all) {
      if (other == &index || !other->valid || dropped_.contains(other->oid)) continue;
      if (other->definition.keys.size() <= definition.keys.size()) continue;
      if (!leads_with(other->definition, definition)) continue;
      return add(table, index, "Drop redundant index " + quote_identifier(index.name),
                 quote_identifier(other->name) + " begins with the same columns and answers whatever " +
                     quote_identifier(index.name) + " answers, at " +
                     format_value(static_cast<double>(other->pages.to_bytes(block_size_).value), Unit::bytes) +
                     " instead of " +
                     format_value(static_cast<double>(index.pages.to_bytes(block_size_).value), Unit::bytes) + ".",
                 Confidence::medium);
    }
  }

  /// What the rule unused_index holds against it, once the counters cover the week that it asks for.
  void unused(const Table& table, const Index& index) {
    const auto name = quote_identifier(table.schema) + "." + quote_identifier(index.name);
    const auto finding = std::ranges::find_if(input_.findings, [&](const Finding& each) {
      return each.rule == "unused_index" && each.severity != Severity::info && each.object.database == schema_.name &&
             each.object.name == name;
    });
    if (finding == input_.findings.end()) return;
    const bool has_standbys = input_.now.replication && !input_.now.replication->standbys.empty();
    add(table, index, "Drop unused index " + quote_identifier(index.name),
        finding->title + ". " +
            (has_standbys ? "Standbys are connected: what they scan is counted there, look before you drop it."
                          : "Scans on standbys are counted there and not seen here."),
        Confidence::medium);
  }

  void add(const Table& table, const Index& index, std::string title, std::string reason, Confidence confidence) {
    if (!dropped_.insert(index.oid).second) return;
    Recommendation r;
    r.kind = "drop_index";
    r.object = {"table", schema_.name, table.qualified_name()};
    r.key = make_key(r.kind, r.object, index.name);
    r.title = std::move(title);
    r.reason = std::move(reason) + " Every insert, and every update that is not heap-only, maintains it.";
    r.apply_sql = drop_sql(table.schema, index.name);
    r.undo_sql = create_sql(index.definition, index.name);
    r.price = removal_price(input_, index, block_size_);
    r.verification = Verification::none;
    r.confidence = confidence;
    r.index = index.definition;
    found_.push_back(std::move(r));
  }

  const AdviceInput& input_;
  const DatabaseSchema& schema_;
  const RelationCounters* counters_;
  std::int64_t block_size_;
  std::set<Oid> dropped_;
  std::vector<Recommendation> found_;
};

}  // namespace

std::vector<Recommendation> recommend_drop_index(const AdviceInput& input, CostModel& /*model*/,
                                                 const AdviceLimits& /*limits*/,
                                                 std::vector<Unplanned>& /*unplanned*/) {
  const DatabaseSchema* schema = input.now.schema(input.database);
  return schema == nullptr ? std::vector<Recommendation>{} : DropIndex(input, *schema).run();
}

}  // namespace pgsextant::advisor
