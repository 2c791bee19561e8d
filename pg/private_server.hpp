#pragma once
// A PostgreSQL of our own, in a temporary directory, for the demo, the tests and the twin.

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/outcome.hpp"
#include "pg/conninfo.hpp"

namespace pgsextant::pg {

/// Server binaries of one major version.
struct Installation {
  int major = 0;
  std::filesystem::path bin;  ///< holds initdb, postgres, pg_ctl, pg_basebackup
};

/// What is installed, newest first: PGSEXTANT_PG_BIN (a directory, if set, alone), /usr/lib/postgresql/*/bin,
/// /usr/pgsql-*/bin, then PATH.
std::vector<Installation> find_installations();

struct PrivateServerOptions {
  std::optional<int> major;                                   ///< empty: the newest installed
  std::vector<std::pair<std::string, std::string>> settings;  ///< appended to postgresql.conf
  /// What a standby calls itself to its primary (application_name); empty: its directory's name.
  std::string name;
  bool tcp = false;  ///< also listen on 127.0.0.1 on a free port; otherwise a Unix socket only
  /// Where to make the temporary directory; empty: $TMPDIR or /tmp.
  std::filesystem::path parent;
  std::chrono::seconds start_timeout{60};
};

/// Started by `start`, stopped (immediate shutdown) and removed by the destructor. When we run as root the server runs
/// as `postgres` or, without such a user, `nobody`. Trusts local connections through its 0700 socket directory; TCP,
/// from 127.0.0.1 alone, needs the password. Encoding UTF8, locale C.UTF-8 (or C), and for a server to be thrown away:
/// fsync = off, full_page_writes = off, shared_buffers = 32MB; `settings` come later and win.
///
/// Also gone after SIGKILL of this process: a supervisor process of ours then ends the postmaster, which gets SIGQUIT
/// through PR_SET_PDEATHSIG should the supervisor be killed too; directories whose owner process is gone are removed at
/// the next start. Any thread may start one and end meanwhile. Not thread-safe.
class PrivateServer {
 public:
  /// initdb and start. Failures: unsupported (no binaries: says what to install), unavailable (did not start: with the
  /// last lines of its log).
  static Result<PrivateServer> start(const PrivateServerOptions& options = {});

  /// A streaming standby of this server by pg_basebackup, connected through its socket; its application_name is the
  /// name of its directory. It inherits this server's settings, and `major` is ignored.
  Result<PrivateServer> start_standby(const PrivateServerOptions& options = {}) const;

  ~PrivateServer();
  PrivateServer(PrivateServer&&) noexcept;
  PrivateServer& operator=(PrivateServer&&) noexcept;

  [[nodiscard]] Conninfo conninfo(std::string_view database = "postgres") const;  ///< superuser, by socket
  [[nodiscard]] Conninfo tcp_conninfo(std::string_view database, std::string_view user,
                                      std::string_view password) const;
  [[nodiscard]] int major() const;
  [[nodiscard]] int port() const;
  [[nodiscard]] pid_t postmaster() const;  ///< 0 while it is stopped
  [[nodiscard]] const std::filesystem::path& directory() const;
  [[nodiscard]] std::filesystem::path log_file() const;

  /// For failure drills.
  void stop();             ///< fast shutdown; the directory stays
  Result<bool> restart();  ///< starts it again on the same port and directory
  void kill();             ///< SIGQUIT: immediate, as a crash
  void pause();            ///< SIGSTOP to the postmaster and its children: a server that hangs
  void resume();

 private:
  struct State;
  explicit PrivateServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pgsextant::pg
