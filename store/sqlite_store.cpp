// History in one SQLite file. One connection behind one mutex: SQLite writes one transaction at a time anyway, and a
// chart reads a few thousand rows.

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include <mutex>
#include <type_traits>
#include <utility>

#include "store/samples.hpp"
#include "store/sqlite_file.hpp"
#include "store/store.hpp"

namespace pgsextant::store {
namespace {

std::int64_t to_column(Timestamp time) { return time.time_since_epoch().count(); }
Timestamp to_timestamp(std::int64_t column) { return Timestamp{std::chrono::microseconds{column}}; }
int to_column(TrackedType type) { return static_cast<int>(type); }

template <class... Values>
int run(SQLite::Database& database, const char* sql, const Values&... values) {
  SQLite::Statement statement(database, sql);
  SQLite::bind(statement, values...);
  return statement.exec();
}

/// The number of a name in `server` or `vital`, made when it is new.
template <class Name>
std::int64_t id_of(SQLite::Database& database, const char* insert, const char* select, const Name& name) {
  run(database, insert, name);
  SQLite::Statement statement(database, select);
  SQLite::bind(statement, name);
  statement.executeStep();
  return statement.getColumn(0).getInt64();
}

std::int64_t server_id(SQLite::Database& database, const std::string& name) {
  return id_of(database, "INSERT INTO server (name) VALUES (?) ON CONFLICT DO NOTHING",
               "SELECT id FROM server WHERE name = ?", name);
}

std::int64_t vital_id(SQLite::Database& database, const std::string& name) {
  return id_of(database, "INSERT INTO vital (name) VALUES (?) ON CONFLICT DO NOTHING",
               "SELECT id FROM vital WHERE name = ?", name);
}

std::vector<std::int64_t> sample_times(SQLite::Database& database, const std::string& server, Timestamp from,
                                       Timestamp to) {
  SQLite::Statement statement(database,
                              "SELECT DISTINCT time FROM sample WHERE server = (SELECT id FROM server WHERE name = ?)"
                              " AND time >= ? AND time < ? ORDER BY time");
  SQLite::bind(statement, server, to_column(from), to_column(to));
  std::vector<std::int64_t> times;
  while (statement.executeStep()) times.push_back(statement.getColumn(0).getInt64());
  return times;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::filesystem::path file, std::unique_ptr<SQLite::Database> database)
      : file_(std::move(file)), database_(std::move(database)) {}

  Result<bool> append(std::string_view server, const VitalSample& sample) override {
    return write([&](SQLite::Database& database) {
      const auto id = server_id(database, std::string(server));
      run(database, "DELETE FROM sample WHERE server = ? AND time = ?", id, to_column(sample.time));
      SQLite::Statement insert(database, "INSERT INTO sample (server, time, vital, value) VALUES (?, ?, ?, ?)");
      for (const auto& [name, value] : normalised(sample.values)) {
        SQLite::bind(insert, id, to_column(sample.time), vital_id(database, name), value);
        insert.exec();
        insert.reset();
      }
      return true;
    });
  }

  Result<std::vector<VitalSample>> window(std::string_view server, Timestamp from, Timestamp to,
                                          std::size_t limit) override {
    return read([&](SQLite::Database& database) {
      const std::string name(server);
      const auto times = sample_times(database, name, from, to);
      SQLite::Statement values(database,
                               "SELECT vital.name, sample.value FROM sample JOIN vital ON vital.id = sample.vital"
                               " WHERE server = (SELECT id FROM server WHERE name = ?) AND time = ?"
                               " ORDER BY vital.name");
      std::vector<VitalSample> samples;
      for (const auto position : thinned(times.size(), limit)) {
        auto& sample = samples.emplace_back();
        sample.time = to_timestamp(times[position]);
        SQLite::bind(values, name, times[position]);
        while (values.executeStep())
          sample.values.emplace_back(values.getColumn(0).getString(), values.getColumn(1).getDouble());
        values.reset();
      }
      return samples;
    });
  }

