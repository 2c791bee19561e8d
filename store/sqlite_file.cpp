#include "store/sqlite_file.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace pgsextant::store {
namespace {

constexpr int application_id = 0x70677378;  // "pgsx", set by the first migration
constexpr std::string_view sqlite_magic{"SQLite format 3\0", 16};

std::string quoted(const std::filesystem::path& file) { return "\"" + file.string() + "\""; }

/// Empty, or with SQLite's magic. SQLite itself would overwrite a foreign file that is shorter than its header.
bool may_be_database(int descriptor) {
  std::array<char, sqlite_magic.size()> head{};
  const auto length = ::pread(descriptor, head.data(), head.size(), 0);
  return length == 0 || (length > 0 && std::string_view(head.data(), static_cast<std::size_t>(length)) == sqlite_magic);
}

/// Made here and not by SQLite, for the mode and for an error that says what is wrong. Its -wal and -shm get its mode.
std::optional<Failure> make_file(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor >= 0) {
    const bool usable = may_be_database(descriptor);
    ::close(descriptor);
    if (usable) return std::nullopt;
    return Failure{Outcome::invalid_input, "history file " + quoted(file) + ": not a SQLite database",
                   "name another file"};
  }
  const int error = errno;
  const auto what = "cannot open the history file " + quoted(file) + ": " + std::generic_category().message(error);
  if (error == ENOENT || error == ENOTDIR)
    return Failure{Outcome::invalid_input, what, "create the folder " + quoted(file.parent_path()) + " first"};
  if (error == EISDIR) return Failure{Outcome::invalid_input, what, "name a file in that folder"};
  if (error == EACCES || error == EPERM || error == EROFS)
    return Failure{Outcome::denied, what, "choose a file that this user may write"};
  return Failure{Outcome::unavailable, what, ""};
}

/// Somebody else's database is left alone, however similar.
bool is_foreign(SQLite::Database& database) {
  const int id = database.execAndGet("PRAGMA application_id").getInt();
  if (id == application_id) return false;
  return id != 0 || database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt() != 0;
}

std::map<int, std::string> by_number(std::span<const EmbeddedFile> migrations) {
  std::map<int, std::string> numbered;
  for (const auto& file : migrations) {
    const auto digits = file.name.substr(file.name.rfind('/') + 1);
    int number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    numbered.emplace(number, file.content);
  }
  return numbered;
}

int user_version(SQLite::Database& database) { return database.execAndGet("PRAGMA user_version").getInt(); }

}  // namespace

Failure describe_failure(const std::filesystem::path& file, const SQLite::Exception& error) {
  const auto what = "history file " + quoted(file) + ": " + error.what();
  switch (error.getErrorCode() & 0xFF) {  // the primary code
    case SQLITE_FULL: return {Outcome::unavailable, what, "free space on its disk or shorten the retention"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {Outcome::locked, what, "stop the other program that uses the file"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: return {Outcome::denied, what, "let this user write the file and its folder"};
    case SQLITE_NOTADB: return {Outcome::invalid_input, what, "name another file: this one is no SQLite database"};
    case SQLITE_CORRUPT: return {Outcome::invalid_input, what, "move the damaged file away; a new one is made"};
    default: return {Outcome::unavailable, what, ""};
  }
}

Result<bool> migrate(SQLite::Database& database, std::span<const EmbeddedFile> migrations) {
  const auto numbered = by_number(migrations);
  const int newest = numbered.empty() ? 0 : numbered.rbegin()->first;
  for (;;) {
    const int version = user_version(database);
    if (version > newest)
      return Failure{Outcome::invalid_input,
                     "its schema has version " + std::to_string(version) + ", this program knows versions up to " +
                         std::to_string(newest),
                     "run the pgsextant that wrote it, or name another file"};
    if (version == newest) return true;
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    if (user_version(database) != version) continue;  // another process migrates as well
    const auto next = numbered.upper_bound(version);
    database.exec(next->second);
    database.exec("PRAGMA user_version = " + std::to_string(next->first));
    transaction.commit();
  }
}

Result<std::unique_ptr<SQLite::Database>> open_database(const std::filesystem::path& file,
                                                        const SqliteOptions& options) {
  // Absolute, so that SQLite sees a path and never one of its special names.
  std::error_code ignored;
  const auto path = std::filesystem::absolute(file, ignored);
  if (file.empty() || path.empty()) return Failure{Outcome::invalid_input, "the history file has no name", ""};
  if (auto failure = make_file(path)) return std::move(*failure);
  try {
    auto database = std::make_unique<SQLite::Database>(path.string(), SQLite::OPEN_READWRITE,
                                                       static_cast<int>(options.busy_timeout.count()));
    if (is_foreign(*database))
      return Failure{Outcome::invalid_input, "history file " + quoted(path) + ": a database of another program",
                     "name another file"};
    database->exec("PRAGMA journal_mode = WAL");
    database->exec("PRAGMA synchronous = NORMAL");  // a power cut may lose the newest samples, never the file
    database->exec("PRAGMA journal_size_limit = 16777216");
    if (options.max_pages > 0) database->exec("PRAGMA max_page_count = " + std::to_string(options.max_pages));
    if (auto migrated = migrate(*database, embedded_files()); !migrated) {
      auto failure = migrated.failure();
      failure.message = "history file " + quoted(path) + ": " + failure.message;
      return failure;
    }
    return database;
  } catch (const SQLite::Exception& error) {
    return describe_failure(path, error);
  }
}

}  // namespace pgsextant::store
