#include "pg/private_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX, not in <csignal>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

#include "pg/process.hpp"
#include "pg/process_tree.hpp"
#include "pg/server_directory.hpp"

namespace pgsextant::pg {
namespace {

namespace fs = std::filesystem;
using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view superuser = "postgres";

std::string read(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string last_lines(const std::string& text, int count) {
  auto begin = text.find_last_not_of('\n');
  if (begin == std::string::npos) return "";
  const auto end = begin + 1;
  for (; count > 0 && begin != std::string::npos && begin > 0; --count) begin = text.rfind('\n', begin - 1);
  begin = begin == std::string::npos || begin == 0 ? 0 : begin + 1;
  return text.substr(begin, end - begin);
}

/// Free now; somebody else may take it before the server does, hence the attempts in `launch`.
int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool found = ::bind(probe, generic, length) == 0 && ::getsockname(probe, generic, &length) == 0;
  ::close(probe);
  if (!found) throw std::system_error(errno, std::generic_category(), "no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

std::string setting_value(std::string_view value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += c;
    text += c;
  }
  return text + '\'';
}

void append(const fs::path& file, const Settings& settings) {
  std::ofstream out(file, std::ios::app);
  for (const auto& [name, value] : settings) out << name << " = " << setting_value(value) << '\n';
}

/// Nothing outlives the process, so nothing is paid for surviving a crash of the machine. Commits still reach the
/// operating system: a killed server comes back with its data.
const Settings throw_away = {
    {"fsync", "off"}, {"full_page_writes", "off"}, {"shared_buffers", "32MB"}, {"logging_collector", "off"}};

Result<Installation> choose(std::optional<int> major) {
  const auto installed = find_installations();
  const auto found = std::find_if(installed.begin(), installed.end(),
                                  [&](const auto& candidate) { return !major || candidate.major == *major; });
  if (found != installed.end()) return *found;
  const std::string wanted = major ? "PostgreSQL " + std::to_string(*major) : "PostgreSQL";
  return Failure{Outcome::unsupported, "the server programs of " + wanted + " are not installed",
                 "apt install postgresql" + (major ? "-" + std::to_string(*major) : "") +
                     ", or set PGSEXTANT_PG_BIN to the directory that holds initdb and postgres"};
}

fs::path parent_of(const PrivateServerOptions& options) {
  if (!options.parent.empty()) return options.parent;
  std::error_code failed;
  auto temporary = fs::temp_directory_path(failed);
  return failed ? fs::path("/tmp") : temporary;
}

}  // namespace

struct PrivateServer::State {
  State(Installation chosen, std::optional<Account> who, ServerDirectory place, PrivateServerOptions asked)
      : installation(std::move(chosen)),
        account(std::move(who)),
        directory(std::move(place)),
        options(std::move(asked)) {}

