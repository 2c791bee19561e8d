#include "pg/result_guard.hpp"

#include <libpq-events.h>
#include <libpq-fe.h>

#include <new>
#include <utility>

namespace pgsextant::pg {
namespace {

int on_event(PGEventId id, void* info, void* guard) {
  auto* const self = static_cast<ResultGuard*>(guard);
  if (id == PGEVT_RESULTCREATE) self->created(static_cast<PGEventResultCreate*>(info)->result);
  if (id == PGEVT_RESULTDESTROY) self->destroyed(static_cast<PGEventResultDestroy*>(info)->result);
  return 1;
}

std::string field(const PGresult* result, int code) {
  const char* const text = PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

}  // namespace

ResultGuard::ResultGuard(pg_conn* connection) {
  if (PQregisterEventProc(connection, &on_event, "pgsextant", this) == 0) throw std::bad_alloc();
}

std::optional<ServerError> ResultGuard::finish() {
  if (result_ != nullptr) PQclear(result_);
  return std::exchange(error_, std::nullopt);
}

void ResultGuard::created(pg_result* result) {
  result_ = result;
  // A server that ends a session says why in one result, and its closing the connection is the next one.
  auto sqlstate = field(result, PG_DIAG_SQLSTATE);
  if (!sqlstate.empty()) error_ = ServerError{std::move(sqlstate), field(result, PG_DIAG_MESSAGE_PRIMARY)};
}

void ResultGuard::destroyed(const pg_result* result) {
  if (result_ == result) result_ = nullptr;
}

}  // namespace pgsextant::pg
