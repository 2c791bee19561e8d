#include "pg/process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): pthread_sigmask and kill are POSIX, not in <csignal>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace pgsextant::pg {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

int exit_status_of(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

int wait_for_child(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return exit_status_of(status);
}

/// A command in the form that execve takes, made before fork: after it, nothing may be allocated.
class Command {
 public:
  Command(const std::vector<std::string>& words, const ProcessOptions& options)
      : words_(words),
        directory_(options.directory.empty() ? "/" : options.directory.string()),
        account_(options.account) {
    for (auto& word : words_) arguments_.push_back(word.data());
    arguments_.push_back(nullptr);
  }

  /// In the child: only async-signal-safe calls. `parent` ended in between: there is nobody to work for.
  [[noreturn]] void become(int output, int death_signal, pid_t parent) {
    if (output >= 0) {
      ::dup2(output, STDOUT_FILENO);
      ::dup2(output, STDERR_FILENO);
    }
    const int nothing = ::open("/dev/null", O_RDONLY);
    if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
    drop_privileges();
    // After the change of user, which clears it.
    ::prctl(PR_SET_PDEATHSIG, death_signal);
    if (::getppid() != parent) ::_exit(127);
    ::umask(077);
    if (::chdir(directory_.c_str()) != 0) ::_exit(127);
    close_inherited(3);
    reset_signals();
    // A program's own environment may hold credentials and settings of other servers.
    static char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    static char locale[] = "LC_ALL=C";
    static char zone[] = "TZ=UTC";
    std::array<char*, 4> environment{path, locale, zone, nullptr};
    ::execve(arguments_[0], arguments_.data(), environment.data());
    ::_exit(127);
  }

  /// Async-signal-safe.
  void drop_privileges() const {
    if (!account_) return;
    if (::setgroups(account_->groups.size(), account_->groups.data()) != 0 || ::setgid(account_->gid) != 0 ||
        ::setuid(account_->uid) != 0) {
      ::_exit(126);
    }
  }

  static void close_inherited(unsigned first) {
    if (::close_range(first, ~0U, 0) == 0) return;
    for (int descriptor = static_cast<int>(first); descriptor < 4096; ++descriptor) ::close(descriptor);
  }

  static void reset_signals() {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
  }

 private:
  std::vector<std::string> words_;
  std::vector<char*> arguments_;
  std::string directory_;
  std::optional<Account> account_;
};

/// What the supervisor does, after fork in a process with threads: only async-signal-safe calls.
class Supervisor {
 public:
  [[noreturn]] static void run(Command& command, int channel, int log) {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
    // Only to interrupt ppoll.
    struct sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGCHLD, &action, nullptr);
    // Terminals and service managers signal whole groups; the program's end is ours to order.
    ::setsid();
    keep_only(channel, log);
    const pid_t self = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) command.become(4, SIGQUIT, self);
    ::close(4);
    command.drop_privileges();
    if (child < 0 || ::write(3, &child, sizeof child) != sizeof child) ::_exit(1);
    watch(child);
  }

 private:
  /// The channel becomes 3, the log 4, and nothing else stays open: neither files of ours nor other servers' channels.
  static void keep_only(int channel, int log) {
    const int high_channel = ::fcntl(channel, F_DUPFD, 10);
    const int high_log = ::fcntl(log, F_DUPFD, 10);
    ::dup2(high_channel, 3);
    ::dup2(high_log, 4);
    Command::close_inherited(5);
    const int nothing = ::open("/dev/null", O_RDWR);
    for (int standard = 0; standard <= 2; ++standard) ::dup2(nothing, standard);
    if (nothing > 4) ::close(nothing);
  }

  [[noreturn]] static void watch(pid_t child) {
    sigset_t none;
    sigemptyset(&none);
    bool ending = false;
    while (true) {
      int status = 0;
      if (::waitpid(child, &status, WNOHANG) == child) {
        const auto sent = ::write(3, &status, sizeof status);
        ::_exit(sent == sizeof status ? 0 : 1);
      }
      pollfd channel{3, static_cast<short>(ending ? 0 : POLLIN), 0};
      const timespec grace{10, 0};
      // SIGCHLD is let in only here, so that it cannot be missed between waitpid and ppoll.
      const int ready = ::ppoll(&channel, ending ? 0 : 1, ending ? &grace : nullptr, &none);
      if (ready == 0 && ending) ::kill(child, SIGKILL);
      if (ready <= 0) continue;
      unsigned char number = 0;
      if (::read(3, &number, 1) == 1) {
        ::kill(child, number);
      } else {
        // The owner is gone or wants the end. A stopped process must continue to notice.
        ending = true;
        ::kill(child, SIGQUIT);
        ::kill(child, SIGCONT);
      }
    }
  }
};

}  // namespace

std::optional<Account> server_account() {
  if (::geteuid() != 0) return std::nullopt;
  for (const char* const name : {"postgres", "nobody"}) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    if (::getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) continue;
    Account account{entry.pw_uid, entry.pw_gid, std::vector<gid_t>(64)};
    int count = static_cast<int>(account.groups.size());
    if (::getgrouplist(name, entry.pw_gid, account.groups.data(), &count) < 0) count = 0;
    account.groups.resize(static_cast<std::size_t>(count));
    return account;
  }
  return std::nullopt;
}

ProcessResult run(const std::vector<std::string>& command, const ProcessOptions& options) {
  Command prepared(command, options);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) fail("pipe");
  const pid_t self = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) prepared.become(pipe[1], SIGKILL, self);
  ::close(pipe[1]);
  if (child < 0) {
    ::close(pipe[0]);
    fail("fork");
  }
  ProcessResult result;
  std::array<char, 4096> buffer{};
  while (true) {
    const auto count = ::read(pipe[0], buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    result.output.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::close(pipe[0]);
  result.exit_status = wait_for_child(child);
  return result;
}

SupervisedProcess::SupervisedProcess(const std::vector<std::string>& command, const ProcessOptions& options,
                                     const std::filesystem::path& log) {
  Command prepared(command, options);
  std::array<int, 2> channel{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel.data()) != 0) fail("socketpair");
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  supervisor_ = output < 0 ? -1 : ::fork();
  if (supervisor_ == 0) Supervisor::run(prepared, channel[1], output);
  const int error = errno;
  if (output >= 0) ::close(output);
  ::close(channel[1]);
  channel_ = channel[0];
  if (supervisor_ < 0) {
    ::close(channel_);
    errno = error;
    fail("cannot start a process");
  }
  if (::recv(channel_, &pid_, sizeof pid_, MSG_WAITALL) != sizeof pid_) {
    ::close(channel_);
    wait_for_child(supervisor_);
    errno = EAGAIN;
    fail("cannot start a process");
  }
}

SupervisedProcess::~SupervisedProcess() {
  ::close(channel_);
  wait_for_child(supervisor_);
}

bool SupervisedProcess::wait_for(std::chrono::milliseconds longest) {
  if (ended_) return true;
  pollfd channel{channel_, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&channel, 1, static_cast<int>(longest.count()));
  } while (ready < 0 && errno == EINTR);
  // Its exit status, or the end of the supervisor.
  ended_ = ready > 0;
  return ended_;
}

void SupervisedProcess::send(int signal) {
  const auto number = static_cast<unsigned char>(signal);
  ::send(channel_, &number, 1, MSG_NOSIGNAL);
}

}  // namespace pgsextant::pg