  ~State() {
    if (process) signal_all(SIGCONT);
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  static Result<PrivateServer> make(Installation installation, const PrivateServerOptions& options,
                                    const State* primary);

  [[nodiscard]] std::string program(const char* name) const { return (installation.bin / name).string(); }
  [[nodiscard]] ProcessOptions as_server() const { return {account, directory.path()}; }
  [[nodiscard]] Failure failed(const std::string& what, const std::string& output, const std::string& hint = "") const;

  Result<bool> initialise();
  Result<bool> copy_from(const State& primary);
  Result<bool> configure();
  Result<bool> launch(bool any_port);
  Result<bool> await_ready();
  void signal_all(int signal) const;
  void end(int signal);

  Installation installation;
  std::optional<Account> account;
  ServerDirectory directory;  ///< outlives the process
  PrivateServerOptions options;
  int port = 5432;
  std::unique_ptr<SupervisedProcess> process;
};

Result<PrivateServer> PrivateServer::State::make(Installation installation, const PrivateServerOptions& options,
                                                 const State* primary) try {
  const auto account = server_account();
  auto directory = ServerDirectory::make(parent_of(options), account);
  if (!directory) return directory.failure();
  auto state = std::make_unique<State>(std::move(installation), account, *std::move(directory), options);
  if (options.tcp) state->port = free_port();
  const auto started = primary == nullptr ? state->initialise() : state->copy_from(*primary);
  if (!started) return started.failure();
  return PrivateServer(std::move(state));
} catch (const std::system_error& error) {
  return Failure{Outcome::unavailable, std::string("no private server: ") + error.what(), ""};
}

Failure PrivateServer::State::failed(const std::string& what, const std::string& output,
                                     const std::string& hint) const {
  return {Outcome::unavailable, what + ": " + redact(last_lines(output, 12)), hint};
}

Result<bool> PrivateServer::State::initialise() {
  std::vector<std::string> command = {program("initdb"), "--no-sync",    "--pgdata=" + directory.data().string(),
                                      "--encoding=UTF8", "--auth=trust", "--username=" + std::string(superuser),
                                      "--locale=C.UTF-8"};
  auto made = run(command, as_server());
  if (made.exit_status != 0 && made.output.find("locale") != std::string::npos) {
    command.back() = "--locale=C";
    made = run(command, as_server());
  }
  if (made.exit_status != 0) {
    return failed("initdb failed", made.output,
                  "is there space in " + directory.path().parent_path().string() +
                      ", and may every user enter it? otherwise set TMPDIR");
  }
  std::ofstream(directory.data() / "pg_hba.conf") << "local all all trust\n"
                                                     "local replication all trust\n"
                                                     "host all all 127.0.0.1/32 scram-sha-256\n";
  append(directory.data() / "postgresql.conf", throw_away);
  append(directory.data() / "postgresql.conf", {{"password_encryption", "scram-sha-256"}});
  return configure();
}

Result<bool> PrivateServer::State::copy_from(const State& primary) {
  const auto name = options.name.empty() ? directory.path().filename().string() : options.name;
  const std::string source = "host=" + primary.directory.path().string() + " port=" + std::to_string(primary.port) +
                             " user=" + std::string(superuser) + " application_name='" + name + "'";
  const auto copied = run({program("pg_basebackup"), "--pgdata=" + directory.data().string(), "--dbname=" + source,
                           "--wal-method=stream", "--checkpoint=fast", "--write-recovery-conf", "--no-sync"},
                          as_server());
  if (copied.exit_status != 0) return failed("pg_basebackup failed", copied.output);
  return configure();
}

Result<bool> PrivateServer::State::configure() {
  append(directory.data() / "postgresql.conf", {{"unix_socket_directories", directory.path().string()},
                                                {"listen_addresses", options.tcp ? "127.0.0.1" : ""}});
  append(directory.data() / "postgresql.conf", options.settings);
  return launch(options.tcp);
}

Result<bool> PrivateServer::State::launch(bool any_port) {
  constexpr int attempts = 5;
  for (int attempt = 1;; ++attempt) {
    const auto log_before = read(directory.log()).size();
    process = std::make_unique<SupervisedProcess>(
        std::vector<std::string>{program("postgres"), "-D", directory.data().string(), "-p", std::to_string(port)},
        as_server(), directory.log());
    auto ready = await_ready();
    if (ready) return ready;
    process.reset();
    const bool port_taken = read(directory.log()).find("Address already in use", log_before) != std::string::npos;
    if (!any_port || !port_taken || attempt == attempts) return ready;
    port = free_port();
  }
}

Result<bool> PrivateServer::State::await_ready() {
  const auto deadline = std::chrono::steady_clock::now() + options.start_timeout;
  const auto pid = std::to_string(process->pid());
  while (true) {
    // As pg_ctl does: the first line is the pid, the eighth tells how far the start has come (miscadmin.h).
    const auto status = read(directory.data() / "postmaster.pid");
    if (status.starts_with(pid + '\n') && status.find("\nready") != std::string::npos) return true;
    if (process->wait_for(std::chrono::milliseconds(10))) {
      return failed("the server did not start", read(directory.log()));
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return failed("the server was not ready within " + std::to_string(options.start_timeout.count()) + " s",
                    read(directory.log()));
    }
  }
}

void PrivateServer::State::signal_all(int signal) const {
  // A postmaster that stops first starts no further child meanwhile.
  process->send(signal);
  if (signal == SIGSTOP) await_stopped(process->pid());
  signal_children(process->pid(), signal);
}

void PrivateServer::State::end(int signal) {
  if (!process) return;
  process->send(signal);
  process->wait_for(std::chrono::seconds(30));
  process.reset();
}

PrivateServer::PrivateServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
PrivateServer::PrivateServer(PrivateServer&&) noexcept = default;
PrivateServer& PrivateServer::operator=(PrivateServer&&) noexcept = default;

PrivateServer::~PrivateServer() = default;

Result<PrivateServer> PrivateServer::start(const PrivateServerOptions& options) {
  auto installation = choose(options.major);
  if (!installation) return installation.failure();
  return State::make(*std::move(installation), options, nullptr);
}

Result<PrivateServer> PrivateServer::start_standby(const PrivateServerOptions& options) const {
  return State::make(state_->installation, options, state_.get());
}

Conninfo PrivateServer::conninfo(std::string_view database) const {
  return Conninfo::parse("")
      .value()
      .with("host", directory().string())
      .with("port", std::to_string(port()))
      .with("user", superuser)
      .with_database(database);
}

Conninfo PrivateServer::tcp_conninfo(std::string_view database, std::string_view user,
                                     std::string_view password) const {
  return conninfo(database).with("host", "127.0.0.1").with("user", user).with("password", password);
}

int PrivateServer::major() const { return state_->installation.major; }
int PrivateServer::port() const { return state_->port; }
pid_t PrivateServer::postmaster() const { return state_->process ? state_->process->pid() : 0; }
const std::filesystem::path& PrivateServer::directory() const { return state_->directory.path(); }
std::filesystem::path PrivateServer::log_file() const { return state_->directory.log(); }

void PrivateServer::stop() {
  resume();
  state_->end(SIGINT);
}

Result<bool> PrivateServer::restart() try {
  stop();
  return state_->launch(false);
} catch (const std::system_error& error) {
  return Failure{Outcome::unavailable, std::string("the private server did not restart: ") + error.what(), ""};
}

void PrivateServer::kill() {
  resume();
  state_->end(SIGQUIT);
}

void PrivateServer::pause() {
  if (state_->process) state_->signal_all(SIGSTOP);
}

void PrivateServer::resume() {
  if (state_->process) state_->signal_all(SIGCONT);
}

}  // namespace pgsextant::pg
