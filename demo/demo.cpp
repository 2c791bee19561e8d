#include "demo/demo.hpp"

#include <chrono>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>

#include "core/finding.hpp"
#include "demo/load/load.hpp"
#include "demo/loading.hpp"
#include "pg/private_server.hpp"

namespace pgsextant::demo {
namespace {

constexpr std::string_view monitor = "pgsextant_monitor";

std::string random_password() {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::random_device device;  // the kernel's
  std::string password;
  for (int i = 0; i < 32; ++i) password += digits[device() % digits.size()];
  return password;
}

/// What a sane production server of this size has. The database fits into memory: hence random_page_cost. Parallel
/// workers and JIT would only blur the figures on a small machine.
std::vector<std::pair<std::string, std::string>> server_settings(int major) {
  std::vector<std::pair<std::string, std::string>> settings = {
      {"shared_preload_libraries", "pg_stat_statements"},
      {"track_io_timing", "on"},
      {"wal_level", "replica"},
      {"max_connections", "60"},
      {"shared_buffers", "256MB"},
      {"effective_cache_size", "1GB"},
      {"random_page_cost", "1.1"},
      {"max_wal_size", "1GB"},
      {"jit", "off"},
      {"max_parallel_workers_per_gather", "0"},
      {"deadlock_timeout", "1s"},
      {"log_lock_waits", "on"},
      {"autovacuum", "on"},
      // A private server saves on these; a shop would not.
      {"fsync", "on"},
      {"full_page_writes", "on"},
      {"synchronous_commit", "on"},
  };
  if (major >= 14) settings.emplace_back("compute_query_id", "on");
  return settings;
}

/// Late by design, so that there is replication lag to see.
Result<pg::PrivateServer> start_late_standby(const pg::PrivateServer& primary) {
  pg::PrivateServerOptions options;
  options.name = "shop-standby";
  options.tcp = true;
  options.settings = {{"recovery_min_apply_delay", "15s"}};
  return primary.start_standby(options);
}

class RunningDemo final : public Demo {
 public:
  RunningDemo(pg::PrivateServer primary, std::optional<pg::PrivateServer> standby, std::string password, Shop shop)
      : primary_(std::move(primary)),
        standby_(std::move(standby)),
        password_(std::move(password)),
        load_(std::in_place, std::move(shop)) {}

  ~RunningDemo() override {
    load_.reset();
    // Everything that runs ends first: removing the directories can take seconds.
    if (standby_) standby_->kill();
    primary_.kill();
  }
  RunningDemo(const RunningDemo&) = delete;
  RunningDemo& operator=(const RunningDemo&) = delete;

  [[nodiscard]] pg::Conninfo primary() const override { return conninfo_of(primary_); }
  [[nodiscard]] pg::Conninfo standby() const override {
    if (!standby_) throw std::logic_error("this demo was started without a standby");
    return conninfo_of(*standby_);
  }

 private:
  [[nodiscard]] pg::Conninfo conninfo_of(const pg::PrivateServer& server) const {
    return server.tcp_conninfo("shop", monitor, password_);
  }

  pg::PrivateServer primary_;
  std::optional<pg::PrivateServer> standby_;
  std::string password_;
  std::optional<Load> load_;
};

}  // namespace

Result<std::unique_ptr<Demo>> Demo::start(const DemoOptions& options) try {
  const auto progress = [&](const std::string& line) {
    if (options.progress) options.progress(line);
  };
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point start) {
    return format_value(std::chrono::duration<double>(Clock::now() - start).count(), Unit::seconds);
  };

  auto started = Clock::now();
  const auto installed = pg::find_installations();
  pg::PrivateServerOptions server_options;
  server_options.tcp = true;
  if (!installed.empty()) {
    server_options.major = installed.front().major;
    server_options.settings = server_settings(installed.front().major);
  }
  auto primary = pg::PrivateServer::start(server_options);
  if (!primary) return primary.failure();
  progress("started PostgreSQL " + std::to_string(primary->major()) + " in " + seconds_since(started));

  auto password = random_password();
  load_shop(*primary, {options.scale, password, options.progress});

  std::optional<pg::PrivateServer> standby;
  if (options.standby) {
    started = Clock::now();
    auto copy = start_late_standby(*primary);
    if (!copy) return copy.failure();
    standby = std::move(*copy);
    progress("started a standby in " + seconds_since(started) + "; it replays 15 s late");
  }

  auto setup = superuser_session(*primary, "shop");
  auto shop = read_shop(setup, primary->conninfo("shop").with("user", "shop_app"));
  std::unique_ptr<Demo> demo =
      std::make_unique<RunningDemo>(std::move(*primary), std::move(standby), std::move(password), std::move(shop));
  progress("the shop is open: about 75 statements a second from 6 to 11 connections");
  return demo;
} catch (const pg::Error& error) {
  return error.failure();
}

}  // namespace pgsextant::demo
