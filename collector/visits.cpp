#include "collector/visits.hpp"

#include <algorithm>

#include "collector/lane_session.hpp"
#include "collector/row_reader.hpp"
#include "core/index_definition.hpp"

namespace pgsextant::collector {
namespace {

// datconnlimit -2 marks a database whose DROP DATABASE was interrupted: nobody can connect.
constexpr QueryVariant connectable_database_variants[] = {
    {130000, R"(
SELECT d.oid, d.datname, d.datname = pg_catalog.current_database() AS home
  FROM pg_catalog.pg_database d
 WHERE d.datname = pg_catalog.current_database()
    OR (d.datallowconn AND NOT d.datistemplate AND d.datconnlimit <> -2
        AND pg_catalog.has_database_privilege(d.oid, 'CONNECT'))
 ORDER BY 3 DESC, 1)"},
};

// Closing a connection only asks the server to end its backend.
constexpr QueryVariant backend_present_variants[] = {
    {130000, "SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_get_activity($1::pg_catalog.int4))"},
};

template <class Data>
void erase_absent(std::vector<Part<Data>>& parts, const std::vector<VisitedDatabase>& present) {
  std::erase_if(parts, [&](const Part<Data>& part) {
    return std::none_of(present.begin(), present.end(), [&](const auto& each) { return each.oid == part->database; });
  });
}

}  // namespace

const Query connectable_databases{"connectable_databases", connectable_database_variants};
const Query backend_present{"backend_present", backend_present_variants};

std::vector<VisitedDatabase> list_databases(pg::Session& session) {
  const auto rows = session.query(connectable_databases.variants.front().sql);
  std::vector<VisitedDatabase> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    all.push_back({.oid = row.oid(), .name = row.text(), .home = row.boolean()});
  }
  return all;
}

void Visits::begin(std::vector<const Source*> due, pg::Session& home) {
  const auto present = list_databases(home);
  forget_others(present);
  auto round = std::make_unique<Round>();
  round->tallies.resize(due.size());
  round->sources = std::move(due);

  std::vector<VisitedDatabase> others;
  const auto now = clock_.steady_now();
  for (const auto& database : present) {
    if (database.home) round->left.push_back(database);
    const auto avoided = avoided_until_.find(database.oid);
    if (!database.home && (avoided == avoided_until_.end() || avoided->second <= now)) others.push_back(database);
  }
  const auto next = std::find_if(others.begin(), others.end(), [&](const auto& each) { return each.oid > last_; });
  std::rotate(others.begin(), next, others.end());
  if (others.size() > longest_round) others.resize(longest_round);
  round->left.insert(round->left.end(), others.begin(), others.end());
  if (!others.empty()) last_ = others.back().oid;
  last_failure_ = {Outcome::ok, "", ""};
  round_ = std::move(round);
}

std::chrono::nanoseconds Visits::step(pg::Session& home, const std::stop_token& stop) {
  const auto cost = [&] {
    std::chrono::nanoseconds sum{};
    for (const auto& each : round_->tallies) sum += each.sum.server_cost;
    return sum;
  };
  const auto before = cost();
  const bool at_home = round_->left.front().home;
  if (!at_home && !departed(home)) return {};
  const auto database = round_->left.front();
  round_->left.pop_front();
  if (at_home) {
    visit(database, home, stop);
    return cost() - before;
  }
  // Never waited for, since the lane has other things to do: the database gets another turn.
  const std::unique_lock turn(*target_.third_connection, std::try_to_lock);
  if (!turn) {
    round_->left.push_back(database);
    return {};
  }
  RunReport failed;
  failed.at = clock_.now();
  const auto start = clock_.steady_now();  // NOLINT(clang-analyzer-deadcode.DeadStores): read after the catch
  try {
    LaneSession visitor(target_.conninfo.with_database(database.name), session_options(target_, Lane::slow), stop);
    departing_ = visitor.get().backend_pid();
    composition_.visited();
    visit(database, visitor.get(), stop);
    return cost() - before;
  } catch (const pg::Error& e) {
    failed.shown = e.failure();
    failed.outcome = failed.shown.outcome;
  }
  failed.duration = clock_.steady_now() - start;
  avoided_until_[database.oid] = clock_.steady_now() + avoidance;
  for (auto& each : round_->tallies) tally(each, database, failed);
  return {};
}

bool Visits::departed(pg::Session& home) {
  if (!departing_) return true;
  try {
    const auto rows = home.query(backend_present.variants.front().sql, {std::to_string(*departing_)});
    if (rows.boolean(0, 0)) return false;
  } catch (const pg::Error& e) {
    last_failure_ = e.failure();
    return false;  // the lane sees to its session, and asks again when only this query failed
  }
  departing_.reset();
  return true;
}

void Visits::visit(const VisitedDatabase& database, pg::Session& session, const std::stop_token& stop) {
  for (std::size_t i = 0; i < round_->sources.size() && session.usable() && !stop.stop_requested(); ++i) {
    const auto report = run(*round_->sources[i], session, *composition_.latest(), memory_, database.oid, clock_);
    if (!report.changes.empty()) composition_.update([&](Snapshot& snapshot) { report.apply(snapshot); });
    tally(round_->tallies[i], database, report);
  }
}

/// Of several complaints the first is shown, with its database.
void Visits::tally(Tally& tally, const VisitedDatabase& database, const RunReport& report) {
  auto& sum = tally.sum;
  if (report.outcome != Outcome::ok) last_failure_ = report.shown;
  if (++tally.visits == 1) {
    sum.at = report.at;
    sum.shown.outcome = Outcome::ok;
  }
  tally.failures += static_cast<int>(report.outcome != Outcome::ok);
  tally.successes += static_cast<int>(report.outcome == Outcome::ok);
  sum.duration += report.duration;
  sum.server_cost += report.server_cost;
  if (sum.outcome == Outcome::ok) sum.outcome = report.outcome;
  if (sum.shown.outcome == Outcome::ok && report.shown.outcome != Outcome::ok) {
    sum.shown = report.shown;
    sum.shown.message = "database " + quote_identifier(database.name) + ": " + report.shown.message;
  }
}

std::vector<Visits::Finished> Visits::finish() {
  std::vector<Finished> finished;
  composition_.update([&](Snapshot& snapshot) {
    for (std::size_t i = 0; i < round_->sources.size(); ++i) {
      const auto& tally = round_->tallies[i];
      if (tally.visits == 0) continue;
      record(snapshot, *round_->sources[i], tally.sum, tally.successes > 0);
      finished.push_back({round_->sources[i], tally.successes > 0 ? Outcome::ok : tally.sum.outcome});
    }
  });
  round_.reset();
  return finished;
}

void Visits::forget_others(const std::vector<VisitedDatabase>& present) {
  const auto gone = [&](Oid oid) {
    return std::none_of(present.begin(), present.end(), [&](const auto& each) { return each.oid == oid; });
  };
  std::erase_if(memory_.schemas, [&](const auto& each) { return gone(each.first); });
  std::erase_if(avoided_until_, [&](const auto& each) { return gone(each.first); });
  const auto last = composition_.latest();
  const bool stale =
      std::any_of(last->schemas.begin(), last->schemas.end(), [&](const auto& part) { return gone(part->database); }) ||
      std::any_of(last->relations.begin(), last->relations.end(),
                  [&](const auto& part) { return gone(part->database); });
  if (!stale) return;
  composition_.update([&](Snapshot& snapshot) {
    erase_absent(snapshot.schemas, present);
    erase_absent(snapshot.relations, present);
  });
}

}  // namespace pgsextant::collector
