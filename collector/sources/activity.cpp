// Sessions, who waits for whom, and how many locks are held: sampled every second.

#include <algorithm>
#include <map>

#include "collector/memory.hpp"
#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"

namespace pgsextant::collector {
namespace {

// A parallel worker has its leader's query. Where this role may not see a session, PostgreSQL shows pid, user, database
// and application, NULL for the rest, and '<insufficient privilege>' for the text. Texts are cut, as
// track_activity_query_size can let each be a megabyte, every second.
constexpr QueryVariant session_variants[] = {
    // 14: query_id.
    {140000, R"(
SELECT a.pid, a.leader_pid, a.datname, a.usename, a.application_name, pg_catalog.host(a.client_addr), a.backend_type,
       a.state, a.wait_event_type, a.wait_event,
       extract(epoch FROM a.backend_start), extract(epoch FROM a.xact_start),
       extract(epoch FROM a.query_start), extract(epoch FROM a.state_change),
       pg_catalog.age(a.backend_xmin), a.query_id, pg_catalog.left(a.query, 8192)
  FROM pg_catalog.pg_stat_activity a
 WHERE a.application_name IS DISTINCT FROM pg_catalog.current_setting('application_name')
   AND a.pid <> pg_catalog.pg_backend_pid())"},
    {130000, R"(
SELECT a.pid, a.leader_pid, a.datname, a.usename, a.application_name, pg_catalog.host(a.client_addr), a.backend_type,
       a.state, a.wait_event_type, a.wait_event,
       extract(epoch FROM a.backend_start), extract(epoch FROM a.xact_start),
       extract(epoch FROM a.query_start), extract(epoch FROM a.state_change),
       pg_catalog.age(a.backend_xmin), NULL, pg_catalog.left(a.query, 8192)
  FROM pg_catalog.pg_stat_activity a
 WHERE a.application_name IS DISTINCT FROM pg_catalog.current_setting('application_name')
   AND a.pid <> pg_catalog.pg_backend_pid())"},
};
constexpr Query sessions{"sessions", session_variants};

// One row at least, so that limits are known on an idle server. The last column says whether anybody waits.
constexpr QueryVariant lock_variants[] = {
    {130000, R"(
WITH held AS (
  SELECT l.database, l.mode, pg_catalog.count(*) AS locks, pg_catalog.count(*) FILTER (WHERE NOT l.granted) AS waiting
    FROM pg_catalog.pg_locks l
   WHERE l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
   GROUP BY l.database, l.mode)
SELECT pg_catalog.current_setting('max_connections')::pg_catalog.int4,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_xacts),
       d.datname, h.mode, h.locks, h.waiting
  FROM (SELECT) AS one LEFT JOIN held h ON true LEFT JOIN pg_catalog.pg_database d ON d.oid = h.database)"},
};
constexpr Query locks{"locks", lock_variants};

// Asked only when somebody waits. pg_blocking_pids() stops the lock manager for a moment: it is called for waiters
// only, and for at most 100 of them, the longest waiting first. Names come from the catalog, as ::regclass would take
// no lock either but fails for other databases. Who waits for a row's transaction holds (or waits for) the lock on the
// tuple, which names the table. Our own sessions wait 100 ms at most and are left out.
constexpr QueryVariant wait_variants[] = {
    // 14: waitstart; empty for an instant after the wait began.
    {140000, R"(
WITH l AS MATERIALIZED (SELECT * FROM pg_catalog.pg_locks),
waiting AS (SELECT w.*, pg_catalog.row_number() OVER (ORDER BY w.waitstart, w.pid) AS place FROM l w WHERE NOT w.granted)
SELECT w.pid, w.locktype, w.mode,
       CASE WHEN w.place <= 100 THEN pg_catalog.pg_blocking_pids(w.pid) ELSE '{}' END,
       n.nspname, c.relname, extract(epoch FROM w.waitstart)
  FROM waiting w
  LEFT JOIN LATERAL (SELECT t.relation, t.database FROM l t
                      WHERE t.pid = w.pid AND t.locktype = 'tuple' AND w.relation IS NULL LIMIT 1) AS t ON true
  LEFT JOIN pg_catalog.pg_class c ON c.oid = coalesce(w.relation, t.relation)
        AND coalesce(w.database, t.database) IN
            (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_stat_get_activity(w.pid) a
                    WHERE a.application_name = pg_catalog.current_setting('application_name'))
 ORDER BY w.place)"},
    {130000, R"(
WITH l AS MATERIALIZED (SELECT * FROM pg_catalog.pg_locks),
waiting AS (SELECT w.*, pg_catalog.row_number() OVER (ORDER BY w.pid) AS place FROM l w WHERE NOT w.granted)
SELECT w.pid, w.locktype, w.mode,
       CASE WHEN w.place <= 100 THEN pg_catalog.pg_blocking_pids(w.pid) ELSE '{}' END,
       n.nspname, c.relname, NULL
  FROM waiting w
  LEFT JOIN LATERAL (SELECT t.relation, t.database FROM l t
                      WHERE t.pid = w.pid AND t.locktype = 'tuple' AND w.relation IS NULL LIMIT 1) AS t ON true
  LEFT JOIN pg_catalog.pg_class c ON c.oid = coalesce(w.relation, t.relation)
        AND coalesce(w.database, t.database) IN
            (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()))
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_stat_get_activity(w.pid) a
                    WHERE a.application_name = pg_catalog.current_setting('application_name'))
 ORDER BY w.place)"},
};
constexpr Query waits{"waits", wait_variants};

