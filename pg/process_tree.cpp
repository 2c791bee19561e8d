#include "pg/process_tree.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX, not in <csignal>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

namespace pgsextant::pg {
namespace {

struct ProcessStatus {
  char state = ' ';
  pid_t parent = 0;
};

/// Of /proc/PID/stat: "pid (name) state parent …", where the name may hold anything.
ProcessStatus status_of(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  const std::string stat{std::istreambuf_iterator<char>(in), {}};
  const auto name_end = stat.rfind(')');
  ProcessStatus status;
  if (name_end == std::string::npos || name_end + 4 >= stat.size()) return status;
  status.state = stat[name_end + 2];
  std::from_chars(stat.data() + name_end + 4, stat.data() + stat.size(), status.parent);
  return status;
}

}  // namespace

void signal_children(pid_t parent, int signal) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", ignored)) {
    const auto name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || end != name.data() + name.size()) continue;
    if (status_of(name).parent == parent) ::kill(pid, signal);
  }
}

void await_stopped(pid_t process) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (status_of(std::to_string(process)).state != 'T' && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace pgsextant::pg