  Result<bool> record(std::string_view server, TrackedType type, Timestamp at, std::span<const Seen> seen) override {
    return write([&](SQLite::Database& database) {
      const auto id = server_id(database, std::string(server));
      run(database, "UPDATE tracked SET open = 0 WHERE server = ? AND type = ? AND open", id, to_column(type));
      SQLite::Statement upsert(
          database,
          "INSERT INTO tracked (server, type, key, kind, title, first_seen, last_seen, open)"
          " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1) ON CONFLICT (server, type, key) DO UPDATE SET"
          " kind = excluded.kind, title = excluded.title, last_seen = max(last_seen, excluded.last_seen), open = 1");
      for (const auto& one : seen) {
        SQLite::bind(upsert, id, to_column(type), one.key, one.kind, one.title, to_column(at));
        upsert.exec();
        upsert.reset();
      }
      return true;
    });
  }

  Result<std::vector<Tracked>> tracked(std::string_view server, TrackedType type) override {
    return read([&](SQLite::Database& database) {
      SQLite::Statement rows(database,
                             "SELECT key, kind, title, first_seen, last_seen, open, muted FROM tracked"
                             " WHERE server = (SELECT id FROM server WHERE name = ?) AND type = ? ORDER BY key");
      SQLite::bind(rows, std::string(server), to_column(type));
      std::vector<Tracked> all;
      while (rows.executeStep())
        all.push_back({rows.getColumn(0).getString(), rows.getColumn(1).getString(), rows.getColumn(2).getString(),
                       to_timestamp(rows.getColumn(3).getInt64()), to_timestamp(rows.getColumn(4).getInt64()),
                       rows.getColumn(5).getInt() != 0, rows.getColumn(6).getInt() != 0});
      return all;
    });
  }

  Result<bool> set_muted(std::string_view server, TrackedType type, std::string_view key, bool muted) override {
    return write([&](SQLite::Database& database) {
      return run(database,
                 "UPDATE tracked SET muted = ? WHERE server = (SELECT id FROM server WHERE name = ?)"
                 " AND type = ? AND key = ?",
                 muted ? 1 : 0, std::string(server), to_column(type), std::string(key)) > 0;
    });
  }

  Result<bool> expire(Timestamp now, const Retention& retention) override {
    return write([&](SQLite::Database& database) {
      // By server, so that the primary key finds the rows.
      run(database, "DELETE FROM sample WHERE server IN (SELECT id FROM server) AND time < ?",
          to_column(now - retention.samples));
      run(database, "DELETE FROM tracked WHERE NOT open AND last_seen < ?", to_column(now - retention.closed));
      return true;
    });
  }

  [[nodiscard]] std::string status() const override {
    const std::lock_guard lock(mutex_);
    return write_failure_.empty() ? read_failure_ : write_failure_;
  }

 private:
  template <class Work>
  using Answer = Result<std::invoke_result_t<const Work&, SQLite::Database&>>;

  /// A transaction that takes the write lock at once: SQLite does not wait for one that began by reading.
  template <class Work>
  Result<bool> write(const Work& work) {
    return guarded(write_failure_, [&](SQLite::Database& database) {
      SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
      const bool done = work(database);
      transaction.commit();
      return done;
    });
  }

  template <class Work>
  Answer<Work> read(const Work& work) {
    return guarded(read_failure_, [&](SQLite::Database& database) {
      const SQLite::Transaction one_state(database);  // ends with a rollback: nothing was written
      return work(database);
    });
  }

  /// Reads and writes are told apart, or a chart that can still be read would hide a full disk.
  template <class Work>
  Answer<Work> guarded(std::string& status, const Work& work) {
    const std::lock_guard lock(mutex_);
    try {
      auto value = work(*database_);
      status.clear();
      return value;
    } catch (const SQLite::Exception& error) {
      auto failure = describe_failure(file_, error);
      status = failure.message;
      return failure;
    }
  }

  const std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::unique_ptr<SQLite::Database> database_;
  std::string write_failure_, read_failure_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file, const SqliteOptions& options) {
  auto database = open_database(file, options);
  if (!database) return database.failure();
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(file, std::move(*database)));
}

Result<std::unique_ptr<Store>> open_sqlite(const std::filesystem::path& file) { return open_sqlite(file, {}); }

}  // namespace pgsextant::store
