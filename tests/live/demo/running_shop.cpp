#include "tests/live/demo/running_shop.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX, not in <csignal>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/support/live_server.hpp"

namespace pgsextant::demo {
namespace {

std::unique_ptr<Demo> shop;

std::vector<pid_t> processes_of(const pg::Conninfo& conninfo) {
  auto session = pg::Session::connect(conninfo);
  const auto rows = session.query("SELECT pid FROM pg_stat_activity");
  std::vector<pid_t> pids;
  for (std::size_t row = 0; row < rows.size(); ++row) pids.push_back(static_cast<pid_t>(rows.integer(row, 0)));
  return pids;
}

std::filesystem::path directory_of(const pg::Conninfo& conninfo) {
  auto session = pg::Session::connect(conninfo);
  return std::string(session.query("SELECT setting FROM pg_settings WHERE name = 'data_directory'").text(0, 0));
}

/// Starts the shop before the first test and holds it to a clean end after the last.
class OneShop : public ::testing::Environment {
 public:
  void SetUp() override {
    if (!test::live_server_missing().empty()) return;
    DemoOptions options;
    options.scale = test_scale;
    auto started = Demo::start(options);
    ASSERT_TRUE(started.ok()) << started.failure().message << started.failure().hint;
    shop = *std::move(started);
  }

  void TearDown() override {
    if (!shop) return;
    auto pids = processes_of(shop->primary());
    const auto of_standby = processes_of(shop->standby());
    pids.insert(pids.end(), of_standby.begin(), of_standby.end());
    ASSERT_GE(pids.size(), 10U);
    const auto directories = {directory_of(shop->primary()), directory_of(shop->standby())};
    for (const auto& directory : directories) ASSERT_TRUE(std::filesystem::exists(directory)) << directory;

    const auto gone = [](pid_t pid) { return ::kill(pid, 0) != 0; };
    std::jthread closing([] { shop.reset(); });
    EXPECT_TRUE(eventually(std::chrono::seconds(2), [&] { return std::all_of(pids.begin(), pids.end(), gone); }));
    closing.join();
    for (const auto& directory : directories) EXPECT_FALSE(std::filesystem::exists(directory)) << directory;
  }
};

const auto* const registered = ::testing::AddGlobalTestEnvironment(new OneShop);

}  // namespace

void RunningShop::SetUp() {
  PGSEXTANT_NEEDS_SERVER();
  ASSERT_NE(shop, nullptr) << "the shop did not start";
}

pg::Session RunningShop::primary() { return pg::Session::connect(shop->primary()); }
pg::Session RunningShop::standby() { return pg::Session::connect(shop->standby()); }

const Fault& RunningShop::fault(std::string_view id) {
  for (const auto& fault : faults()) {
    if (fault.id == id) return fault;
  }
  throw std::logic_error("no fault " + std::string(id));
}

bool eventually(std::chrono::seconds longest, const std::function<bool()>& answer) {
  const auto deadline = std::chrono::steady_clock::now() + longest;
  while (!answer()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  }
  return true;
}

}  // namespace pgsextant::demo
