// Sessions, and who blocks whom.

#include <algorithm>
#include <map>
#include <vector>

#include "web/pages/view.hpp"
#include "web/summary.hpp"
#include "web/text.hpp"
#include "web/url.hpp"

namespace pgsextant::web {
namespace {

constexpr std::size_t shown = 12;
constexpr std::size_t sql_in_a_row = 48;
constexpr std::size_t sql_in_the_tree = 110;
constexpr std::size_t sql_on_hover = 600;
constexpr int deepest_indent = 5;

/// The class of a wait event; each keeps its colour wherever it appears.
std::string wait_class(const Session& session) {
  if (session.wait_event_type.empty()) return "cpu";
  for (const auto& [type, css] :
       {std::pair{"IO", "io"}, std::pair{"Lock", "lock"}, std::pair{"LWLock", "lwlock"}, std::pair{"IPC", "ipc"},
        std::pair{"Client", "client"}, std::pair{"Timeout", "timeout"}})
    if (session.wait_event_type == type) return css;
  return "other";
}

std::string wait_text(const Session& session) {
  if (session.wait_event_type.empty()) return session.state == "active" ? "CPU" : "";
  return session.wait_event_type + (session.wait_event.empty() ? "" : ": " + session.wait_event);
}

Data who(const Session& session) {
  std::string name = session.user;
  if (!session.database.empty()) name += (name.empty() ? "" : "@") + session.database;
  return text_or_none(name);
}

Data statement_of(const Session& session, const std::string& server, std::size_t width) {
  return Object{{"sql", text_or_none(one_line(session.text, width))},
                {"hover", text(one_line(session.text, sql_on_hover))},
                {"path", session.query ? text(statement_path(server, session.query.value)) : Data(false)}};
}

Data blocking_row(const BlockingRow& row, const PageScope& scope, Timestamp server_now) {
  const LockWait* const wait = row.wait;
  std::string waits;
  if (wait != nullptr) {
    waits = "waits for " + wait->mode;
    if (!wait->relation.empty())
      waits += " on " + wait->relation;
    else if (!wait->lock_type.empty())
      waits += " on a " + wait->lock_type;
  }
  std::string state = row.session != nullptr ? row.session->state : "";
  if (row.pid.value == 0) state = "prepared transaction";
  return Object{
      {"depth", text(std::to_string(std::min(row.depth, deepest_indent)))},
      {"level", text(std::to_string(row.depth + 1))},
      {"root", Data(wait == nullptr)},
      {"pid", row.pid.value != 0 ? text(std::to_string(row.pid.value)) : Data(false)},
      {"who", row.session != nullptr ? who(*row.session) : Data(false)},
      {"application", row.session != nullptr ? text_or_none(row.session->application) : Data(false)},
      {"state", text_or_none(state)},
      {"waits", text_or_none(waits)},
      {"since", wait != nullptr && wait->since ? text(duration_text(server_now - *wait->since)) : Data(false)},
      {"transaction", row.session != nullptr && row.session->transaction_start
                          ? text(duration_text(server_now - *row.session->transaction_start))
                          : Data(false)},
      {"statement", row.session != nullptr ? statement_of(*row.session, scope.snapshot().server.name, sql_in_the_tree)
                                           : Data(false)}};
}

Data session_row(const Session& session, const PageScope& scope, Timestamp server_now) {
  Data age(false);
  if (session.transaction_start) {
    const Seconds seconds = server_now - *session.transaction_start;
    age = figure(std::max(0.0, seconds.count()), Unit::seconds);
  }
  return Object{{"pid", text(std::to_string(session.pid.value))},
                {"who", who(session)},
                {"application", text_or_none(session.application)},
                {"state", text(session.state)},
                {"wait_class", text(wait_class(session))},
                {"wait", text_or_none(wait_text(session))},
                {"age", age},
                {"statement", statement_of(session, scope.snapshot().server.name, sql_in_a_row)}};
}

/// Those that do something or hold a transaction open, the oldest transaction first.
std::vector<const Session*> busy(const Activity& activity) {
  std::vector<const Session*> out;
  for (const Session& session : activity.sessions)
    if (!session.state.empty() && session.state != "idle") out.push_back(&session);
  std::stable_sort(out.begin(), out.end(), [](const Session* a, const Session* b) {
    const auto start = [](const Session* s) { return s->transaction_start.value_or(Timestamp::max()); };
    return start(a) < start(b);
  });
  return out;
}

Data counts(const Activity& activity) {
  std::map<std::string, std::size_t> by_state;
  for (const Session& session : activity.sessions)
    if (!session.state.empty()) ++by_state[session.state];
  List out;
  for (const auto& [state, count] : by_state)
    out.push_back(Object{{"state", text(state)}, {"count", text(std::to_string(count))}});
  return out;
}

}  // namespace

Data sessions_section(const PageScope& scope) {
  const auto& part = scope.snapshot().activity;
  if (!part) return Data(false);
  // Ages are against the server's clock at the moment of reading, not ours.
  const Timestamp server_now = part.server_time;
  List tree;
  for (const BlockingRow& row : blocking_tree(*part)) tree.push_back(blocking_row(row, scope, server_now));
  const auto sessions = busy(*part);
  List rows;
  for (const Session* session : sessions) {
    if (rows.size() == shown) break;
    rows.push_back(session_row(*session, scope, server_now));
  }
  const bool blocked = !tree.empty();
  const bool any = !rows.empty();
  const std::size_t more = sessions.size() - rows.size();
  const auto clients =
      std::count_if(part->sessions.begin(), part->sessions.end(), [](const auto& s) { return !s.state.empty(); });
  return Object{
      {"tree", tree},
      {"blocked", Data(blocked)},
      {"waiters", text(std::to_string(part->waits.size()))},
      {"rows", rows},
      {"has_rows", Data(any)},
      {"more", more > 0 ? text(std::to_string(more)) : Data(false)},
      {"states", counts(*part)},
      {"clients", text(std::to_string(clients))},
      {"max_connections", part->max_connections > 0 ? text(std::to_string(part->max_connections)) : Data(false)}};
}

}  // namespace pgsextant::web
