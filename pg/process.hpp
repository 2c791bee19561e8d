#pragma once
// Child processes of a private server: started as another user, ended when we end.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pgsextant::pg {

/// Who the server's processes are. PostgreSQL refuses to run as root.
struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};

/// As root: `postgres` or, without such a user, `nobody`. Otherwise nothing: we stay who we are.
std::optional<Account> server_account();

struct ProcessOptions {
  std::optional<Account> account;   ///< empty: ours
  std::filesystem::path directory;  ///< empty: "/"
};

struct ProcessResult {
  int exit_status = 0;  ///< 128 + signal if it was killed
  std::string output;   ///< both streams
};

/// Runs a program to its end, with a clean environment (no PG* variable, C locale, UTC). It is killed when the calling
/// thread ends. Throws std::system_error when no process can be made.
ProcessResult run(const std::vector<std::string>& command, const ProcessOptions& options);

/// A program under a supervisor process of ours, so that it ends with this process however that ends, SIGKILL included,
/// and whichever thread started it. The supervisor holds one end of a socket; when the other end closes, it makes the
/// program end. Should the supervisor itself be killed, the kernel sends the program SIGQUIT.
class SupervisedProcess {
 public:
  /// Output of both streams is appended to `log`. Throws std::system_error when no process can be made.
  SupervisedProcess(const std::vector<std::string>& command, const ProcessOptions& options,
                    const std::filesystem::path& log);
  /// Sends SIGQUIT (and SIGKILL after ten seconds) and waits.
  ~SupervisedProcess();
  SupervisedProcess(const SupervisedProcess&) = delete;
  SupervisedProcess& operator=(const SupervisedProcess&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// True once it has ended.
  bool ended() { return wait_for(std::chrono::milliseconds(0)); }
  /// False if it still runs then.
  bool wait_for(std::chrono::milliseconds longest);
  /// Delivered by its parent, so that it never reaches another process that got the same pid.
  void send(int signal);

 private:
  pid_t supervisor_ = 0;
  pid_t pid_ = 0;
  int channel_ = -1;
  bool ended_ = false;
};

}  // namespace pgsextant::pg
