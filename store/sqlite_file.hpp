#pragma once
// The file behind the SQLite store: opening, checking that it is ours, migrating.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "core/embedded.hpp"
#include "core/outcome.hpp"
#include "store/store.hpp"

namespace SQLite {
class Database;
class Exception;
}  // namespace SQLite

namespace pgsextant::store {

struct SqliteOptions {
  std::chrono::milliseconds busy_timeout{1000};  ///< how long another program may hold the file
  std::int64_t max_pages = 0;                    ///< of the file; 0: what SQLite and the disk allow
};

Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file, const SqliteOptions& options);

/// Settings made, schema current.
Result<std::unique_ptr<SQLite::Database>> open_database(const std::filesystem::path& file,
                                                        const SqliteOptions& options);

/// Brings the schema from PRAGMA user_version to the newest of `migrations` ("migrations/NNNN.sql", numbered from 1
/// without gaps), each in a transaction of its own. Fails when the file's version is newer. Throws SQLite::Exception.
Result<bool> migrate(SQLite::Database& database, std::span<const EmbeddedFile> migrations);

/// What SQLite's error means for a person; names the file, never a value.
Failure describe_failure(const std::filesystem::path& file, const SQLite::Exception& error);

}  // namespace pgsextant::store
