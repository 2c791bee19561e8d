#include "pg/server_directory.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace pgsextant::pg {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "pgsextant-";
constexpr std::string_view owner_file = "owner";
constexpr std::string_view mark = "pgsextant private server";

std::string read(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Field 22 of /proc/PID/stat, in ticks since boot; with the pid it names a process for good. Empty: no such process.
std::string start_time(const std::string& pid) {
  const auto stat = read("/proc/" + pid + "/stat");
  // The program's name, field 2, may hold spaces and parentheses.
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return "";
  std::size_t begin = name_end + 2;
  for (int field = 3; field < 22 && begin != 0; ++field) begin = stat.find(' ', begin) + 1;
  return begin == 0 ? "" : stat.substr(begin, stat.find(' ', begin) - begin);
}

std::string pid_namespace() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/ns/pid", ignored).string();
}

/// mark, pid, start time, pid namespace: a line each. In another namespace pids mean something else.
std::string owner_record(const std::string& pid) {
  return std::string(mark) + '\n' + pid + '\n' + start_time(pid) + '\n' + pid_namespace() + '\n';
}

bool owner_is_gone(const fs::path& directory) {
  const auto record = read(directory / owner_file);
  const auto begin = mark.size() + 1;
  if (!record.starts_with(mark) || record.size() <= begin) return false;
  if (!record.ends_with('\n' + pid_namespace() + '\n')) return false;
  const auto pid = record.substr(begin, record.find('\n', begin) - begin);
  return record != owner_record(pid);
}

bool server_runs(const fs::path& directory) {
  const auto data = directory / "data";
  const auto file = read(data / "postmaster.pid");
  if (file.empty()) return false;
  // PostgreSQL works in its data directory; another process with that pid does not.
  std::error_code ignored;
  return fs::read_symlink("/proc/" + file.substr(0, file.find('\n')) + "/cwd", ignored) == data;
}

bool made_by_us(const fs::path& directory, const std::optional<Account>& account) {
  struct stat about {};
  if (::lstat(directory.c_str(), &about) != 0 || !S_ISDIR(about.st_mode)) return false;
  return about.st_uid == ::geteuid() || (account && about.st_uid == account->uid);
}

Failure cannot_make(const fs::path& parent) {
  const std::string reason = std::generic_category().message(errno);
  return {Outcome::unavailable, "cannot make a directory for a private server in " + parent.string() + ": " + reason,
          "set TMPDIR to a directory that can be written"};
}

}  // namespace

void remove_stale_directories(const fs::path& parent, const std::optional<Account>& account) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    const auto& path = entry.path();
    if (!path.filename().string().starts_with(prefix) || !made_by_us(path, account)) continue;
    if (owner_is_gone(path) && !server_runs(path)) fs::remove_all(path, ignored);
  }
}

Result<ServerDirectory> ServerDirectory::make(const fs::path& parent, const std::optional<Account>& account) {
  std::error_code failed;
  const auto absolute = fs::canonical(parent, failed);
  if (failed) {
    errno = failed.value();
    return cannot_make(parent);
  }
  std::string pattern = (absolute / (std::string(prefix) + "XXXXXX")).string();
  constexpr std::string_view longest_name = "/.s.PGSQL.65535.lock";
  if (pattern.size() + longest_name.size() >= sizeof(sockaddr_un::sun_path)) {
    return Failure{Outcome::invalid_input, "the path " + absolute.string() + " is too long for a Unix socket",
                   "set TMPDIR to a shorter one, such as /tmp"};
  }
  remove_stale_directories(absolute, account);
  if (::mkdtemp(pattern.data()) == nullptr) return cannot_make(absolute);
  ServerDirectory directory{fs::path(pattern)};
  std::ofstream owner(directory.path() / owner_file);
  owner << owner_record(std::to_string(::getpid()));
  owner.close();
  if (!owner || (account && ::chown(pattern.c_str(), account->uid, account->gid) != 0)) return cannot_make(absolute);
  return directory;
}

ServerDirectory::~ServerDirectory() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

ServerDirectory& ServerDirectory::operator=(ServerDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

}  // namespace pgsextant::pg
