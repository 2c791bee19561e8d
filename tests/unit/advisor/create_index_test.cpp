// Each case is a sentence: for this statement, that index. Costs are the fake planner's (tests/fakes/fake_planner.hpp).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "advisor/recommend/recommenders.hpp"
#include "advisor/recommender.hpp"
#include "tests/fakes/fake_planner.hpp"
#include "tests/fakes/shop.hpp"

namespace pgsextant::advisor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

class CreateIndex : public testing::Test {
 protected:
  std::vector<Recommendation> recommend(const std::vector<std::string>& texts) {
    workload_.clear();
    for (const auto& text : texts) {
      WorkloadStatement statement;
      statement.query = QueryId{static_cast<std::int64_t>(workload_.size()) + 1};
      statement.text = text;
      statement.calls_per_hour = 100;
      statement.mean_time = Milliseconds(20);
      statement.load_share = 1.0 / static_cast<double>(texts.size());
      workload_.push_back(statement);
    }
    return recommend();
  }
  std::vector<Recommendation> recommend() {
    unplanned_.clear();
    const Snapshot snapshot = server_.snapshot();
    return recommend_create_index({snapshot, server_.window, shop_database, workload_, {}}, planner_, limits_,
                                  unplanned_);
  }
  std::vector<std::string> indexes(const std::vector<std::string>& texts) {
    std::vector<std::string> found;
    for (const auto& r : recommend(texts)) found.push_back(describe(*r.index));
    EXPECT_THAT(unplanned_, IsEmpty());
    return found;
  }

  void expect_index(const std::string& sql, const std::string& index) {
    EXPECT_THAT(indexes({sql}), ElementsAre(index)) << sql;
  }
  void expect_none(const std::string& sql) { EXPECT_THAT(indexes({sql}), IsEmpty()) << sql; }
  void expect_indexes(const std::vector<std::string>& sql, const std::vector<std::string>& expected) {
    EXPECT_THAT(indexes(sql), UnorderedElementsAreArray(expected));
  }
  void have_index(std::string_view name, const std::vector<std::string>& columns, Oid on = orders) {
    server_.schema.indexes.push_back(index_on(Oid{static_cast<std::uint32_t>(300 + server_.schema.indexes.size())},
                                              *server_.schema.table(on), std::string(name), columns));
  }

  ShopServer server_;
  FakePlanner planner_{server_.schema};
  AdviceLimits limits_;
  std::vector<WorkloadStatement> workload_;
  std::vector<Unplanned> unplanned_;
};

TEST_F(CreateIndex, ForTheDemosFaults) {
  expect_index("select * from orders where tracking_code = $1", "orders (tracking_code)");
  expect_index("select * from orders where customer_id = $1 order by created_at desc limit $2",
               "orders (customer_id, created_at DESC)");
  expect_index("select * from events where kind = $1 and occurred_at >= $2 and occurred_at < $3",
               "events (kind, occurred_at)");
  expect_index("select * from orders where shipped_at is null order by created_at limit $1",
               "orders (created_at) WHERE shipped_at IS NULL");
  expect_index("select * from products where attributes @> $1", "products USING gin (attributes jsonb_path_ops)");
}

TEST_F(CreateIndex, ForEquality) {
  expect_index("select * from orders where $1 = tracking_code", "orders (tracking_code)");
  expect_index("select * from orders where tracking_code in ($1, $2)", "orders (tracking_code)");
  expect_index("select * from orders where tracking_code = any($1)", "orders (tracking_code)");
  expect_index("select * from orders where tracking_code = $1 or tracking_code = $2", "orders (tracking_code)");
}

TEST_F(CreateIndex, PutsTheMostSelectiveColumnFirst) {
  // 1/5 × 1/20,000 of a million rows is 10: 15 in all; total alone is 50 rows: 55.
  expect_index("select * from orders where status = $1 and total = $2", "orders (total, status)");
}

TEST_F(CreateIndex, PrefersFewerColumnsWhenTheyDoNearlyAsWell) {
  // tracking_code is unique: one row with or without a second column.
  expect_index("select * from orders where tracking_code = $1 and status = $2", "orders (tracking_code)");
}

