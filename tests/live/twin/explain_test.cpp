#include <gmock/gmock.h>

#include "orders_database.hpp"

namespace pgsextant::twin {
namespace {

using testing::HasSubstr;

class ExplainLive : public testing::Test {
 protected:
  void SetUp() override {
    PGSEXTANT_NEEDS_SERVER();
    conninfo_.emplace(orders_database("twin_plain", false));
    session_.emplace(pg::Session::connect(*conninfo_, planning_options()));
  }
  void TearDown() override {
    if (!session_ || !session_->usable()) return;
    EXPECT_EQ(session_->query("SELECT count(*) FROM pg_prepared_statements").integer(0, 0), 0);
    EXPECT_EQ(session_->query("SELECT 1").integer(0, 0), 1);
  }
  Failure refusal(std::string_view statement) {
    const auto plan = explain_generic(*session_, statement);
    EXPECT_FALSE(plan.ok()) << statement;
    return plan.ok() ? Failure{} : plan.failure();
  }
  std::optional<pg::Conninfo> conninfo_;
  std::optional<pg::Session> session_;
};

TEST_F(ExplainLive, PlansForAnyValueNotForNull) {
  const auto plan = explain_generic(*session_, "SELECT * FROM orders WHERE customer_id = $1");
  ASSERT_TRUE(plan.ok()) << plan.failure().message;
  EXPECT_EQ(plan->root->type, "Seq Scan");  // a custom plan for NULL would be a Result
  EXPECT_NEAR(*plan->root->rows_estimated, 10, 1);
  EXPECT_THAT(plan->root->filter, HasSubstr("$1"));
  EXPECT_FALSE(plan->executed());
}

TEST_F(ExplainLive, WithoutParameters) {
  const auto plan = explain_generic(*session_, "SELECT count(*) FROM orders; -- every order");
  ASSERT_TRUE(plan.ok()) << plan.failure().message;
  EXPECT_EQ(plan->root->type, "Aggregate");
}

TEST_F(ExplainLive, ManyMoreTimesThanACustomPlanWouldBeKept) {
  for (int i = 0; i < 10; ++i) {
    const auto plan = explain_generic(*session_, "SELECT * FROM orders WHERE id = $1");
    ASSERT_TRUE(plan.ok());
    EXPECT_THAT(plan->root->index_condition, HasSubstr("$1"));
  }
}

TEST_F(ExplainLive, WritingStatementsOfARoleThatMayWrite) {
  auto session = orders_server().session(planning_options(), "twin_plain");
  for (const auto* statement :
       {"INSERT INTO orders (id, customer_id, created_at) VALUES ($1, $2, $3)",
        "UPDATE orders SET status = $1 WHERE customer_id = $2", "DELETE FROM orders WHERE customer_id = $1",
        "MERGE INTO orders o USING customers c ON o.id = c.id WHEN MATCHED THEN UPDATE SET status = $1",
        "SELECT * FROM orders WHERE id = $1 FOR UPDATE",
        "WITH gone AS (DELETE FROM orders WHERE id = $1 RETURNING *) SELECT * FROM gone"}) {
    const auto plan = explain_generic(session, statement);
    EXPECT_TRUE(plan.ok()) << statement << ": " << (plan.ok() ? "" : plan.failure().message);
  }
  EXPECT_EQ(session.query("SELECT count(*) FROM orders").integer(0, 0), 200000);
}

TEST_F(ExplainLive, WritingStatementsOfARoleThatMayOnlyRead) {
  const auto failure = refusal("UPDATE orders SET status = $1 WHERE customer_id = $2");
  EXPECT_EQ(failure.outcome, Outcome::denied);
  EXPECT_THAT(failure.message, HasSubstr("permission denied"));
  EXPECT_THAT(failure.hint, HasSubstr("right to write"));
}

TEST_F(ExplainLive, TextsThatLostTheConstantThatGaveTheType) {
  for (const auto* statement :
       {"SELECT * FROM orders WHERE created_at > now() - $1", "SELECT unnest($1)", "SELECT $1 + $2",
        "SELECT generate_series($1, $2)",
        "SELECT date_trunc($1, created_at), count(*) FROM orders GROUP BY date_trunc($2, created_at)",
        "SELECT total::numeric($1, $2) FROM orders"}) {
    const auto failure = refusal(statement);
    EXPECT_EQ(failure.outcome, Outcome::invalid_input) << statement;
    EXPECT_THAT(failure.message, HasSubstr("parameter stands for a constant")) << statement;
  }
}

// The parser that reads the texts accepts them, PREPARE does not: they are written anew.
TEST_F(ExplainLive, TextsThatOnlyPgStatStatementsWrites) {
  for (const auto* statement : {"SELECT * FROM orders WHERE created_at > now() - interval $1",
                                "SELECT * FROM orders WHERE created_at > date $1",
                                "SELECT count(*) FROM orders WHERE extract($1 FROM created_at) = $2"}) {
    const auto plan = explain_generic(*session_, statement);
    EXPECT_TRUE(plan.ok()) << statement << ": " << (plan.ok() ? "" : plan.failure().message);
  }
}

TEST_F(ExplainLive, OnlyOneStatementAndOnlyOneThatHasAPlan) {
  EXPECT_EQ(refusal("SELECT 1; DROP TABLE orders").outcome, Outcome::invalid_input);
  EXPECT_EQ(refusal("").outcome, Outcome::invalid_input);
  EXPECT_EQ(refusal("SELECT FROM WHERE").outcome, Outcome::invalid_input);
  for (const auto* statement : {"VACUUM orders", "EXPLAIN ANALYZE SELECT 1", "CREATE INDEX ON orders (status)",
                                "COPY orders TO PROGRAM 'cat'", "DO $$BEGIN END$$", "BEGIN"}) {
    EXPECT_EQ(refusal(statement).outcome, Outcome::unsupported) << statement;
  }
}

TEST_F(ExplainLive, ARelationOfAnotherSearchPath) {
  const auto failure = refusal("SELECT * FROM invoices WHERE id = $1");
  EXPECT_EQ(failure.outcome, Outcome::invalid_input);
  EXPECT_THAT(failure.message, HasSubstr("invoices"));
  EXPECT_THAT(failure.hint, HasSubstr("search_path"));
}

TEST_F(ExplainLive, ALockIsNotWaitedFor) {
  auto locker = orders_server().superuser("twin_plain");
  locker.execute("BEGIN; LOCK TABLE customers IN ACCESS EXCLUSIVE MODE");
  EXPECT_EQ(refusal("SELECT * FROM customers WHERE id = $1").outcome, Outcome::locked);
  locker.execute("ROLLBACK");
}

TEST_F(ExplainLive, ASessionThatPlansForValuesIsRefused) {
  auto session = pg::Session::connect(*conninfo_);
  if (session.server_version() >= 160000) GTEST_SKIP() << "skipped: EXPLAIN (GENERIC_PLAN) needs no setting";
  const auto plan = explain_generic(session, "SELECT * FROM orders WHERE customer_id = $1");
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.failure().outcome, Outcome::unsupported);
  EXPECT_THAT(plan.failure().hint, HasSubstr("force_generic_plan"));
}

TEST_F(ExplainLive, ALostSession) {
  orders_server().superuser().query("SELECT pg_terminate_backend($1::int, 5000)",
                                    {std::to_string(session_->backend_pid())});
  EXPECT_EQ(refusal("SELECT * FROM orders WHERE id = $1").outcome, Outcome::unavailable);
  EXPECT_EQ(refusal("SELECT * FROM orders WHERE id = $1").outcome, Outcome::unavailable);
}

}  // namespace
}  // namespace pgsextant::twin
