#include "demo/faults.hpp"

#include <gmock/gmock.h>

#include <set>

namespace pgsextant::demo {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

TEST(Faults, AreToldApartByTheirIds) {
  std::set<std::string> ids;
  for (const auto& fault : faults()) EXPECT_TRUE(ids.insert(fault.id).second) << fault.id;
}

TEST(Faults, SayWhatIsWrongInOneSentence) {
  for (const auto& fault : faults()) {
    EXPECT_EQ(fault.what.back(), '.') << fault.id;
    EXPECT_EQ(fault.what.find(". "), std::string::npos) << fault.id;
    EXPECT_EQ(fault.what.find('\n'), std::string::npos) << fault.id;
    EXPECT_FALSE(fault.where.empty()) << fault.id;
  }
}

TEST(Faults, CoverEveryShapeOfMissingIndex) {
  std::vector<std::string> indexes;
  for (const auto& fault : faults()) {
    if (fault.kind == Fault::Kind::missing_index) indexes.push_back(fault.index);
  }
  EXPECT_THAT(indexes,
              UnorderedElementsAre("orders (tracking_code)", "orders (customer_id, created_at DESC)",
                                   "events (kind, occurred_at)", "orders (created_at) WHERE shipped_at IS NULL",
                                   "products USING gin (attributes jsonb_path_ops)"));
}

TEST(Faults, CoverEveryRuleThatNeedsALivingServer) {
  std::set<std::string> rules;
  for (const auto& fault : faults()) {
    if (fault.kind == Fault::Kind::finding) rules.insert(fault.rule);
  }
  EXPECT_THAT(rules, IsSupersetOf({"duplicate_index", "unused_index", "foreign_key_without_index",
                                   "integer_key_near_limit", "correlated_columns", "sort_spill", "n_plus_one",
                                   "idle_in_transaction", "lock_chain", "deadlocks", "replication_lag"}));
}

TEST(Faults, HaveEitherAStatementOrAnObject) {
  for (const auto& fault : faults()) {
    if (fault.kind == Fault::Kind::missing_index) {
      EXPECT_THAT(fault.statement, HasSubstr("$1")) << fault.id;
      // The index is on the table that the statement reads.
      EXPECT_THAT(fault.statement, HasSubstr("FROM " + fault.index.substr(0, fault.index.find(' ')) + " "));
      EXPECT_TRUE(fault.rule.empty()) << fault.id;
    } else {
      EXPECT_FALSE(fault.object.kind.empty()) << fault.id;
      EXPECT_TRUE(fault.index.empty()) << fault.id;
    }
  }
}

}  // namespace
}  // namespace pgsextant::demo