TEST_F(CreateIndex, ForARange) {
  // 5 % of a million rows cost 50,005 through the index, 100,000 from end to end.
  expect_index("select * from orders where created_at > $1", "orders (created_at)");
  expect_index("select * from orders where created_at between $1 and $2", "orders (created_at)");
}

TEST_F(CreateIndex, PutsARangeBehindEquality) {
  expect_index("select * from orders where created_at > $1 and customer_id = $2 and total > $3",
               "orders (customer_id, created_at)");
}

TEST_F(CreateIndex, ForASortWithALimit) {
  expect_index("select * from orders order by created_at limit $1", "orders (created_at)");
  expect_index("select * from orders order by created_at desc limit $1", "orders (created_at)");
  expect_index("select * from orders order by total, created_at desc limit $1", "orders (total, created_at DESC)");
  expect_index("select * from orders where customer_id = $1 order by created_at desc nulls last limit $2",
               "orders (customer_id, created_at DESC NULLS LAST)");
}

TEST_F(CreateIndex, LeavesConstantColumnsOutOfTheOrder) {
  expect_index("select * from orders where customer_id = $1 order by customer_id, created_at limit $2",
               "orders (customer_id, created_at)");
}

TEST_F(CreateIndex, ForAPartOfTheRows) {
  expect_index("select * from orders where gift order by created_at limit $1", "orders (created_at) WHERE gift");
  // 1 % of 20 rows is the one row that is always counted: 6, against 25 through the whole table's index.
  expect_index("select * from orders where gift and customer_id = $1", "orders (customer_id) WHERE gift");
  // NOT NULL is true of 98 %: no partial index.
  expect_none("select * from orders where shipped_at is not null");
}

TEST_F(CreateIndex, ForAnExpressionThatIsImmutable) {
  expect_index("select * from customers where lower(email) = $1", "customers ((lower(email)))");
  expect_none("select * from orders where date_trunc('day', created_at) = $1");
  expect_none("select * from orders where created_at::date = $1");
  expect_none("select * from events where payload ->> $1 = $2");
}

TEST_F(CreateIndex, ForOperatorsOfOtherMethods) {
  expect_index("select * from products where attributes ? $1", "products USING gin (attributes)");
  expect_index("select * from products where attributes ?| $1", "products USING gin (attributes)");
  expect_index("select * from products where tags @> $1", "products USING gin (tags)");
  expect_index("select * from products where tags && $1", "products USING gin (tags)");
  expect_index("select * from products where search @@ to_tsquery($1)", "products USING gin (search)");
  expect_index("select * from events where active_during && $1", "events USING gist (active_during)");
}

TEST_F(CreateIndex, NotWhereTheModelCannotJudge) {
  planner_.knows_gin = false;
  expect_none("select * from products where attributes @> $1");
}

TEST_F(CreateIndex, ForJoins) {
  expect_index("select * from orders o join items i on i.order_id = o.id where o.id = $1", "items (order_id)");
  expect_index("select * from orders o where o.id = $1 and exists (select 1 from items where order_id = o.id)",
               "items (order_id)");
  expect_indexes({"select * from customers c join orders o on o.customer_id = c.id where c.email = $1"},
                 {"customers (email)", "orders (customer_id)"});
}

