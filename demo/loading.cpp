#include "demo/loading.hpp"

#include <algorithm>
#include <chrono>

#include "core/embedded.hpp"
#include "core/finding.hpp"

namespace pgsextant::demo {
namespace {

class Stopwatch {
 public:
  /// "2.3 s"
  [[nodiscard]] std::string elapsed() const {
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start_;
    return format_value(time.count(), Unit::seconds);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// demo/sql/*.sql in the order of their numbers.
std::vector<EmbeddedFile> scripts() {
  std::vector<EmbeddedFile> files;
  for (const auto& file : embedded_files()) {
    if (file.name.starts_with("sql/")) files.push_back(file);
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

void run(const Step& step, pg::Session& session, const std::function<void(std::string_view)>& progress) {
  const Stopwatch watch;
  session.execute(step.sql);
  if (!step.name.empty()) progress(std::string(step.name) + ": " + watch.elapsed());
}

}  // namespace

std::vector<Step> steps_of(std::string_view file) {
  constexpr std::string_view heading = "-- step";
  std::vector<Step> steps;
  // A heading stands at the beginning of a line; what is above the first is the file's own comment.
  for (auto at = file.find(heading); at != std::string_view::npos;) {
    const auto end_of_line = std::min(file.find('\n', at), file.size());
    auto next = file.find("\n-- step", end_of_line);
    if (next != std::string_view::npos) ++next;
    auto name = file.substr(at + heading.size(), end_of_line - at - heading.size());
    if (name.starts_with(' ')) name.remove_prefix(1);
    steps.push_back({name, file.substr(end_of_line, std::min(next, file.size()) - end_of_line)});
    at = next;
  }
  return steps;
}

pg::Session superuser_session(const pg::PrivateServer& server, std::string_view database,
                              const std::vector<std::pair<std::string, std::string>>& settings) {
  pg::SessionOptions options;
  options.application_name = "shop-setup";
  options.read_only = false;
  options.statement_timeout = std::chrono::minutes(5);
  options.client_deadline = std::chrono::minutes(6);
  options.lock_timeout = std::chrono::minutes(1);
  options.settings = {{"pg_stat_statements.track", "none"}};
  options.settings.insert(options.settings.end(), settings.begin(), settings.end());
  return pg::Session::connect(server.conninfo(database), options);
}

void load_shop(const pg::PrivateServer& server, const LoadingOptions& options) {
  const auto progress = [&](std::string_view line) {
    if (options.progress) options.progress(line);
  };
  const Stopwatch watch;
  superuser_session(server, "postgres").execute("CREATE DATABASE shop");
  auto session = superuser_session(server, "shop",
                                   {{"shop.scale", std::to_string(options.scale)},
                                    {"shop.monitor_password", options.monitor_password},
                                    {"synchronous_commit", "off"},
                                    {"maintenance_work_mem", "256MB"},
                                    {"work_mem", "128MB"}});
  for (const auto& script : scripts()) {
    for (const auto& step : steps_of(script.content)) run(step, session, progress);
  }
  const auto rows = session.query(
      "SELECT sum(reltuples) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace");
  progress("loaded " + format_value(rows.real(0, 0), Unit::count) + " rows in " + watch.elapsed());
  if (session.query("SELECT 1 FROM pg_extension WHERE extname = 'hypopg'").empty()) {
    progress("hypopg is not installed: indexes cannot be tried out (apt install postgresql-" +
             std::to_string(server.major()) + "-hypopg)");
  }
}

}  // namespace pgsextant::demo
