#include <algorithm>
#include <array>
#include <set>

#include "analyzer/rule.hpp"

namespace pgsextant::analyzer {

namespace checks {
using Check = std::vector<Finding>(const Facts& facts);
Check selective_seq_scan;
Check n_plus_one, correlated_columns, sort_spill;
Check duplicate_index, redundant_index, unused_index, foreign_key_without_index, integer_key_near_limit,
    missing_primary_key, never_analyzed, invalid_index;
Check lock_chain, idle_in_transaction, long_transaction, deadlocks;
Check replication_lag, replication_slot_retains_wal, low_cache_hit, requested_checkpoints, connections_near_limit,
    wraparound, durability_off;
}  // namespace checks

namespace {

constexpr std::array registry = {
    // What people feel right now.
    Rule{"lock_chain", "Sessions wait for a lock", checks::lock_chain},
    Rule{"replication_lag", "A standby is behind", checks::replication_lag},
    Rule{"connections_near_limit", "Connections run out", checks::connections_near_limit},
    Rule{"idle_in_transaction", "A session is idle in a transaction", checks::idle_in_transaction},
    Rule{"long_transaction", "A transaction runs for long", checks::long_transaction},
    Rule{"deadlocks", "Transactions deadlock", checks::deadlocks},
    // What is slow.
    Rule{"selective_seq_scan", "A sequential scan keeps few of the rows it reads", checks::selective_seq_scan},
    Rule{"n_plus_one", "A statement runs once for each row of another", checks::n_plus_one},
    Rule{"correlated_columns", "The planner takes dependent columns for independent", checks::correlated_columns},
    Rule{"sort_spill", "A statement writes temporary files", checks::sort_spill},
    Rule{"low_cache_hit", "Shared buffers miss often", checks::low_cache_hit},
    Rule{"requested_checkpoints", "Checkpoints come because WAL is full", checks::requested_checkpoints},
    // What will hurt.
    Rule{"durability_off", "A crash can corrupt or lose data", checks::durability_off},
    Rule{"wraparound", "Transaction ids near wraparound", checks::wraparound},
    Rule{"integer_key_near_limit", "A key runs out of integers", checks::integer_key_near_limit},
    Rule{"replication_slot_retains_wal", "A slot that nobody reads keeps WAL", checks::replication_slot_retains_wal},
    // What is not in order.
    Rule{"invalid_index", "An index is invalid", checks::invalid_index},
    Rule{"never_analyzed", "A table has no statistics", checks::never_analyzed},
    Rule{"foreign_key_without_index", "A foreign key has no index behind it", checks::foreign_key_without_index},
    Rule{"missing_primary_key", "A table has no primary key", checks::missing_primary_key},
    Rule{"duplicate_index", "An index exists twice", checks::duplicate_index},
    Rule{"redundant_index", "An index is the beginning of another", checks::redundant_index},
    Rule{"unused_index", "An index is never used", checks::unused_index},
};

}  // namespace

std::span<const Rule> rules() { return registry; }

std::vector<Finding> find_all(const Facts& facts) {
  std::vector<Finding> all;
  std::set<std::string, std::less<>> keys;
  for (const Rule& rule : registry) {
    for (Finding& finding : rule.check(facts)) {
      finding.rule = rule.id;
      if (finding.key.empty()) finding.key = make_key(rule.id, finding.object);
      if (keys.insert(finding.key).second) all.push_back(std::move(finding));
    }
  }
  std::ranges::stable_sort(all, [](const Finding& a, const Finding& b) {
    const bool a_critical = a.severity == Severity::critical;
    const bool b_critical = b.severity == Severity::critical;
    if (a_critical != b_critical) return a_critical;
    if (a.load_share.value_or(0) != b.load_share.value_or(0))
      return a.load_share.value_or(0) > b.load_share.value_or(0);
    return a.severity > b.severity;
  });
  return all;
}

}  // namespace pgsextant::analyzer
