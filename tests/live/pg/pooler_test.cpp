#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pg/session.hpp"
#include "tests/live/pg/option_dropping_pooler.hpp"
#include "tests/support/live_server.hpp"

namespace pgsextant::pg {
namespace {

using test::live_server;
using test::OptionDroppingPooler;
using test::OptionsPolicy;
using testing::HasSubstr;

class PoolerLive : public testing::Test {
 protected:
  void SetUp() override { PGSEXTANT_NEEDS_SERVER(); }
  static Conninfo through(const OptionDroppingPooler& pooler) {
    return live_server().make_monitor("pooled", "secret").with("port", std::to_string(pooler.port()));
  }
};

TEST_F(PoolerLive, WhereOptionsAreDroppedEveryQueryBringsItsBounds) {
  const OptionDroppingPooler pooler(live_server().server().port(), OptionsPolicy::drop);
  SessionOptions options;
  options.statement_timeout = std::chrono::milliseconds(300);
  auto session = Session::connect(through(pooler), options);
  EXPECT_TRUE(session.options_dropped());
  EXPECT_EQ(session.query("SHOW statement_timeout").text(0, 0), "300ms");
  EXPECT_EQ(session.query("SHOW lock_timeout").text(0, 0), "100ms");
  EXPECT_EQ(session.query("SHOW transaction_read_only").text(0, 0), "on");
  EXPECT_EQ(session.query("SHOW jit").text(0, 0), "off");
  EXPECT_EQ(session.query("SELECT $1::int", {"5"}).integer(0, 0), 5);
}

TEST_F(PoolerLive, AnErrorEndsItsTransaction) {
  const OptionDroppingPooler pooler(live_server().server().port(), OptionsPolicy::drop);
  SessionOptions options;
  options.statement_timeout = std::chrono::milliseconds(200);
  auto session = Session::connect(through(pooler), options);
  for (const auto& [sql, outcome] :
       {std::pair{"SELECT pg_sleep(9)", Outcome::timeout}, std::pair{"CREATE TABLE t ()", Outcome::invalid_input},
        std::pair{"SELECT 1; SELECT 2", Outcome::invalid_input},
        std::pair{"SELECT * FROM nowhere", Outcome::unsupported}}) {
    try {
      session.query(sql);
      FAIL() << sql;
    } catch (const Error& error) {
      EXPECT_EQ(error.failure().outcome, outcome) << sql << ": " << error.what();
    }
    auto admin = live_server().superuser();
    EXPECT_EQ(
        admin.query("SELECT state FROM pg_stat_activity WHERE pid = $1::int", {std::to_string(session.backend_pid())})
            .text(0, 0),
        "idle");
    EXPECT_EQ(session.query("SELECT 1").integer(0, 0), 1);
  }
}

TEST_F(PoolerLive, WhereOptionsAreRefusedItSaysWhatToSet) {
  const OptionDroppingPooler pooler(live_server().server().port(), OptionsPolicy::refuse);
  try {
    Session::connect(through(pooler));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.failure().outcome, Outcome::unsupported);
    EXPECT_THAT(error.failure().message, HasSubstr("pooler refuses start-up options"));
    EXPECT_THAT(error.failure().hint, HasSubstr("ignore_startup_parameters = options"));
  }
}

}  // namespace
}  // namespace pgsextant::pg
