#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "n_plus_one";
constexpr auto list = "SELECT id, customer_id, status FROM orders ORDER BY id DESC LIMIT $1";
constexpr auto lookup = "SELECT id, full_name FROM customers WHERE id = $1";

World loop(std::int64_t lists = 24, std::int64_t rows = 600, std::int64_t lookups = 600) {
  World world;
  world.statement(1, list, lists, rows, 100);
  world.statement(2, lookup, lookups, lookups, 300);
  return world;
}

TEST(NPlusOne, FiresAndSaysBothTexts) {
  const auto findings = loop().find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title),
            "A lookup in customers ran 600 times, once for each row of 24 calls of another statement");
  EXPECT_THAT(findings[0].why, HasSubstr(list));
  EXPECT_THAT(findings[0].why, HasSubstr(lookup));
  EXPECT_EQ(findings[0].statement, QueryId{2});
  EXPECT_DOUBLE_EQ(findings[0].load_share.value(), 0.75);
  EXPECT_EQ(findings[0].key, "n_plus_one/shop/statement/2/1");
}

TEST(NPlusOne, FollowsAForeignKeyWhateverTheColumnsAreCalled) {
  World world;
  world.table("papers", 1000, {"nr bigint", "who integer"});
  world.table("people", 1000, {"nr integer"});
  world.statement(1, "SELECT nr, who FROM papers", 10, 1000);
  world.statement(2, "SELECT * FROM people WHERE nr = $1", 1000, 1000);
  world.schema->tables[1].columns[0].name = "number";  // no longer the same name
  world.texts[QueryId{2}] = "SELECT * FROM people WHERE number = $1";
  EXPECT_THAT(world.find(rule), IsEmpty());
  world.foreign_key("papers_who_fkey", "papers", {"who"}, "people", {"number"});
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(NPlusOne, FollowsChildrenOfAParent) {
  World world;
  world.statement(1, "SELECT id, status FROM orders WHERE status = $1", 10, 1000);
  world.statement(2, "SELECT * FROM order_items WHERE order_id = $1", 1000, 3000);
  EXPECT_THAT(world.find(rule), SizeIs(1));
}

TEST(NPlusOne, TheCountsHaveToAgreeWithinTenPercent) {
  EXPECT_THAT(loop(24, 660).find(rule), SizeIs(1));
  EXPECT_THAT(loop(24, 661).find(rule), IsEmpty());
  EXPECT_THAT(loop(24, 540).find(rule), SizeIs(1));
  EXPECT_THAT(loop(24, 539).find(rule), IsEmpty());
}

TEST(NPlusOne, TheBoundariesOfCalls) {
  EXPECT_THAT(loop(3, 100, 100).find(rule), SizeIs(1));
  EXPECT_THAT(loop(2, 100, 100).find(rule), IsEmpty()) << "too few calls of the list";
  EXPECT_THAT(loop(3, 99, 99).find(rule), IsEmpty()) << "too few lookups";
  EXPECT_THAT(loop(60, 600).find(rule), SizeIs(1));
  EXPECT_THAT(loop(61, 600).find(rule), IsEmpty()) << "less than ten times as often";
}

TEST(NPlusOne, StaysQuietWhenNothingLeadsFromOneToTheOther) {
  World world = loop();
  world.texts[QueryId{1}] = "SELECT id, kind FROM events WHERE kind = $1";
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(NPlusOne, StaysQuietAcrossRolesAndDatabases) {
  World world = loop();
  world.window.statements.entries[0].key.user = Oid{11};
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(NPlusOne, StaysQuietForWhatIsNoLookup) {
  for (const auto* text :
       {"SELECT id FROM customers WHERE id = ANY ($1)", "SELECT id FROM customers WHERE id = $1 AND city = $2",
        "SELECT id FROM customers WHERE id > $1", "UPDATE customers SET city = $2 WHERE id = $1",
        "SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = $1"}) {
    World world = loop();
    world.texts[QueryId{2}] = text;
    EXPECT_THAT(world.find(rule), IsEmpty()) << text;
  }
}

TEST(NPlusOne, StaysQuietWithoutTexts) {
  World world = loop();
  world.texts.clear();
  EXPECT_THAT(world.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
