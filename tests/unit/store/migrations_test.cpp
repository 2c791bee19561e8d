#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "store/sqlite_file.hpp"

namespace pgsextant::store {
namespace {

int version(SQLite::Database& database) { return database.execAndGet("PRAGMA user_version").getInt(); }

std::string tables(SQLite::Database& database) {
  return database
      .execAndGet("SELECT ifnull(group_concat(name, ' '), '') FROM (SELECT name FROM sqlite_schema ORDER BY 1)")
      .getString();
}

class Migrations : public testing::Test {
 protected:
  SQLite::Database database_{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
};

const std::vector<EmbeddedFile> three{
    {"migrations/0002.sql", "ALTER TABLE a RENAME TO b;"},  // the order of the list does not matter
    {"migrations/0001.sql", "CREATE TABLE a (x);"},
    {"migrations/0010.sql", "CREATE TABLE c (x); CREATE TABLE d (x);"},
};

TEST_F(Migrations, RunInTheOrderOfTheirNumbers) {
  ASSERT_TRUE(migrate(database_, three));
  EXPECT_EQ(tables(database_), "b c d");
  EXPECT_EQ(version(database_), 10);
}

TEST_F(Migrations, RunOnlyOnce) {
  ASSERT_TRUE(migrate(database_, three));
  ASSERT_TRUE(migrate(database_, three));  // CREATE TABLE would fail
  EXPECT_EQ(version(database_), 10);
}

TEST_F(Migrations, GoOnFromTheVersionThatIsThere) {
  ASSERT_TRUE(migrate(database_, std::vector<EmbeddedFile>{three[1]}));
  EXPECT_EQ(tables(database_), "a");
  EXPECT_EQ(version(database_), 1);
  ASSERT_TRUE(migrate(database_, three));
  EXPECT_EQ(tables(database_), "b c d");
}

TEST_F(Migrations, AFailingOneLeavesTheVersionBefore) {
  auto broken = three;
  broken[2].content = "CREATE TABLE c (x); CREATE TABLE c (x);";
  EXPECT_THROW((void)migrate(database_, broken), SQLite::Exception);
  EXPECT_EQ(tables(database_), "b");
  EXPECT_EQ(version(database_), 2);
  ASSERT_TRUE(migrate(database_, three));
  EXPECT_EQ(tables(database_), "b c d");
}

TEST_F(Migrations, RefuseANewerVersion) {
  database_.exec("PRAGMA user_version = 11");
  const auto migrated = migrate(database_, three);
  ASSERT_FALSE(migrated);
  EXPECT_EQ(migrated.failure().outcome, Outcome::invalid_input);
  EXPECT_EQ(tables(database_), "");
}

TEST_F(Migrations, OursAreNumberedFromOneWithoutGaps) {
  const auto files = embedded_files();
  ASSERT_FALSE(files.empty());
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto number = std::to_string(i + 1);
    EXPECT_EQ(files[i].name, "migrations/" + std::string(4 - number.size(), '0') + number + ".sql");
  }
}

TEST_F(Migrations, OursMakeTheSchema) {
  ASSERT_TRUE(migrate(database_, embedded_files()));
  EXPECT_EQ(database_.execAndGet("PRAGMA application_id").getInt(), 0x70677378);
  EXPECT_EQ(database_.execAndGet("SELECT count(*) FROM pragma_foreign_key_check").getInt(), 0);
  for (const auto* table : {"server", "vital", "sample", "tracked"})
    EXPECT_EQ(database_.execAndGet(std::string("SELECT count(*) FROM ") + table).getInt(), 0);
}

}  // namespace
}  // namespace pgsextant::store
