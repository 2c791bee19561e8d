#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "advisor/recommend/recommenders.hpp"
#include "advisor/recommender.hpp"
#include "tests/fakes/fake_planner.hpp"
#include "tests/fakes/shop.hpp"

namespace pgsextant::advisor {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Advise : public testing::Test {
 protected:
  void measure(std::int64_t query, std::string text, std::int64_t calls, double milliseconds, Oid user = Oid{10}) {
    StatementDelta entry;
    entry.key = {shop_database, user, QueryId{query}, true};
    entry.counters.calls = calls;
    entry.counters.exec_time = Milliseconds(milliseconds);
    server_.window.statements.entries.push_back(entry);
    server_.texts[QueryId{query}] = std::move(text);
  }
  AdviceResult advise_now(std::vector<Finding> findings = {}) {
    const Snapshot snapshot = server_.snapshot();
    const auto workload = workload_of(snapshot, server_.window, shop_database);
    FakePlanner planner(server_.schema);
    return advise({snapshot, server_.window, shop_database, workload, findings}, planner);
  }
  std::vector<WorkloadStatement> workload() { return workload_of(server_.snapshot(), server_.window, shop_database); }

  ShopServer server_;
};

TEST_F(Advise, WorkloadIsHeaviestFirst) {
  measure(1, "select * from orders where id = $1", 3600, 250);
  measure(2, "select * from orders where tracking_code = $1", 360, 750);
  const auto found = workload();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].query.value, 2);
  EXPECT_DOUBLE_EQ(found[0].load_share, 0.75);
  EXPECT_DOUBLE_EQ(found[0].calls_per_hour, 360);  // the window is an hour
  EXPECT_DOUBLE_EQ(found[1].mean_time.count(), 250.0 / 3600);
}

TEST_F(Advise, WorkloadAddsUpRoles) {
  measure(1, "select * from orders where id = $1", 10, 100, Oid{10});
  measure(1, "select * from orders where id = $1", 30, 300, Oid{11});
  const auto found = workload();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_DOUBLE_EQ(found[0].calls_per_hour, 40);
  EXPECT_DOUBLE_EQ(found[0].mean_time.count(), 10);
}

TEST_F(Advise, WorkloadLeavesOutOursUtilityAndOtherDatabases) {
  measure(1, "/* pgsextant */ select * from pg_catalog.pg_class", 10, 100);
  measure(2, "vacuum orders", 10, 100);
  measure(3, "select * from orders where id = $1", 10, 200);
  server_.window.statements.entries.back().key.database = Oid{99};
  measure(4, "", 10, 100);
  measure(5, "select * from orders where id = $1", 10, 500);
  const auto found = workload();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].query.value, 5);
  EXPECT_DOUBLE_EQ(found[0].load_share, 0.5);  // of all that was measured, ours included
}

TEST_F(Advise, MostGainFirst) {
  measure(1, "select * from orders where created_at > $1", 10, 600);     // saves half of 60 %
  measure(2, "select * from orders where tracking_code = $1", 10, 400);  // saves nearly all of 40 %
  std::vector<std::string> titles;
  for (const auto& r : advise_now().recommendations) titles.push_back(r.title);
  EXPECT_THAT(titles, ElementsAre("Create index on orders (tracking_code)", "Create index on orders (created_at)"));
}

TEST_F(Advise, ReportsWhatCouldNotBePlanned) {
  measure(1, "select * from orders where", 10, 600);
  const auto result = advise_now();
  EXPECT_THAT(result.recommendations, IsEmpty());
  ASSERT_THAT(result.unplanned, SizeIs(1));
  EXPECT_DOUBLE_EQ(result.unplanned[0].load_share, 1);
}

TEST_F(Advise, IndexesAForeignKey) {
  server_.schema.foreign_keys.push_back({"items_order_fk", items, orders, {"order_id"}, {"id"}});
  auto result = advise_now();
  ASSERT_THAT(result.recommendations, SizeIs(1));
  const auto& r = result.recommendations[0];
  EXPECT_EQ(r.kind, "index_foreign_key");
  EXPECT_EQ(r.apply_sql, "CREATE INDEX CONCURRENTLY items_order_id_idx ON public.items USING btree (order_id);");
  EXPECT_THAT(r.reason, AllOf(HasSubstr("items_order_fk"), HasSubstr("not costed")));
  EXPECT_EQ(r.verification, Verification::none);
  EXPECT_EQ(r.confidence, Confidence::low);

  server_.window.tables[0].tables[orders].deleted = 50;
  result = advise_now();
  EXPECT_EQ(result.recommendations.at(0).confidence, Confidence::medium);
  EXPECT_THAT(result.recommendations.at(0).reason, HasSubstr("50"));
}

