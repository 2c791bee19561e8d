#include "pg/connection_watch.hpp"

#include <libpq-events.h>
#include <libpq-fe.h>
#include <poll.h>

#include <new>
#include <string>
#include <utility>

namespace pgsextant::pg {
namespace {

std::string field(const PGresult* result, int code) {
  const char* const text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

int on_event(PGEventId id, void* info, void* watch) {
  if (id == PGEVT_RESULTCREATE)
    static_cast<ConnectionWatch*>(watch)->note(static_cast<PGEventResultCreate*>(info)->result);
  return 1;
}

void on_notice(void* watch, const PGresult* notice) {
  // An error that arrives between queries ends the session, and libpq has only this way to report it.
  if (field(notice, PG_DIAG_SEVERITY_NONLOCALIZED) == "FATAL") static_cast<ConnectionWatch*>(watch)->note(notice);
}

}  // namespace

ConnectionWatch::ConnectionWatch(pg_conn* connection) : connection_(connection) {
  if (PQregisterEventProc(connection, &on_event, "pgsextant", this) == 0) throw std::bad_alloc();
  PQsetNoticeReceiver(connection, &on_notice, this);
}

bool ConnectionWatch::alive() {
  pollfd socket{PQsocket(connection_), POLLIN, 0};
  while (PQstatus(connection_) == CONNECTION_OK && ::poll(&socket, 1, 0) > 0) {
    if (PQconsumeInput(connection_) == 0) break;
    // Reads what was consumed, notices included.
    (void)PQisBusy(connection_);
  }
  return PQstatus(connection_) == CONNECTION_OK;
}

std::optional<ServerError> ConnectionWatch::take_error() { return std::exchange(error_, std::nullopt); }

void ConnectionWatch::note(const pg_result* result) {
  auto sqlstate = field(result, PG_DIAG_SQLSTATE);
  // The closing of the connection is a result of its own, without fields, after the one that says why.
  if (!sqlstate.empty()) error_ = ServerError{std::move(sqlstate), field(result, PG_DIAG_MESSAGE_PRIMARY)};
}

}  // namespace pgsextant::pg
