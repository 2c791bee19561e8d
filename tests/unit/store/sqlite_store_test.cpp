// What only a file can do: survive, be damaged, be full, be locked, be somebody else's.
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "store/sqlite_file.hpp"
#include "store/store.hpp"
#include "tests/unit/store/stores.hpp"

namespace pgsextant::store {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Timestamp start{hours{480'000}};
Timestamp at(int second) { return start + seconds(second); }

VitalSample sample(int second) { return {at(second), {{"tps", static_cast<double>(second)}, {"hit_ratio", 0.5}}}; }

std::size_t count(Store& store) { return store.window("a", at(-1), at(1'000'000), 1'000'000)->size(); }

void write_file(const std::filesystem::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary) << content;
}

std::string integrity(const std::filesystem::path& file) {
  SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
  return database.execAndGet("PRAGMA integrity_check").getString();
}

/// Opening fails, and says about which file.
Failure refusal(const std::filesystem::path& file) {
  const auto opened = open_sqlite(file);
  EXPECT_FALSE(opened) << file;
  if (opened) return {};
  EXPECT_NE(opened.failure().message.find(file.filename().string()), std::string::npos) << opened.failure().message;
  return opened.failure();
}

TEST(SqliteStore, ReopeningKeepsEverything) {
  const TemporaryFolder folder;
  {
    const auto store = *open_sqlite(folder / "h");
    ASSERT_TRUE(store->append("a", sample(10)));
    const std::vector<Store::Seen> seen{{"k", "rule", "title"}};
    ASSERT_TRUE(store->record("a", TrackedType::recommendation, at(10), seen));
    ASSERT_TRUE(store->set_muted("a", TrackedType::recommendation, "k", true));
  }
  const auto store = *open_sqlite(folder / "h");
  EXPECT_EQ(store->window("a", at(0), at(100))->at(0).values,
            (std::vector<std::pair<std::string, double>>{{"hit_ratio", 0.5}, {"tps", 10}}));
  const auto tracked = *store->tracked("a", TrackedType::recommendation);
  ASSERT_EQ(tracked.size(), 1U);
  EXPECT_EQ(tracked[0].title, "title");
  EXPECT_TRUE(tracked[0].muted);
}

TEST(SqliteStore, TheFileAndItsCompanionsArePrivate) {
  const TemporaryFolder folder;
  const auto store = *open_sqlite(folder / "h");
  ASSERT_TRUE(store->append("a", sample(10)));
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    ++files;
    struct stat status {};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
  }
  EXPECT_EQ(files, 3);  // the file, -wal and -shm: WAL mode is on
}

TEST(SqliteStore, AKilledWriterLosesNothingThatItWasTold) {
  const TemporaryFolder folder;
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto store = *open_sqlite(folder / "h");
    for (int i = 0; store->append("a", sample(i)); ++i)
      if (::write(pipe_ends[1], "x", 1) != 1) break;
    ::_exit(0);
  }
  ::close(pipe_ends[1]);
  std::size_t told = 0;
  char byte = 0;
  while (told < 50 && ::read(pipe_ends[0], &byte, 1) == 1) ++told;
  ::kill(child, SIGKILL);  // in the middle of an append
  while (::read(pipe_ends[0], &byte, 1) == 1) ++told;
  ::close(pipe_ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
  ASSERT_GE(told, 50U);

  const auto store = *open_sqlite(folder / "h");
  const auto samples = *store->window("a", at(-1), at(1'000'000), 1'000'000);
  EXPECT_GE(samples.size(), told);
  for (const auto& one : samples) EXPECT_EQ(one.values.size(), 2U);  // whole or not at all
  EXPECT_TRUE(store->append("a", sample(999'999)));
  EXPECT_EQ(integrity(folder / "h"), "ok");
}

TEST(SqliteStore, AFullDiskLosesTheNewestAndRecovers) {
  const TemporaryFolder folder;
  const auto store = *open_sqlite(folder / "h", SqliteOptions{std::chrono::milliseconds(0), 16});
  int appended = 0;
  while (appended < 10'000 && store->append("a", sample(appended))) ++appended;
  ASSERT_LT(appended, 10'000);
  ASSERT_GT(appended, 10);
  const auto failed = store->append("a", sample(appended));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.failure().outcome, Outcome::unavailable);
  EXPECT_NE(failed.failure().message.find("full"), std::string::npos) << failed.failure().message;
  EXPECT_EQ(count(*store), static_cast<std::size_t>(appended));
  EXPECT_EQ(store->status(), failed.failure().message);  // although reading works

  ASSERT_TRUE(store->expire(at(appended) + hours(1), {hours(1), hours(1)}));
  EXPECT_TRUE(store->append("a", sample(appended)));
  EXPECT_EQ(store->status(), "");
  EXPECT_EQ(count(*store), 1U);
  EXPECT_EQ(integrity(folder / "h"), "ok");
}

// The file system refuses to write (as on ENOSPC and EIO), not SQLite itself.
TEST(SqliteStore, AFailingWriteIsAValueAndRecovers) {
  const TemporaryFolder folder;
  const auto store = *open_sqlite(folder / "h");
  ASSERT_TRUE(store->append("a", sample(0)));
  struct rlimit limit {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto ignored = ::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit tight {
    std::filesystem::file_size(folder / "h-wal"), limit.rlim_max
  };
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  const auto failed = store->append("a", sample(1));
  const auto status = store->status();
  const auto readable = count(*store);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  ::signal(SIGXFSZ, ignored);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.failure().outcome, Outcome::unavailable);
  EXPECT_EQ(status, failed.failure().message);
  EXPECT_EQ(readable, 1U);
  EXPECT_TRUE(store->append("a", sample(2)));
  EXPECT_EQ(store->status(), "");
  EXPECT_EQ(count(*store), 2U);
}

TEST(SqliteStore, ALockedFileIsAValueAndRecovers) {
  const TemporaryFolder folder;
  const auto store = *open_sqlite(folder / "h", SqliteOptions{std::chrono::milliseconds(0), 0});
  ASSERT_TRUE(store->append("a", sample(0)));
  SQLite::Database other((folder / "h").string(), SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const auto failed = store->append("a", sample(1));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.failure().outcome, Outcome::locked);
  EXPECT_FALSE(failed.failure().hint.empty());
  EXPECT_NE(store->status(), "");
  EXPECT_EQ(count(*store), 1U);  // readers do not wait for a writer
  EXPECT_TRUE(open_sqlite(folder / "h", SqliteOptions{std::chrono::milliseconds(0), 0}));
  other.exec("ROLLBACK");
  EXPECT_TRUE(store->append("a", sample(1)));
  EXPECT_EQ(store->status(), "");
}

TEST(SqliteStore, AReadOnlyDatabaseIsAValue) {
  const TemporaryFolder folder;
  const auto file = folder / "h";
  (void)*open_sqlite(file);
  const SQLite::Database readable(file.string(), SQLite::OPEN_READONLY);
  try {
    SQLite::Database(file.string(), SQLite::OPEN_READONLY).exec("DELETE FROM sample");
    FAIL() << "it could be written";
  } catch (const SQLite::Exception& error) {
    EXPECT_EQ(describe_failure(file, error).outcome, Outcome::denied);
  }
}

TEST(SqliteStore, TwoStoresShareAFile) {
  const TemporaryFolder folder;
  const auto one = *open_sqlite(folder / "h");
  const auto other = *open_sqlite(folder / "h");
  ASSERT_TRUE(one->append("a", sample(1)));
  ASSERT_TRUE(other->append("a", sample(2)));
  EXPECT_EQ(count(*one), 2U);
}

TEST(SqliteStore, RefusesANewerSchema) {
  const TemporaryFolder folder;
  (void)*open_sqlite(folder / "h");
  SQLite::Database((folder / "h").string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 4711");
  const auto failure = refusal(folder / "h");
  EXPECT_EQ(failure.outcome, Outcome::invalid_input);
  EXPECT_NE(failure.message.find("4711"), std::string::npos) << failure.message;
}

TEST(SqliteStore, RefusesWhatIsNoDatabaseAndLeavesItAlone) {
  const TemporaryFolder folder;
  for (const auto& content : {std::string("x"), std::string("SQLite format 3"), std::string("not a database\n"),
                              std::string(100'000, '\xA5')}) {
    write_file(folder / "garbage", content);
    EXPECT_EQ(refusal(folder / "garbage").outcome, Outcome::invalid_input);
    std::ifstream in(folder / "garbage", std::ios::binary);
    EXPECT_TRUE(std::string(std::istreambuf_iterator<char>(in), {}) == content);
  }
}

TEST(SqliteStore, RefusesADamagedDatabase) {
  const TemporaryFolder folder;
  (void)*open_sqlite(folder / "h");
  std::fstream file(folder / "h", std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(100);  // behind the file's header: the schema's page
  file << std::string(3000, '\xA5');
  file.close();
  EXPECT_EQ(refusal(folder / "h").outcome, Outcome::invalid_input);
}

// The schema is whole but a page of data is not: found when it is read.
TEST(SqliteStore, DamageFoundLaterIsAValue) {
  const TemporaryFolder folder;
  {
    const auto store = *open_sqlite(folder / "h");
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(store->append("a", sample(i)));
  }
  const auto size = std::filesystem::file_size(folder / "h");
  constexpr std::size_t two_pages = 8192;
  ASSERT_GT(size, 6 * two_pages);
  std::fstream file(folder / "h", std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(size - two_pages));
  file << std::string(two_pages, '\xA5');
  file.close();
  const auto opened = open_sqlite(folder / "h");
  ASSERT_TRUE(opened);
  const auto samples = (*opened)->window("a", at(0), at(1000));
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.failure().outcome, Outcome::invalid_input);
  EXPECT_EQ((*opened)->status(), samples.failure().message);
}

TEST(SqliteStore, RefusesTheDatabaseOfAnotherProgram) {
  const TemporaryFolder folder;
  {
    SQLite::Database foreign((folder / "foreign").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    foreign.exec("CREATE TABLE accounts (id INTEGER)");
    SQLite::Database marked((folder / "marked").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    marked.exec("PRAGMA application_id = 42");
  }
  for (const auto* name : {"foreign", "marked"}) {
    EXPECT_EQ(refusal(folder / name).outcome, Outcome::invalid_input);
    SQLite::Database database((folder / name).string());
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM sqlite_schema WHERE name = 'sample'").getInt(), 0);
    EXPECT_EQ(database.execAndGet("PRAGMA journal_mode").getString(), "delete");
  }
}

TEST(SqliteStore, RefusesAPathThatCannotBe) {
  const TemporaryFolder folder;
  EXPECT_NE(refusal(folder / "no" / "such" / "h").hint.find("such"), std::string::npos);
  EXPECT_EQ(refusal(folder.path()).outcome, Outcome::invalid_input);
  write_file(folder / "file", "");
  EXPECT_EQ(refusal(folder / "file" / "h").outcome, Outcome::invalid_input);
  EXPECT_EQ(open_sqlite("").failure().outcome, Outcome::invalid_input);
}

TEST(SqliteStore, RefusesAFolderThatMayNotBeWritten) {
  // /proc refuses files to everybody, root included.
  const auto failure = refusal("/proc/pgsextant-history");
  EXPECT_FALSE(failure.hint.empty()) << failure.message;
}

TEST(SqliteStore, NamesThatSqliteTreatsSpeciallyAreFiles) {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  EXPECT_TRUE(open_sqlite(":memory:"));
  EXPECT_TRUE(open_sqlite("file:h?mode=memory"));
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(folder / ":memory:"));
  EXPECT_TRUE(std::filesystem::exists(folder / "file:h?mode=memory"));
}

}  // namespace
}  // namespace pgsextant::store