TEST_F(Advise, NotAForeignKeyThatIsServedOrSmall) {
  server_.schema.foreign_keys.push_back({"fk", items, orders, {"order_id", "product_id"}, {"id", "total"}});
  auto index = index_on(Oid{400}, *server_.schema.table(items), "reversed", {"product_id", "order_id", "quantity"});
  server_.schema.indexes.push_back(index);
  EXPECT_THAT(advise_now().recommendations, IsEmpty());
  server_.schema.indexes.back().definition.predicate = "(quantity > 5)";
  EXPECT_THAT(advise_now().recommendations, SizeIs(1));
  server_.schema.indexes.back().definition.predicate.clear();
  server_.schema.indexes.back().valid = false;
  EXPECT_THAT(advise_now().recommendations, SizeIs(1));
  server_.schema.foreign_keys[0].table = countries;
  EXPECT_THAT(advise_now().recommendations, IsEmpty());
}

TEST_F(Advise, OneRecommendationForAStatementAndAForeignKey) {
  server_.schema.foreign_keys.push_back({"items_order_fk", items, orders, {"order_id"}, {"id"}});
  measure(1, "select * from items where order_id = $1", 10, 600);
  const auto result = advise_now();
  ASSERT_THAT(result.recommendations, SizeIs(1));
  EXPECT_EQ(result.recommendations[0].kind, "create_index");
  EXPECT_THAT(result.recommendations[0].reason, HasSubstr("items_order_fk"));
}

TEST_F(Advise, TurnsCorrelatedColumnsIntoStatistics) {
  Finding finding;
  finding.rule = "correlated_columns";
  finding.object = {"table", "shop", "public.orders"};
  finding.key = make_key(finding.rule, finding.object, "a,b");
  finding.title = "Estimates are off by 40";
  finding.why = "Columns depend on each other.";
  finding.remedy_sql = "CREATE STATISTICS IF NOT EXISTS public.\"Orders s\" (dependencies) ON a, b FROM public.orders";
  Finding other = finding;
  other.object.database = "elsewhere";
  other.key = "other";
  const auto result = advise_now({finding, other});
  ASSERT_THAT(result.recommendations, SizeIs(1));
  const auto& r = result.recommendations[0];
  EXPECT_EQ(r.kind, "create_statistics");
  EXPECT_EQ(r.apply_sql, finding.remedy_sql + ";\nANALYZE public.orders;");
  EXPECT_EQ(r.undo_sql, "DROP STATISTICS public.\"Orders s\";");
  EXPECT_THAT(r.reason, testing::StartsWith("Estimates are off by 40. Columns depend on each other."));
}

TEST_F(Advise, LeavesStatisticsWithoutANameAlone) {
  Finding finding;
  finding.rule = "correlated_columns";
  finding.object = {"table", "shop", "public.orders"};
  finding.remedy_sql = "CREATE STATISTICS ON a, b FROM public.orders";
  EXPECT_THAT(advise_now({finding}).recommendations, IsEmpty());
}

TEST(Registry, EveryRecommenderIsComplete) {
  const std::filesystem::path root = PGSEXTANT_SOURCE_DIR;
  std::set<std::string_view> ids;
  for (const auto& recommender : recommenders()) {
    EXPECT_TRUE(ids.insert(recommender.id).second) << recommender.id;
    EXPECT_NE(recommender.recommend, nullptr);
    EXPECT_FALSE(recommender.title.empty());
    const std::string id(recommender.id);
    EXPECT_TRUE(std::filesystem::exists(root / "advisor/recommend" / (id + ".cpp"))) << id;
    EXPECT_TRUE(std::filesystem::exists(root / "docs/recommendations" / (id + ".md"))) << id;
  }
  EXPECT_THAT(ids, SizeIs(4));
}

}  // namespace
}  // namespace pgsextant::advisor