TEST_F(CreateIndex, SaysWhatIndexesBringTogether) {
  // Customers are read end to end for 10,000, orders for 100,000. By email: 6. Orders of the one customer: 5 + 20.
  const auto recommendations =
      recommend({"select * from customers c join orders o on o.customer_id = c.id where c.email = $1"});
  ASSERT_THAT(recommendations, SizeIs(2));
  for (const auto& r : recommendations) {
    EXPECT_DOUBLE_EQ(r.statements[0].cost_before, 110'000);
    EXPECT_DOUBLE_EQ(r.statements[0].cost_after, r.index->table == "orders" ? 10'025 : 100'006);
    EXPECT_THAT(r.reason, HasSubstr("Together with the other indexes recommended here it costs 31."));
  }
}

TEST_F(CreateIndex, ForUpdatesAndDeletes) {
  expect_index("update orders set status = $1 where tracking_code = $2", "orders (tracking_code)");
  expect_index("delete from items where product_id = $1", "items (product_id)");
}

TEST_F(CreateIndex, NotWithoutAConditionThatItCouldServe) {
  expect_none("select * from orders");
  expect_none("select count(*) from orders");
  expect_none("select * from orders where status <> $1");
  expect_none("select * from orders where tracking_code like $1");
  expect_none("select * from orders where tracking_code = $1 or status = $2");
  expect_none("insert into orders (id) values ($1)");
}

TEST_F(CreateIndex, NotWhenItSavesTooLittle) {
  // A fifth of a million rows one by one is dearer than all of them in a row.
  expect_none("select * from orders where status = $1");
  limits_.minimum_gain = 0.6;  // 50,005 for 100,000 saves half
  expect_none("select * from orders where created_at > $1");
}

TEST_F(CreateIndex, NotOnSmallTables) { expect_none("select * from countries where name = $1"); }

TEST_F(CreateIndex, NotOnTypesWithoutAnOrder) { expect_none("select * from products where tags = $1"); }

TEST_F(CreateIndex, NotOnPartitionedOrTemporaryTables) {
  server_.schema.tables[0].kind = 'p';
  expect_none("select * from orders where tracking_code = $1");
  server_.schema.tables[0].kind = 'r';
  server_.schema.tables[0].persistence = 't';
  expect_none("select * from orders where tracking_code = $1");
}

TEST_F(CreateIndex, NotWhenOneIsThere) {
  expect_none("select * from orders where id = $1");
  have_index("orders_tracking_total", {"tracking_code", "total"});
  expect_none("select * from orders where tracking_code = $1");
}

TEST_F(CreateIndex, AgainWhenTheOneThatIsThereIsInvalid) {
  have_index("orders_tracking_code_idx", {"tracking_code"});
  server_.schema.indexes.back().valid = false;
  const auto recommendations = recommend({"select * from orders where tracking_code = $1"});
  ASSERT_THAT(recommendations, SizeIs(1));
  // and its name is taken
  EXPECT_EQ(recommendations[0].apply_sql,
            "CREATE INDEX CONCURRENTLY orders_tracking_code_idx1 ON public.orders USING btree (tracking_code);");
}

TEST_F(CreateIndex, KeepsToTheWidth) {
  limits_.index_width = 1;
  expect_index("select * from orders where customer_id = $1 and total > $2", "orders (customer_id)");
}

TEST_F(CreateIndex, FoldsAPrefixIntoTheWiderIndex) {
  expect_indexes({"select * from orders where customer_id = $1 order by created_at desc limit $2",
                  "select * from orders where customer_id = $1"},
                 {"orders (customer_id, created_at DESC)"});
}

TEST_F(CreateIndex, ChoosesTheOrderOfKeysThatServesBoth) {
  // (total, status) is as good for the first alone, but only one that begins with customer_id serves the second.
  expect_indexes(
      {"select * from orders where customer_id = $1 and total = $2", "select * from orders where customer_id = $1"},
      {"orders (customer_id, total)"});
}

TEST_F(CreateIndex, KeepsIndexesThatDoDifferentWork) {
  expect_indexes({"select * from orders where tracking_code = $1", "select * from orders where customer_id = $1"},
                 {"orders (tracking_code)", "orders (customer_id)"});
}

TEST_F(CreateIndex, TellsGainPriceAndHowToUndo) {
  server_.window.tables[0].tables[orders] = {};
  server_.window.tables[0].tables[orders].inserted = 7'200;
  server_.window.tables[0].tables[orders].updated = 3'600;
  const auto recommendations = recommend({"select * from orders where tracking_code = $1"});
  ASSERT_THAT(recommendations, SizeIs(1));
  const auto& r = recommendations[0];
  EXPECT_EQ(r.kind, "create_index");
  EXPECT_EQ(r.title, "Create index on orders (tracking_code)");
  EXPECT_EQ(r.apply_sql,
            "CREATE INDEX CONCURRENTLY orders_tracking_code_idx ON public.orders USING btree (tracking_code);");
  EXPECT_EQ(r.undo_sql, "DROP INDEX CONCURRENTLY public.orders_tracking_code_idx;");
  ASSERT_THAT(r.statements, SizeIs(1));
  EXPECT_DOUBLE_EQ(r.statements[0].cost_before, 100'000);  // a million rows, a tenth each
  EXPECT_DOUBLE_EQ(r.statements[0].cost_after, 6);         // 5 and the one row
  EXPECT_DOUBLE_EQ(*r.cost_before, 100 * 100'000.0);       // 100 calls an hour
  EXPECT_DOUBLE_EQ(*r.cost_after, 100 * 6.0);
  EXPECT_DOUBLE_EQ(*r.load_share, 1);
  EXPECT_EQ(r.price.size->value, 16'000'000);
  EXPECT_DOUBLE_EQ(r.price.writes_per_second, 3);  // 10,800 in an hour
  EXPECT_THAT(r.price.lock, HasSubstr("SHARE UPDATE EXCLUSIVE"));
  EXPECT_THAT(r.price.note, HasSubstr("transaction block"));
  EXPECT_EQ(r.verification, Verification::hypopg);
  EXPECT_EQ(r.confidence, Confidence::high);
}

TEST_F(CreateIndex, IsLessSureOfEstimatesAndOfLittleLoad) {
  planner_.verified_by = Verification::estimate;
  EXPECT_EQ(recommend({"select * from orders where tracking_code = $1"}).at(0).confidence, Confidence::low);
  planner_.verified_by = Verification::hypopg;
  for (auto& statement : workload_) statement.load_share = 0.001;
  EXPECT_EQ(recommend().at(0).confidence, Confidence::medium);
}

TEST_F(CreateIndex, SaysWhenUpdatesLoseHot) {
  const auto recommendations = recommend({"select * from orders where shipped_at is null order by created_at limit $1",
                                          "update orders set shipped_at = now() where id = $1"});
  ASSERT_THAT(recommendations, SizeIs(1));
  EXPECT_THAT(recommendations[0].price.note, HasSubstr("UPDATE statements of this workload write shipped_at"));
  EXPECT_THAT(
      recommend({"select * from orders where tracking_code = $1", "update orders set status = $1 where id = $2"})
          .at(0)
          .price.note,
      testing::Not(HasSubstr("UPDATE statements")));
}

TEST_F(CreateIndex, DropsNothingInSilence) {
  const std::string refused = "select * from orders where customer_id = $1";
  planner_.refused[refused] = "permission denied";
  const auto recommendations = recommend({refused, "selec", "select * from orders where tracking_code = $1"});
  EXPECT_THAT(recommendations, SizeIs(1));
  ASSERT_THAT(unplanned_, SizeIs(2));
  EXPECT_EQ(unplanned_[0].reason, "permission denied");
  EXPECT_DOUBLE_EQ(unplanned_[0].load_share, 1.0 / 3);
  EXPECT_THAT(unplanned_[1].reason, HasSubstr("not valid SQL"));
}

TEST_F(CreateIndex, AsksThePlannerNoMoreThanAllowed) {
  limits_.planner_calls = 5;
  const std::string text = "select * from orders where customer_id = $1 and total = $2 and status = $3";
  recommend({text, text + " and created_at > $4", text + " and tracking_code = $4"});
  EXPECT_LE(planner_.planner_calls(), 5U);
  EXPECT_FALSE(unplanned_.empty());
}

TEST_F(CreateIndex, LooksAtTheHeaviestOnly) {
  limits_.statements = 1;
  expect_indexes({"select * from orders where tracking_code = $1", "select * from orders where customer_id = $1"},
                 {"orders (tracking_code)"});
}

TEST_F(CreateIndex, KeyIsTheSameWhateverTheFigures) {
  const auto before = recommend({"select * from orders where tracking_code = $1"}).at(0).key;
  server_.schema.tables[0].tuples *= 3;
  EXPECT_EQ(recommend({"select * from orders where tracking_code = $1"}).at(0).key, before);
}

TEST_F(CreateIndex, SaysNothingOfADatabaseThatWasNotRead) {
  const Snapshot snapshot;
  EXPECT_THAT(recommend_create_index({snapshot, server_.window, shop_database, {}, {}}, planner_, limits_, unplanned_),
              IsEmpty());
}

}  // namespace
}  // namespace pgsextant::advisor
