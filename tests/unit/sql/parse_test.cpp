#include "sql/parse.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "sql/bounds.hpp"

namespace pgsextant::sql {
namespace {

using std::string_literals::operator""s;

std::string repeated(std::string_view piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(Inspect, KnowsTheKinds) {
  const auto kind = [](std::string_view text) { return inspect(text)->kind; };
  EXPECT_EQ(kind("select 1"), StatementKind::select);
  EXPECT_EQ(kind("with a as (select 1) select * from a"), StatementKind::select);
  EXPECT_EQ(kind("values (1)"), StatementKind::select);
  EXPECT_EQ(kind("insert into t values (1)"), StatementKind::insert);
  EXPECT_EQ(kind("update t set a = 1"), StatementKind::update);
  EXPECT_EQ(kind("delete from t"), StatementKind::delete_);
  EXPECT_EQ(kind("merge into t using s on t.a = s.a when matched then delete"), StatementKind::merge);
  EXPECT_EQ(kind("vacuum t"), StatementKind::utility);
  EXPECT_EQ(kind("explain select 1"), StatementKind::utility);
}

TEST(Inspect, SeesWhatWritesAndLocks) {
  EXPECT_FALSE(inspect("select * from t")->writes);
  EXPECT_TRUE(inspect("with d as (delete from t returning *) select * from d")->writes);
  EXPECT_TRUE(inspect("select * into u from t")->writes);
  EXPECT_TRUE(inspect("create table u as select 1")->writes);
  EXPECT_TRUE(inspect("explain analyze insert into t values (1)")->writes);
  EXPECT_FALSE(inspect("explain select 1")->writes);
  EXPECT_FALSE(inspect("show all")->writes);
  EXPECT_TRUE(inspect("select * from t for update")->locks_rows);
  EXPECT_TRUE(inspect("select * from (select * from t for share) x")->locks_rows);
  EXPECT_FALSE(inspect("select * from t")->locks_rows);
}

TEST(Inspect, CountsParameters) {
  EXPECT_EQ(inspect("select $3, $1 from t")->parameters, 3);
  EXPECT_EQ(inspect("select 1 /* $9 */")->parameters, 0);
}

TEST(Inspect, WantsExactlyOneStatement) {
  for (const auto& text :
       {"select 1; select 2"s, ""s, "-- nothing"s, ";"s, "selec 1"s, "select 'a"s, "select\0 1"s, "select '\xff'"s}) {
    const auto info = inspect(text);
    ASSERT_FALSE(info.ok()) << text;
    EXPECT_EQ(info.failure().outcome, Outcome::invalid_input);
  }
  EXPECT_TRUE(inspect("select 1;").ok());
}

TEST(Inspect, SaysNothingOfTheTextInItsFailure) {
  EXPECT_EQ(inspect("select 'zebra' 'zebra'").failure().message.find("zebra"), std::string::npos);
}

TEST(Inspect, RefusesWhatIsTooDeepInsteadOfCrashing) {
  const std::vector<std::string> texts{
      "select 1" + repeated("+1", 200'000),
      "select " + repeated("(", 100'000) + "1" + repeated(")", 100'000),
      "select " + repeated("- ", 100'000) + "1",
      "select " + repeated("not ", 100'000) + "true",
      "select " + repeated("case when true then ", 30'000) + "1" + repeated(" end", 30'000),
      "select 1" + repeated(" union select 1", 50'000),
      "select a" + repeated("::int", 50'000) + " from t",
      "select " + repeated("f(", 50'000),
      "select " + repeated("array[", 50'000),
      "select 'a'" + repeated("||'a'", 100'000),
      "select * from a" + repeated(" join b", 50'000) + repeated(" on true", 50'000),
      "select * from " + repeated("(select * from ", 20'000) + "t" + repeated(") x", 20'000),
      "select a" + repeated(" collate x", 50'000) + " from t",
      "select a" + repeated(" at time zone x", 50'000) + " from t",
      "select 1" + repeated(" operator(+) 1", 50'000),
  };
  for (const auto& text : texts) {
    const auto info = inspect(text);
    ASSERT_FALSE(info.ok()) << text.substr(0, 40);
    EXPECT_EQ(info.failure().outcome, Outcome::invalid_input);
    EXPECT_NE(info.failure().message.find("deeper"), std::string::npos) << info.failure().message;
  }
}

TEST(Inspect, AllowsEverythingBelowItsOwnBound) {
  const int deep = static_cast<int>(max_nesting) - 10;
  EXPECT_TRUE(inspect("select 1" + repeated("+1", deep)).ok());
  EXPECT_TRUE(inspect("select " + repeated("(", deep) + "1" + repeated(")", deep)).ok());
  EXPECT_TRUE(inspect("select " + repeated("not ", deep) + "true").ok());
  EXPECT_TRUE(inspect("select 1" + repeated(" union select 1", deep)).ok());
  EXPECT_TRUE(inspect("select " + repeated("f(", deep) + "1" + repeated(")", deep)).ok());
  EXPECT_TRUE(inspect("select " + repeated("(select ", deep / 2) + "1" + repeated(")", deep / 2)).ok());
}

TEST(Inspect, AllowsWhatIsLongButFlat) {
  EXPECT_TRUE(inspect("select * from t where a in (1" + repeated(",1", 50'000) + ")").ok());
  EXPECT_TRUE(inspect("insert into t values (1)" + repeated(",(1)", 40'000)).ok());
  EXPECT_TRUE(inspect("select * from t where a = 1" + repeated(" or a = 1", 20'000)).ok());
  EXPECT_TRUE(inspect("select case" + repeated(" when a = 1 then 2", 10'000) + " end from t").ok());
}

TEST(Inspect, RefusesWhatIsTooLong) {
  EXPECT_FALSE(inspect("select '" + std::string(max_length, 'x') + "'").ok());
  EXPECT_FALSE(inspect("insert into t values (1)" + repeated(",(1)", 60'000)).ok());
  EXPECT_TRUE(inspect("select '" + std::string(max_length - 100, 'x') + "'").ok());
}

TEST(Inspect, WorksFromSeveralThreadsAtOnce) {
  std::vector<int> parameters(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    threads.emplace_back([i, &parameters] {
      for (int n = 0; n < 50; ++n) parameters[i] += inspect("select $" + std::to_string(i + 1))->parameters;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(parameters, (std::vector<int>{50, 100, 150, 200}));
}

TEST(Fingerprint, IsTheSameForTheSameStatement) {
  const auto a = fingerprint("select * from t where a = 1");
  ASSERT_TRUE(a.ok());
  EXPECT_EQ(a->size(), 16U);
  EXPECT_EQ(a->find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(*a, *fingerprint("SELECT *\nFROM t WHERE a = $1"));
  EXPECT_NE(*a, *fingerprint("select * from u where a = 1"));
  EXPECT_FALSE(fingerprint("selec").ok());
}

TEST(Plannable, WritesWhatPrepareAccepts) {
  // The texts that pg_stat_statements makes of interval '1 day', date '…' and extract(year from …).
  EXPECT_EQ(*plannable("select now() - interval $1"), "SELECT now() - $1::interval");
  EXPECT_EQ(*plannable("select date $1"), "SELECT $1::date");
  EXPECT_EQ(*plannable("select extract($1 from a) from t"), "SELECT pg_catalog.\"extract\"($1, a) FROM t");
  EXPECT_FALSE(plannable("select 1; select 2").ok());
}

}  // namespace
}  // namespace pgsextant::sql
