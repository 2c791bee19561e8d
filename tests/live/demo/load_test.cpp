// The load through a crash and through a server that hangs, on a small shop of its own.

#include "demo/load/load.hpp"

#include <gtest/gtest.h>

#include "demo/demo.hpp"
#include "demo/loading.hpp"
#include "tests/live/demo/running_shop.hpp"
#include "tests/support/live_server.hpp"

namespace pgsextant::demo {
namespace {

using std::chrono::seconds;

class SmallShop : public ::testing::Test {
 protected:
  void SetUp() override {
    PGSEXTANT_NEEDS_SERVER();
    pg::PrivateServerOptions options;
    options.settings = {{"shared_preload_libraries", "pg_stat_statements"}};
    auto started = pg::PrivateServer::start(options);
    ASSERT_TRUE(started.ok()) << started.failure().message;
    server_.emplace(*std::move(started));
    load_shop(*server_, {0.02, "secret", [](std::string_view) {}});
    auto session = superuser_session(*server_, "shop");
    load_.emplace(read_shop(session, server_->conninfo("shop").with("user", "shop_app")));
  }

  /// Applications that are connected, among those that matter.
  [[nodiscard]] bool is_busy() const {
    try {
      auto session = superuser_session(*server_, "shop");
      return session
                 .query(
                     "SELECT count(DISTINCT application_name) FROM pg_stat_activity WHERE application_name IN "
                     "('shop-web', 'shop-admin', 'shop-worker', 'shop-report') OR application_name = 'shop-batch' "
                     "AND state = 'idle in transaction'")
                 .integer(0, 0) == 5;
    } catch (const pg::Error&) {
      return false;
    }
  }

  std::optional<pg::PrivateServer> server_;
  std::optional<Load> load_;
};

TEST_F(SmallShop, OpensAgainAfterACrash) {
  ASSERT_TRUE(eventually(seconds(5), [&] { return is_busy(); }));
  server_->kill();
  const auto restarted = server_->restart();
  ASSERT_TRUE(restarted.ok()) << restarted.failure().message;
  EXPECT_TRUE(eventually(seconds(25), [&] { return is_busy(); }));
}

TEST_F(SmallShop, ClosesWhileItsServerHangs) {
  ASSERT_TRUE(eventually(seconds(5), [&] { return is_busy(); }));
  server_->pause();
  std::this_thread::sleep_for(seconds(1));  // until sessions wait for answers
  const auto begin = std::chrono::steady_clock::now();
  load_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(1));
}

TEST(DemoWithoutStandby, SaysSo) {
  PGSEXTANT_NEEDS_SERVER();
  std::vector<std::string> lines;
  DemoOptions options;
  options.scale = 0.01;
  options.standby = false;
  options.progress = [&](std::string_view line) { lines.emplace_back(line); };
  const auto demo = Demo::start(options);
  ASSERT_TRUE(demo.ok()) << demo.failure().message;
  EXPECT_THROW(static_cast<void>((*demo)->standby()), std::logic_error);
  EXPECT_FALSE(lines.empty());
}

}  // namespace
}  // namespace pgsextant::demo
