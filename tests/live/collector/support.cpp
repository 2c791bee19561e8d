#include "tests/live/collector/support.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "collector/lane_session.hpp"
#include "collector/visits.hpp"

namespace pgsextant::collector {
namespace {

ServerIdentity named(std::string name) {
  ServerIdentity server;
  server.name = std::move(name);
  return server;
}

}  // namespace

Probe::Probe(const pg::Conninfo& conninfo, Lane lane)
    : session_(pg::Session::connect(conninfo, session_options(target(conninfo), lane))),
      composition_(named("probe"), clock_, {}),
      database_(list_databases(session_).front().oid),
      latest_(composition_.latest()) {}

RunReport Probe::run(std::string_view id) {
  const auto& wanted = source(id);
  auto report = collector::run(wanted, session_, *composition_.latest(), memory_, database_, clock_);
  composition_.update([&](Snapshot& snapshot) {
    report.apply(snapshot);
    record(snapshot, wanted, report, report.outcome == Outcome::ok);
  });
  latest_ = composition_.latest();
  return report;
}

void Probe::must_run(std::string_view id) {
  const auto report = run(id);
  ASSERT_EQ(report.outcome, Outcome::ok) << id << ": " << report.shown.message;
  ASSERT_EQ(report.shown.outcome, Outcome::ok) << id << ": " << report.shown.message;
}

const DatabaseSchema& Probe::schema() const {
  const auto* const found = latest_->schema(database_);
  if (found == nullptr) throw std::logic_error("no schema was read");
  return *found;
}

const RelationCounters& Probe::relations() const {
  const auto* const found = latest_->relation_counters(database_);
  if (found == nullptr) throw std::logic_error("no counters were read");
  return *found;
}

const Source& source(std::string_view id) {
  const auto all = sources();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Source* each) { return each->id == id; });
  if (found == all.end()) throw std::logic_error("no source " + std::string(id));
  return **found;
}

const SourceStatus& status(const Snapshot& snapshot, std::string_view id) {
  const auto found = std::find_if(snapshot.sources.begin(), snapshot.sources.end(),
                                  [&](const SourceStatus& each) { return each.id == id; });
  if (found == snapshot.sources.end()) throw std::logic_error("no status of " + std::string(id));
  return *found;
}

Watched::Watched(TargetOptions options) {
  collector_ = std::make_unique<Collector>(std::move(options), clock_, [this](auto snapshot) {
    const std::lock_guard lock(mutex_);
    latest_ = std::move(snapshot);
    changed_.notify_all();
  });
}

std::shared_ptr<const Snapshot> Watched::latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

std::shared_ptr<const Snapshot> Watched::wait(const std::function<bool(const Snapshot&)>& wanted, std::string_view what,
                                              std::chrono::seconds longest) {
  std::unique_lock lock(mutex_);
  const auto until = std::chrono::steady_clock::now() + longest;
  if (!changed_.wait_until(lock, until, [&] { return latest_ && wanted(*latest_); })) {
    ADD_FAILURE() << "not within " << longest.count() << " s: " << what;
    if (!latest_) throw std::logic_error("nothing was published");
    for (const auto& each : latest_->sources)
      std::cerr << each.id << ": " << to_string(each.outcome) << " " << each.message << "\n";
    std::cerr << "link " << latest_->link.up << ": " << latest_->link.message << "\n";
  }
  return latest_;
}

std::chrono::steady_clock::duration Watched::stop() {
  const auto start = std::chrono::steady_clock::now();
  collector_.reset();
  return std::chrono::steady_clock::now() - start;
}

TargetOptions target(const pg::Conninfo& conninfo, std::string name) {
  TargetOptions options{.name = std::move(name), .cluster = "", .conninfo = conninfo};
  return options;
}

pg::Session application(const pg::Conninfo& conninfo, const std::string& name) {
  auto options = test::unhurried();
  options.application_name = name;
  options.marked = false;
  return pg::Session::connect(conninfo, options);
}

Blocked::Blocked(const pg::Conninfo& conninfo, std::string sql, const std::string& name)
    : conninfo_(conninfo),
      session_(application(conninfo, name)),
      pid_(session_.backend_pid()),
      thread_([this, text = std::move(sql)] {
        try {
          session_.execute(text);
        } catch (const pg::Error&) {
          // Terminated.
        }
      }) {}

Blocked::~Blocked() {
  // Closing the socket would not wake the backend.
  application(conninfo_).query("SELECT pg_terminate_backend($1)", {std::to_string(pid_)});
  thread_.join();
}

void await(pg::Session& session, std::string_view sql) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < until) {
    const auto rows = session.query(sql);
    if (!rows.empty() && rows.boolean(0, 0)) return;
    std::this_thread::sleep_for(20ms);
  }
  FAIL() << "never true: " << sql;
}

std::string all_texts(const Snapshot& snapshot) {
  std::string text;
  const auto add = [&](std::string_view more) { text.append(more).append("\n"); };
  add(snapshot.link.message + snapshot.link.hint + snapshot.server.name + snapshot.server.database);
  for (const auto& each : snapshot.sources) add(each.message + each.hint);
  if (snapshot.texts)
    for (const auto& [id, each] : *snapshot.texts) add(each);
  if (snapshot.activity) {
    for (const auto& each : snapshot.activity->sessions)
      add(each.text + each.application + each.user + each.database + each.client);
    for (const auto& each : snapshot.activity->waits) add(each.relation);
  }
  if (snapshot.settings)
    for (const auto& each : snapshot.settings->entries) add(each.name + "=" + each.value);
  if (snapshot.replication) {
    for (const auto& each : snapshot.replication->standbys) add(each.application + each.client);
    for (const auto& each : snapshot.replication->slots) add(each.name);
    if (snapshot.replication->receiver) add(snapshot.replication->receiver->sender_host);
  }
  for (const auto& part : snapshot.schemas) {
    for (const auto& each : part->tables) {
      add(each.schema + "." + each.name);
      for (const auto& column : each.columns) add(column.name + column.type);
    }
    for (const auto& each : part->indexes) add(each.name + " " + describe(each.definition));
    for (const auto& each : part->skipped) add(each.object + each.reason);
  }
  return text;
}

}  // namespace pgsextant::collector
