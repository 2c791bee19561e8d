#include "pg/session.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <pqxx/pqxx>

#include "pg/connect.hpp"
#include "pg/connection_watch.hpp"
#include "pg/server_errors.hpp"
#include "pg/startup_options.hpp"
#include "pg/watchdog.hpp"

// libpqxx 6 (Debian 12) takes an established connection through a policy, 7 (Debian 13) through a function of its own.
#if PQXX_VERSION_MAJOR < 7
#include <pqxx/connectionpolicy>
#endif

namespace pgsextant::pg {
namespace {

#if PQXX_VERSION_MAJOR < 7

/// Hands over a connection exactly once: libpqxx 6 would otherwise reconnect in silence.
class AdoptPolicy : public pqxx::connectionpolicy {
 public:
  using pqxx::connectionpolicy::connectionpolicy;
  static inline thread_local pg_conn* pending = nullptr;

  handle do_startconnect(handle established) override {
    if (established != nullptr) return established;
    if (pending == nullptr) throw pqxx::broken_connection("the session is over");
    return std::exchange(pending, nullptr);
  }
  handle do_completeconnect(handle established) override {
    if (established == nullptr) throw pqxx::broken_connection("the session is over");
    return established;
  }
};

using Connection = pqxx::basic_connection_base<AdoptPolicy>;

std::unique_ptr<Connection> adopt(ConnectionHandle handle) {
  AdoptPolicy::pending = handle.release();
  return std::make_unique<Connection>(std::string());
}

pqxx::result run(pqxx::nontransaction& transaction, const std::string& sql,
                 const std::vector<const char*>& parameters) {
  return transaction.exec_params(sql, pqxx::prepare::make_dynamic_params(parameters));
}

#else

using Connection = pqxx::connection;

std::unique_ptr<Connection> adopt(ConnectionHandle handle) {
  return std::make_unique<Connection>(Connection::seize_raw_connection(handle.release()));
}

pqxx::result run(pqxx::nontransaction& transaction, const std::string& sql,
                 const std::vector<const char*>& parameters) {
  pqxx::params list;
  for (const char* const parameter : parameters) {
    if (parameter == nullptr) {
      list.append();
    } else {
      list.append(std::string(parameter));
    }
  }
#if PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 9
  return transaction.exec(sql, list);
#else
  return transaction.exec_params(sql, list);
#endif
}

#endif

/// libpq ends texts at a zero byte, and PostgreSQL has none in its own.
void refuse_zero_byte(std::string_view text) {
  if (text.find('\0') == std::string_view::npos) return;
  throw Error({Outcome::invalid_input, "a statement or parameter contains a zero byte", ""}, "");
}

Rows copy(const pqxx::result& result) {
  Rows rows(static_cast<std::size_t>(result.columns()), static_cast<std::size_t>(result.size()));
  for (const auto& row : result) {
    for (const auto& field : row) {
      if (field.is_null()) {
        rows.append(std::nullopt);
      } else {
        rows.append(std::string_view(field.c_str(), field.size()));
      }
    }
  }
  return rows;
}

/// A second descriptor of a connection's socket: libpq may close its own at any failure, and the number could then be
/// somebody else's when the watchdog or `interrupt` shuts it down.
class SocketHandle {
 public:
  explicit SocketHandle(int socket) : socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 3)) {}
  ~SocketHandle() {
    if (socket_ >= 0) ::close(socket_);
  }
  SocketHandle(const SocketHandle&) = delete;
  SocketHandle& operator=(const SocketHandle&) = delete;
  [[nodiscard]] int get() const { return socket_; }

 private:
  int socket_;
};

}  // namespace

Error::Error(Failure failure, std::string sqlstate)
    : std::runtime_error(failure.message), failure_(std::move(failure)), sqlstate_(std::move(sqlstate)) {}

struct Session::State {
  State(ConnectionHandle handle, Target asked, SessionOptions chosen)
      : target(std::move(asked)),
        options(std::move(chosen)),
        watch(handle.get()),
        connection(adopt(std::move(handle))),
        socket(connection->sock()) {}

  template <class Work>
  auto guarded(std::chrono::milliseconds longest, Work work);
  Error deadline_passed(std::chrono::milliseconds longest);
  Error error_of(const std::string& what, bool lost);
  pqxx::result answer(pqxx::nontransaction& transaction, const std::string& sql,
                      const std::vector<const char*>& parameters) const;
  [[nodiscard]] std::string text_of(std::string_view sql) const {
    return std::string(options.marked ? query_marker : "").append(sql);
  }

  Target target;
  SessionOptions options;
  ConnectionWatch watch;
  std::unique_ptr<Connection> connection;
  SocketHandle socket;
  bool broken = false;
  bool options_dropped = false;
  std::atomic<bool> interrupted = false;
};

