#include "core/window.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "core/model/counters.hpp"

namespace pgsextant {
namespace {

constexpr double kept_intervals = 60;

void accumulate(DatabaseDelta& sum, const DatabaseDelta& more) {
  sum.name = more.name;
  sum.length += more.length;
  counters_add(sum.counters, more.counters);
}

void accumulate(WalDelta& sum, const WalDelta& more) {
  sum.length += more.length;
  counters_add(sum.counters, more.counters);
}

void accumulate(TablesDelta& sum, const TablesDelta& more) {
  sum.length += more.length;
  for (const auto& [oid, counters] : more.tables) counters_add(sum.tables[oid], counters);
}

/// Without the tables that nobody touched: most of them, in a large schema. A table that is new counts from zero.
std::optional<TablesDelta> diff(const RelationCounters& before, const RelationCounters& now, Seconds length) {
  TablesDelta delta{now.database, length, {}};
  for (const auto& [oid, counters] : now.tables) {
    const auto found = before.tables.find(oid);
    const TableCounters old = found == before.tables.end() ? TableCounters{} : found->second;
    if (counters_fell(old, counters)) return std::nullopt;
    if (counters_fell(counters, old)) delta.tables.emplace(oid, counters_difference(old, counters));  // it rose
  }
  return delta;
}

/// The intervals between consecutive readings of one part.
template <class Reading, class Delta>
class Series {
 public:
  void add(const Part<Reading>& reading, Seconds span) {
    if (!reading || reading.data == last_.data || (last_ && reading.server_time == last_.server_time)) return;
    const auto before = std::exchange(last_, reading);
    if (!std::exchange(comparable_, true)) return;
    const Seconds length = reading.server_time - before.server_time;
    if (length <= Seconds::zero()) return;
    auto delta = diff(*before, *reading, length);
    if (!delta) {
      intervals_.clear();
      return;
    }
    elapsed_ += length;
    append(std::move(*delta), span);
  }

  /// What was read so far cannot be compared with what comes.
  void restart() {
    comparable_ = false;
    intervals_.clear();
  }

  [[nodiscard]] std::optional<Delta> sum() const {
    if (intervals_.empty()) return std::nullopt;
    Delta sum = intervals_.front().delta;
    for (auto next = std::next(intervals_.begin()); next != intervals_.end(); ++next) accumulate(sum, next->delta);
    return sum;
  }

  [[nodiscard]] const Part<Reading>& last() const { return last_; }

 private:
  /// `end` is on the time line of elapsed_, which the server's clock cannot turn back.
  struct Interval {
    Seconds end;
    Delta delta;
  };

  void append(Delta delta, Seconds span) {
    if (!intervals_.empty() && intervals_.back().delta.length + delta.length <= span / kept_intervals) {
      accumulate(intervals_.back().delta, delta);
      intervals_.back().end = elapsed_;
    } else {
      intervals_.push_back({elapsed_, std::move(delta)});
    }
    while (intervals_.size() > 1 && intervals_.front().end <= elapsed_ - span) intervals_.pop_front();
  }

  Part<Reading> last_;
  bool comparable_ = false;
  Seconds elapsed_{};
  std::deque<Interval> intervals_;
};

/// Statistics are not compared across a restart or between two servers behind one name. What is not known yet decides
/// nothing.
bool another_server(const ServerIdentity& before, const ServerIdentity& now) {
  const bool other_cluster =
      before.system_identifier != 0 && now.system_identifier != 0 && before.system_identifier != now.system_identifier;
  return other_cluster || (before.started && now.started && before.started != now.started);
}

}  // namespace

struct WindowBuilder::State {
  using Tables = Series<RelationCounters, TablesDelta>;

  Seconds span;
  ServerIdentity server;
  Series<Statements, StatementsDelta> statements;
  std::map<Oid, Series<DatabaseTotals, DatabaseDelta>> databases;
  Series<Wal, WalDelta> wal;
  std::map<Oid, Tables> tables;

  void restart() {
    statements.restart();
    wal.restart();
    for (auto& [oid, series] : databases) series.restart();
    for (auto& [oid, series] : tables) series.restart();
  }

  void add_databases(const Part<std::vector<DatabaseTotals>>& part) {
    if (!part) return;
    std::erase_if(databases, [&](const auto& entry) {
      return std::none_of(part->begin(), part->end(), [&](const auto& totals) { return totals.oid == entry.first; });
    });
    for (const auto& totals : *part) {
      const std::shared_ptr<const DatabaseTotals> one(part.data, &totals);
      databases[totals.oid].add({one, part.server_time, part.collected_at}, span);
    }
  }

  void add_tables(const Snapshot& snapshot) {
    std::erase_if(tables, [&](const auto& entry) { return snapshot.relation_counters(entry.first) == nullptr; });
    for (const auto& part : snapshot.relations)
      if (part) tables[part->database].add(part, span);
  }
};

WindowBuilder::WindowBuilder(Seconds span) : state_(std::make_unique<State>()) { state_->span = span; }
WindowBuilder::~WindowBuilder() = default;
WindowBuilder::WindowBuilder(WindowBuilder&&) noexcept = default;
WindowBuilder& WindowBuilder::operator=(WindowBuilder&&) noexcept = default;

void WindowBuilder::add(const Snapshot& snapshot) {
  if (another_server(state_->server, snapshot.server)) state_->restart();
  auto& known = state_->server;
  if (snapshot.server.system_identifier != 0) known.system_identifier = snapshot.server.system_identifier;
  if (snapshot.server.started) known.started = snapshot.server.started;

  state_->statements.add(snapshot.statements, state_->span);
  state_->add_databases(snapshot.databases);
  state_->wal.add(snapshot.wal, state_->span);
  state_->add_tables(snapshot);
}

Window WindowBuilder::sum() const {
  Window window;
  window.statements = state_->statements.sum().value_or(StatementsDelta{});
  for (const auto& [oid, series] : state_->databases)
    if (auto sum = series.sum()) window.databases.push_back(std::move(*sum));
  window.wal = state_->wal.sum();
  for (const auto& [oid, series] : state_->tables) {
    auto sum = series.sum();
    if (!sum) continue;
    for (const auto& [table, counters] : series.last()->tables) sum->tables.try_emplace(table);
    window.tables.push_back(std::move(*sum));
  }
  return window;
}

const StatementDelta* Window::statement(QueryId query) const {
  const StatementDelta* busiest = nullptr;
  for (const auto& entry : statements.entries)
    if (entry.key.query == query && (busiest == nullptr || busiest->counters.exec_time < entry.counters.exec_time))
      busiest = &entry;
  return busiest;
}

const DatabaseDelta* Window::database(Oid oid) const {
  const auto found = std::find_if(databases.begin(), databases.end(), [&](const auto& d) { return d.oid == oid; });
  return found == databases.end() ? nullptr : &*found;
}

const TablesDelta* Window::tables_of(Oid database) const {
  const auto found = std::find_if(tables.begin(), tables.end(), [&](const auto& t) { return t.database == database; });
  return found == tables.end() ? nullptr : &*found;
}

const TableCounters* Window::table(Oid database, Oid table) const {
  const auto* delta = tables_of(database);
  if (delta == nullptr) return nullptr;
  const auto found = delta->tables.find(table);
  return found == delta->tables.end() ? nullptr : &found->second;
}

Milliseconds Window::total_exec_time() const {
  Milliseconds total{};
  for (const auto& entry : statements.entries) total += entry.counters.exec_time;
  return total;
}

}  // namespace pgsextant
