#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "advisor/recommend/recommenders.hpp"
#include "tests/fakes/fake_planner.hpp"
#include "tests/fakes/shop.hpp"

namespace pgsextant::advisor {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class DropIndex : public testing::Test {
 protected:
  Index& have(const std::string& name, const std::vector<std::string>& columns, std::int64_t scans = 5) {
    const Oid oid{static_cast<std::uint32_t>(300 + server_.schema.indexes.size())};
    server_.schema.indexes.push_back(index_on(oid, *server_.schema.table(orders), name, columns));
    server_.counters.indexes[oid].scans = scans;
    return server_.schema.indexes.back();
  }
  std::vector<Recommendation> recommend() {
    const Snapshot snapshot = server_.snapshot();
    FakePlanner planner(server_.schema);
    std::vector<Unplanned> unplanned;
    return recommend_drop_index({snapshot, server_.window, shop_database, {}, findings_}, planner, {}, unplanned);
  }
  void blame(const std::string& index, Severity severity) {
    Finding finding;
    finding.rule = "unused_index";
    finding.severity = severity;
    finding.object = {"index", server_.schema.name, index};
    finding.title = "Index takes 8 MB and was never scanned";
    findings_.push_back(finding);
  }
  std::vector<std::string> titles() {
    std::vector<std::string> found;
    for (const auto& r : recommend()) found.push_back(r.title);
    return found;
  }

  ShopServer server_;
  std::vector<Finding> findings_;
};

TEST_F(DropIndex, NothingToDrop) {
  have("a", {"customer_id"});
  have("b", {"total", "customer_id"});
  EXPECT_THAT(titles(), IsEmpty());
}

TEST_F(DropIndex, OfTwoEqualOnesTheLessUsed) {
  have("more", {"customer_id"}, 9);
  have("less", {"customer_id"}, 3);
  const auto recommendations = recommend();
  ASSERT_THAT(recommendations, SizeIs(1));
  const auto& r = recommendations[0];
  EXPECT_EQ(r.title, "Drop duplicate index less");
  EXPECT_EQ(r.apply_sql, "DROP INDEX CONCURRENTLY public.less;");
  EXPECT_EQ(r.undo_sql, "CREATE INDEX CONCURRENTLY less ON public.orders USING btree (customer_id);");
  EXPECT_EQ(r.price.size->value, -1000 * 8192);
  EXPECT_EQ(r.confidence, Confidence::high);
  EXPECT_EQ(r.verification, Verification::none);
}

TEST_F(DropIndex, KeepsTheOneThatEnforces) {
  have("plain", {"tracking_code"}, 9);
  Index& unique = have("unique_one", {"tracking_code"}, 0);
  unique.unique = unique.definition.unique = true;
  EXPECT_THAT(titles(), ElementsAre("Drop duplicate index plain"));
}

TEST_F(DropIndex, DuplicatesOfThePrimaryKey) {
  have("again", {"id"});
  EXPECT_THAT(titles(), ElementsAre("Drop duplicate index again"));
}

TEST_F(DropIndex, NeverWhatStandsBehindAConstraintOrReplication) {
  for (auto member : {&Index::constraint, &Index::replica_identity}) {
    server_.schema = shop_schema();
    have("one", {"customer_id"}).*member = true;
    have("two", {"customer_id"}).*member = true;
    have("wide", {"customer_id", "total"});
    EXPECT_THAT(titles(), IsEmpty());
  }
}

TEST_F(DropIndex, WhatAnotherBeginsWith) {
  have("narrow", {"customer_id"});
  have("wide", {"customer_id", "total"});
  const auto recommendations = recommend();
  ASSERT_THAT(recommendations, SizeIs(1));
  EXPECT_EQ(recommendations[0].title, "Drop redundant index narrow");
  EXPECT_THAT(recommendations[0].reason, HasSubstr("wide begins with the same columns"));
  EXPECT_EQ(recommendations[0].confidence, Confidence::medium);
}

TEST_F(DropIndex, NotWhatDiffersInMoreThanLength) {
  have("narrow", {"customer_id"});
  have("wide", {"customer_id", "total"}).definition.keys[0].descending = true;  // NULLS LAST: not its mirror image
  EXPECT_THAT(titles(), IsEmpty());

  server_.schema = shop_schema();
  have("narrow", {"customer_id"}).definition.keys[0].operator_class = "int8_minmax_ops";
  have("wide", {"customer_id", "total"});
  EXPECT_THAT(titles(), IsEmpty());

  server_.schema = shop_schema();
  have("narrow", {"customer_id"});
  have("wide", {"customer_id", "total"}).definition.predicate = "(total > 5)";
  EXPECT_THAT(titles(), IsEmpty());

  server_.schema = shop_schema();
  have("narrow", {"customer_id"}).definition.include = {"status"};
  have("wide", {"customer_id", "total"});
  EXPECT_THAT(titles(), IsEmpty());

  server_.schema = shop_schema();
  have("narrow", {"customer_id"});
  have("wide", {"customer_id", "total"}).valid = false;
  EXPECT_THAT(titles(), IsEmpty());
}

TEST_F(DropIndex, AMirrorImageIsTheSameOrder) {
  have("narrow", {"created_at"});
  Index& wide = have("wide", {"created_at", "id"});
  for (auto& key : wide.definition.keys) key.descending = key.nulls_first = true;
  EXPECT_THAT(titles(), ElementsAre("Drop redundant index narrow"));
}

TEST_F(DropIndex, WhatTheRuleCallsUnused) {
  have("idle", {"customer_id"}, 0);
  blame("public.idle", Severity::warning);
  const auto recommendations = recommend();
  ASSERT_THAT(recommendations, SizeIs(1));
  EXPECT_EQ(recommendations[0].title, "Drop unused index idle");
  EXPECT_THAT(recommendations[0].reason, AllOf(HasSubstr("was never scanned"), HasSubstr("standbys")));
  EXPECT_EQ(recommendations[0].confidence, Confidence::medium);
}

TEST_F(DropIndex, NotWhatWasWatchedForLessThanAWeek) {
  have("idle", {"customer_id"}, 0);
  EXPECT_THAT(titles(), IsEmpty());
  blame("public.idle", Severity::info);
  EXPECT_THAT(titles(), IsEmpty());
}

TEST_F(DropIndex, PointsAtConnectedStandbys) {
  have("idle", {"customer_id"}, 0);
  blame("public.idle", Severity::warning);
  server_.replication.standbys.emplace_back();
  EXPECT_THAT(recommend().at(0).reason, HasSubstr("Standbys are connected"));
}

TEST_F(DropIndex, EachIndexOnce) {
  have("one", {"customer_id"}, 0);
  have("two", {"customer_id"}, 0);
  have("wide", {"customer_id", "total"}, 9);
  // two is a duplicate of one, and one then redundant; both were never scanned as well
  EXPECT_THAT(titles(), ElementsAre("Drop duplicate index two", "Drop redundant index one"));
}

}  // namespace
}  // namespace pgsextant::advisor
