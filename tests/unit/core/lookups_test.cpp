// Looking things up in schemas, snapshots and activity.
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/embedded.hpp"
#include "core/outcome.hpp"
#include "core/snapshot.hpp"

namespace pgsextant {
namespace {

Table make_table(std::uint32_t oid, std::string schema, std::string name) {
  Table table;
  table.oid = {oid};
  table.schema = std::move(schema);
  table.name = std::move(name);
  return table;
}

DatabaseSchema shop() {
  DatabaseSchema schema;
  schema.database = {5};
  schema.search_path = {"app", "public"};
  schema.tables = {make_table(10, "public", "orders"), make_table(20, "app", "orders"),
                   make_table(30, "public", "items"), make_table(40, "audit", "log")};
  for (const std::uint32_t table : {10, 30, 10}) {
    Index index;
    index.table = {table};
    index.oid = {100 + static_cast<std::uint32_t>(schema.indexes.size())};
    schema.indexes.push_back(index);
  }
  return schema;
}

TEST(TableLookup, ByOid) {
  const auto schema = shop();
  EXPECT_EQ(schema.table(Oid{30})->name, "items");
  for (const std::uint32_t absent : {0, 5, 35, 50}) EXPECT_EQ(schema.table(Oid{absent}), nullptr);
}

TEST(TableLookup, ByNameFollowsTheSearchPath) {
  const auto schema = shop();
  EXPECT_EQ(schema.table("", "orders")->oid, Oid{20});  // app comes first
  EXPECT_EQ(schema.table("public", "orders")->oid, Oid{10});
  EXPECT_EQ(schema.table("", "items")->oid, Oid{30});
  EXPECT_EQ(schema.table("", "log"), nullptr);  // not on the path
  EXPECT_EQ(schema.table("audit", "log")->oid, Oid{40});
  EXPECT_EQ(schema.table("audit", "orders"), nullptr);
}

TEST(TableLookup, ColumnsAndNames) {
  auto table = make_table(1, "we ird", "order");
  table.columns.resize(2);
  table.columns[0].name = "id";
  table.columns[1].name = "Id";
  EXPECT_EQ(table.column("Id"), &table.columns[1]);
  EXPECT_EQ(table.column("ID"), nullptr);
  EXPECT_EQ(table.qualified_name(), "\"we ird\".\"order\"");
}

TEST(TableLookup, IndexesOfATable) {
  const auto schema = shop();
  const auto found = schema.indexes_of({10});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0]->oid, Oid{100});
  EXPECT_EQ(found[1]->oid, Oid{102});
  EXPECT_TRUE(schema.indexes_of({40}).empty());
}

TEST(SnapshotLookup, PartsByDatabase) {
  Snapshot snapshot;
  EXPECT_EQ(snapshot.schema({5}), nullptr);
  EXPECT_EQ(snapshot.text({1}), nullptr);
  snapshot.schemas.resize(2);  // the first was never read
  snapshot.schemas[1].data = std::make_shared<const DatabaseSchema>(shop());
  snapshot.relations.resize(1);
  snapshot.relations[0].data = std::make_shared<const RelationCounters>(RelationCounters{{7}, {}, {}});
  snapshot.texts.data = std::make_shared<const StatementTexts>(StatementTexts{{QueryId{1}, "SELECT $1"}});
  EXPECT_EQ(snapshot.schema({5}), snapshot.schemas[1].data.get());
  EXPECT_EQ(snapshot.schema({7}), nullptr);
  EXPECT_EQ(snapshot.relation_counters({7}), snapshot.relations[0].data.get());
  EXPECT_EQ(snapshot.relation_counters({5}), nullptr);
  EXPECT_EQ(*snapshot.text({1}), "SELECT $1");
  EXPECT_EQ(snapshot.text({2}), nullptr);
}

LockWait wait(std::int32_t waiter, std::vector<BackendPid> blockers) {
  LockWait w;
  w.waiter = {waiter};
  w.blockers = std::move(blockers);
  return w;
}

TEST(RootBlockers, AreThoseThatWaitForNobody) {
  Activity activity;
  EXPECT_TRUE(root_blockers(activity).empty());
  // 30 and 9 wait for 20, which waits for 10; 40 waits for 10 and a prepared transaction.
  activity.waits = {wait(30, {{20}}), wait(9, {{20}, {20}}), wait(20, {{10}}), wait(40, {{10}, {0}})};
  EXPECT_EQ(root_blockers(activity), (std::vector<BackendPid>{{0}, {10}}));
}

TEST(RootBlockers, ACycleHasNone) {
  Activity activity;
  activity.waits = {wait(1, {{2}}), wait(2, {{1}})};
  EXPECT_TRUE(root_blockers(activity).empty());
}

TEST(FormatUtc, IsRfc3339) {
  using std::chrono::microseconds;
  EXPECT_EQ(format_utc(Timestamp{}), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_utc(Timestamp{microseconds{1795253821'999999}}), "2026-11-21T09:37:01Z");  // date -u -d @1795253821
  EXPECT_EQ(format_utc(Timestamp{microseconds{-1}}), "1969-12-31T23:59:59Z");
}

TEST(Result, HoldsOneOfTwo) {
  Result<int> good = 3;
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, 3);
  EXPECT_THROW((void)good.failure(), std::logic_error);
  Result<int> bad = Failure{Outcome::timeout, "late", ""};
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.failure().message, "late");
  EXPECT_THROW((void)bad.value(), std::logic_error);
}

TEST(Embedded, ReturnsTheContentOrThrows) {
  const std::vector<EmbeddedFile> files{{"a.sql", "SELECT 1"}, {"b.sql", ""}};
  EXPECT_EQ(embedded(files, "a.sql"), "SELECT 1");
  EXPECT_EQ(embedded(files, "b.sql"), "");
  EXPECT_THROW((void)embedded(files, "c.sql"), std::logic_error);
}

}  // namespace
}  // namespace pgsextant
