// What pgsextant itself uses, under the names that every Prometheus client has.

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <system_error>

#include "web/metrics/families.hpp"

namespace pgsextant::web {

void add_process_families(Families& out) {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    out.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.")
        .add({}, seconds(usage.ru_utime) + seconds(usage.ru_stime));
  }
  std::ifstream statm("/proc/self/statm");
  double total = 0;
  double resident = 0;
  if (statm >> total >> resident)
    out.gauge("process_resident_memory_bytes", "Resident memory size in bytes.")
        .add({}, resident * static_cast<double>(sysconf(_SC_PAGESIZE)));
  std::error_code error;
  std::int64_t open = 0;
  std::filesystem::directory_iterator each("/proc/self/fd", error);
  for (; !error && each != std::filesystem::directory_iterator(); each.increment(error)) ++open;
  if (!error) out.gauge("process_open_fds", "Number of open file descriptors.").add({}, open);
}

}  // namespace pgsextant::web