constexpr const Query* queries[] = {&sessions, &locks, &waits};

constexpr std::string_view hidden_text = "<insufficient privilege>";

Session session_from(const pg::Rows& rows, std::size_t i, TextCache& texts) {
  RowReader row(rows, i);
  Session session;
  session.pid = row.pid();
  session.leader = row.pid();
  session.database = row.text();
  session.user = row.text();
  session.application = row.text();
  session.client = row.text();
  session.backend_type = row.text();
  session.state = row.text();
  session.wait_event_type = row.text();
  session.wait_event = row.text();
  session.backend_start = row.time();
  session.transaction_start = row.time();
  session.query_start = row.time();
  session.state_change = row.time();
  session.xmin_age = row.maybe_integer();
  session.query = {row.integer()};
  const auto text = row.view();
  if (!text.empty() && text != hidden_text) session.text = texts.normalised(text);
  return session;
}

/// Returns how many backends wait for a lock.
std::int64_t read_locks(SourceRun& run, Activity& activity) {
  const auto rows = run.rows(locks);
  std::int64_t waiting = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    activity.max_connections = row.small();
    activity.prepared_transactions = row.integer();
    LockCount count{.database = row.text(), .mode = row.text(), .count = row.integer()};
    waiting += row.integer();
    if (!count.mode.empty()) activity.locks.push_back(std::move(count));
  }
  return waiting;
}

std::vector<BackendPid> pids(const std::vector<std::string>& texts) {
  std::vector<BackendPid> result;
  result.reserve(texts.size());
  for (const auto& text : texts) result.push_back({std::stoi(text)});
  // A parallel query in front is listed once for each of its workers.
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

void read_waits(SourceRun& run, Activity& activity) {
  std::map<BackendPid, std::optional<Timestamp>> changed;
  for (const auto& session : activity.sessions) changed.emplace(session.pid, session.state_change);
  const auto rows = run.rows(waits);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    LockWait wait;
    wait.waiter = row.pid();
    wait.lock_type = row.text();
    wait.mode = row.text();
    wait.blockers = pids(row.array());
    const auto schema = row.view();
    const auto relation = row.view();
    if (!relation.empty()) wait.relation = quote_identifier(schema) + "." + quote_identifier(relation);
    wait.since = row.time();
    if (const auto known = changed.find(wait.waiter); !wait.since && known != changed.end()) wait.since = known->second;
    activity.waits.push_back(std::move(wait));
  }
}

void read(SourceRun& run) {
  Activity activity;
  const auto rows = run.rows(sessions);
  activity.sessions.reserve(rows.size());
  std::int64_t hidden = 0;
  constexpr std::size_t text_column = 16;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    hidden += static_cast<std::int64_t>(rows.text(i, text_column) == hidden_text);
    activity.sessions.push_back(session_from(rows, i, run.memory().normalised));
  }
  if (read_locks(run, activity) > 0) read_waits(run, activity);
  if (hidden > 0)
    run.lacks(Outcome::denied, "state and text of " + std::to_string(hidden) + " sessions are hidden from this role");
  run.put(&Snapshot::activity, std::move(activity));
}

}  // namespace

const Source activity_source{
    .id = "activity",
    .description = "sessions with their normalised statements, lock waits with blockers, lock counts",
    .lane = Lane::fast,
    .cadence = std::chrono::seconds(1),
    .queries = queries,
    .rights = "GRANT pg_monitor TO <role>; (or pg_read_all_stats)",
    .read = read,
};

}  // namespace pgsextant::collector