/// Runs `work` under the client's deadline and turns the exceptions of libpqxx into ours.
template <class Work>
auto Session::State::guarded(std::chrono::milliseconds longest, Work work) {
  if (interrupted) throw Error({Outcome::unavailable, "the session was interrupted", ""}, "");
  if (broken) throw Error({Outcome::unavailable, "the session with " + target.display + " is over", ""}, "");
  if (!watch.alive()) throw error_of("", true);
  Watchdog::Guard guard(Watchdog::shared(), socket.get(), std::chrono::steady_clock::now() + longest);
  try {
    auto result = work(*connection);
    if (guard.passed()) broken = true;
    return result;
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& thrown) {
    // The exceptions of libpqxx 7 have no base of their own.
    if (guard.passed()) throw deadline_passed(longest);
    throw error_of(thrown.what(), dynamic_cast<const pqxx::broken_connection*>(&thrown) != nullptr);
  }
}

Error Session::State::deadline_passed(std::chrono::milliseconds longest) {
  broken = true;
  const auto waited = std::to_string(longest.count());
  return Error({Outcome::timeout, "no answer from " + target.display + " within " + waited + " ms",
                "the server or the network hangs; the session is given up"},
               "");
}

Error Session::State::error_of(const std::string& what, bool lost) {
  if (lost || interrupted || !connection->is_open()) broken = true;
  if (interrupted) return Error({Outcome::unavailable, "the session was interrupted", ""}, "");
  const auto said = watch.take_error();
  if (broken && !said) {
    return Error({Outcome::unavailable, "the connection to " + target.display + " was lost", ""}, "");
  }
  const auto error = said.value_or(ServerError{"", what});
  return {describe_query_failure(error, target), error.sqlstate};
}

/// A pooler that drops the start-up options has its server sessions bounded by nothing: then each query brings its
/// bounds along, in a transaction of its own, which also keeps a transaction pooler from splitting them.
pqxx::result Session::State::answer(pqxx::nontransaction& transaction, const std::string& sql,
                                    const std::vector<const char*>& parameters) const {
  if (!options_dropped) return run(transaction, sql, parameters);
  transaction.exec(bounded_transaction(options));
  try {
    auto result = run(transaction, sql, parameters);
    transaction.exec(std::string(query_marker) + "COMMIT");
    return result;
  } catch (const std::exception&) {
    if (connection->is_open()) transaction.exec(std::string(query_marker) + "ROLLBACK");
    throw;
  }
}

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Session Session::connect(const Conninfo& conninfo, const SessionOptions& options, const std::stop_token& stop) {
  auto handle = open_connection(conninfo, options, stop);
  auto target = target_of(handle.get(), conninfo);
  auto state = std::make_unique<State>(std::move(handle), std::move(target), options);
  if (options.read_only) {
    const auto asked = std::string(query_marker).append(options_in_force);
    state->options_dropped = state->guarded(options.connect_timeout, [&](Connection& connection) {
      pqxx::nontransaction transaction(connection);
      return run(transaction, asked, {})[0][0].is_null();
    });
  }
  return Session(std::move(state));
}

Rows Session::query(std::string_view sql, std::span<const std::optional<std::string>> parameters) {
  refuse_zero_byte(sql);
  std::vector<const char*> values;
  for (const auto& parameter : parameters) {
    if (parameter) refuse_zero_byte(*parameter);
    values.push_back(parameter ? parameter->c_str() : nullptr);
  }
  const auto text = state_->text_of(sql);
  return state_->guarded(state_->options.client_deadline, [&](Connection& connection) {
    pqxx::nontransaction transaction(connection);
    return copy(state_->answer(transaction, text, values));
  });
}

Rows Session::query(std::string_view sql, std::initializer_list<std::optional<std::string>> parameters) {
  return query(sql, std::span(parameters.begin(), parameters.size()));
}

void Session::execute(std::string_view sql) {
  if (state_->options.read_only) throw std::logic_error("Session::execute on a read-only session");
  refuse_zero_byte(sql);
  const auto text = state_->text_of(sql);
  state_->guarded(state_->options.client_deadline, [&](Connection& connection) {
    pqxx::nontransaction transaction(connection);
    transaction.exec(text);
    return true;
  });
}

std::int32_t Session::server_version() const { return state_->connection->server_version(); }
std::int32_t Session::backend_pid() const { return state_->connection->backendpid(); }
bool Session::options_dropped() const { return state_->options_dropped; }
bool Session::usable() const { return !state_->broken && !state_->interrupted; }

void Session::interrupt() {
  state_->interrupted = true;
  ::shutdown(state_->socket.get(), SHUT_RDWR);
}

}  // namespace pgsextant::pg
