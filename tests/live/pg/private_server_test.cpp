#include "pg/private_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX, not in <csignal>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "pg/server_directory.hpp"
#include "pg/session.hpp"
#include "tests/support/live_server.hpp"

namespace pgsextant::pg {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

/// A parent directory of its own, so that what is left behind can be counted.
class PrivateServerLive : public testing::Test {
 protected:
  void SetUp() override {
    PGSEXTANT_NEEDS_SERVER();
    std::string pattern = "/tmp/pgsextant-test-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    parent_ = pattern;
    // The server's user must be able to enter.
    ASSERT_EQ(::chmod(pattern.c_str(), 0711), 0);
  }
  void TearDown() override {
    if (!parent_.empty()) fs::remove_all(parent_);
  }
  [[nodiscard]] PrivateServerOptions options() const {
    PrivateServerOptions chosen;
    chosen.parent = parent_;
    return chosen;
  }
  [[nodiscard]] int left_behind() const {
    int count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(parent_)) ++count;
    return count;
  }

  fs::path parent_;
};

bool eventually(const std::function<bool()>& holds, std::chrono::seconds longest = 10s) {
  const auto deadline = std::chrono::steady_clock::now() + longest;
  while (std::chrono::steady_clock::now() < deadline) {
    if (holds()) return true;
    std::this_thread::sleep_for(20ms);
  }
  return holds();
}

bool exists(pid_t pid) { return fs::exists("/proc/" + std::to_string(pid)); }

TEST(FindInstallations, NewestFirstAndOnlyOnce) {
  PGSEXTANT_NEEDS_SERVER();
  const auto found = find_installations();
  for (std::size_t i = 1; i < found.size(); ++i) EXPECT_GT(found[i - 1].major, found[i].major);
  for (const auto& installation : found) EXPECT_TRUE(fs::exists(installation.bin / "initdb"));
}

TEST_F(PrivateServerLive, StartsAnswersAndLeavesNothing) {
  {
    auto chosen = options();
    chosen.settings = {{"work_mem", "3MB"}, {"cluster_name", "it's ours"}};
    const auto server = PrivateServer::start(chosen);
    ASSERT_TRUE(server.ok()) << server.failure().message;
    EXPECT_EQ(left_behind(), 1);
    EXPECT_TRUE(exists(server->postmaster()));
    auto session = Session::connect(server->conninfo());
    EXPECT_EQ(session.query("SHOW work_mem").text(0, 0), "3MB");
    EXPECT_EQ(session.query("SHOW cluster_name").text(0, 0), "it's ours");
    EXPECT_EQ(session.query("SHOW listen_addresses").text(0, 0), "");
    EXPECT_EQ(session.query("SHOW server_encoding").text(0, 0), "UTF8");
    EXPECT_EQ(session.server_version() / 10000, server->major());
    // Nobody else may enter.
    struct stat about {};
    ASSERT_EQ(::stat(server->directory().c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777U, 0700U);
    ASSERT_EQ(::stat(("/proc/" + std::to_string(server->postmaster())).c_str(), &about), 0);
    EXPECT_NE(about.st_uid, 0U) << "PostgreSQL runs as root";
  }
  EXPECT_EQ(left_behind(), 0);
}

TEST_F(PrivateServerLive, AFailedStartTellsTheLogAndLeavesNothing) {
  auto chosen = options();
  chosen.settings = {{"shared_preload_libraries", "no_such_library"}};
  const auto server = PrivateServer::start(chosen);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.failure().outcome, Outcome::unavailable);
  EXPECT_THAT(server.failure().message, HasSubstr("no_such_library"));
  EXPECT_EQ(left_behind(), 0);
}

TEST_F(PrivateServerLive, AMajorThatIsNotInstalledIsUnsupported) {
  auto chosen = options();
  chosen.major = 9;
  const auto server = PrivateServer::start(chosen);
  ASSERT_FALSE(server.ok());
  EXPECT_EQ(server.failure().outcome, Outcome::unsupported);
  EXPECT_THAT(server.failure().hint, HasSubstr("apt install postgresql-9"));
}

TEST_F(PrivateServerLive, AParentThatIsTooLongOrMissingIsExplained) {
  auto chosen = options();
  chosen.parent = parent_ / std::string(90, 'x');
  EXPECT_EQ(PrivateServer::start(chosen).failure().outcome, Outcome::unavailable);
  fs::create_directory(chosen.parent);
  const auto too_long = PrivateServer::start(chosen);
  ASSERT_FALSE(too_long.ok());
  EXPECT_THAT(too_long.failure().message, HasSubstr("too long for a Unix socket"));
}

TEST_F(PrivateServerLive, PgsextantPgBinChoosesTheProgramsAlone) {
  ::setenv("PGSEXTANT_PG_BIN", parent_.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_TRUE(find_installations().empty());
  ::unsetenv("PGSEXTANT_PG_BIN");  // NOLINT(concurrency-mt-unsafe)
  const auto all = find_installations();
  ::setenv("PGSEXTANT_PG_BIN", all.back().bin.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  EXPECT_EQ(find_installations().size(), 1U);
  EXPECT_EQ(find_installations().front().major, all.back().major);
  ::unsetenv("PGSEXTANT_PG_BIN");  // NOLINT(concurrency-mt-unsafe)
}

TEST_F(PrivateServerLive, OutlivesTheThreadThatStartedIt) {
  std::optional<PrivateServer> server;
  std::thread([&] {
    auto started = PrivateServer::start(options());
    if (started) server.emplace(*std::move(started));
  }).join();
  ASSERT_TRUE(server);
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(Session::connect(server->conninfo()).query("SELECT 1").integer(0, 0), 1);
}

TEST_F(PrivateServerLive, APausedServerIsRemovedToo) {
  const auto begin = std::chrono::steady_clock::now();
  pid_t postmaster = 0;
  {
    auto server = PrivateServer::start(options());
    ASSERT_TRUE(server.ok()) << server.failure().message;
    postmaster = server->postmaster();
    server->pause();
  }
  EXPECT_FALSE(exists(postmaster));
  EXPECT_EQ(left_behind(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 15s);
}

TEST_F(PrivateServerLive, AStandbyStreamsAndReplays) {
  auto chosen = options();
  chosen.tcp = true;
  auto primary = PrivateServer::start(chosen);
  ASSERT_TRUE(primary.ok()) << primary.failure().message;
  auto admin = Session::connect(primary->conninfo(), test::unhurried());
  admin.execute("CREATE TABLE t AS SELECT 1 AS a");
  auto standby = primary->start_standby(chosen);
  ASSERT_TRUE(standby.ok()) << standby.failure().message;
  EXPECT_NE(standby->port(), primary->port());
  EXPECT_NE(standby->directory(), primary->directory());

  auto reader = Session::connect(standby->conninfo());
  EXPECT_TRUE(reader.query("SELECT pg_is_in_recovery()").boolean(0, 0));
  EXPECT_EQ(reader.query("SELECT count(*) FROM t").integer(0, 0), 1);
  admin.execute("INSERT INTO t VALUES (2)");
  EXPECT_TRUE(eventually([&] { return reader.query("SELECT count(*) FROM t").integer(0, 0) == 2; }));
  const auto replication = admin.query("SELECT application_name, state FROM pg_stat_replication");
  ASSERT_EQ(replication.size(), 1U);
  EXPECT_EQ(replication.text(0, 0), standby->directory().filename().string());
  EXPECT_EQ(replication.text(0, 1), "streaming");

  // A standby that was away catches up.
  standby->stop();
  admin.execute("INSERT INTO t VALUES (3)");
  ASSERT_TRUE(standby->restart().ok());
  auto again = Session::connect(standby->conninfo());
  EXPECT_TRUE(eventually([&] { return again.query("SELECT count(*) FROM t").integer(0, 0) == 3; }));
}

/// Runs in a process of its own, which then waits to be killed: a server and its standby; their postmasters' pids are
/// written to `out`.
[[noreturn]] void own_servers(const PrivateServerOptions& chosen, int out) {
  auto server = PrivateServer::start(chosen);
  if (!server) ::_exit(1);
  auto standby = server->start_standby(chosen);
  const std::array<pid_t, 2> postmasters{server->postmaster(), standby ? standby->postmaster() : 0};
  if (::write(out, postmasters.data(), sizeof postmasters) != sizeof postmasters) ::_exit(1);
  while (true) ::pause();
}

TEST_F(PrivateServerLive, SigkillOfTheOwnerEndsItsServersAndTheNextStartCleansUp) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t owner = ::fork();
  if (owner == 0) own_servers(options(), pipe[1]);
  ::close(pipe[1]);
  std::array<pid_t, 2> postmasters{};
  ASSERT_EQ(::read(pipe[0], postmasters.data(), sizeof postmasters), static_cast<ssize_t>(sizeof postmasters));
  ::close(pipe[0]);
  ASSERT_TRUE(exists(postmasters[0]));
  ASSERT_TRUE(exists(postmasters[1]));

  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  EXPECT_TRUE(eventually([&] { return !exists(postmasters[0]) && !exists(postmasters[1]); }));
  EXPECT_EQ(left_behind(), 2);
  {
    const auto next = PrivateServer::start(options());
    ASSERT_TRUE(next.ok()) << next.failure().message;
    EXPECT_EQ(left_behind(), 1);
  }
  EXPECT_EQ(left_behind(), 0);
}

TEST_F(PrivateServerLive, ADirectoryInUseOrOfSomebodyElseIsLeftAlone) {
  const auto server = PrivateServer::start(options());
  ASSERT_TRUE(server.ok()) << server.failure().message;
  fs::create_directory(parent_ / "pgsextant-nomark");
  fs::create_directory(parent_ / "other");
  std::ofstream(parent_ / "other" / "owner") << "pgsextant private server\n1\n0\n\n";
  // A dead owner of another pid namespace: the process may well live there.
  fs::create_directory(parent_ / "pgsextant-elsewhere");
  std::ofstream(parent_ / "pgsextant-elsewhere" / "owner") << "pgsextant private server\n1\n0\npid:[1]\n";
  fs::create_symlink(server->directory(), parent_ / "pgsextant-symlink");
  remove_stale_directories(parent_, server_account());
  EXPECT_EQ(left_behind(), 5);
  EXPECT_EQ(Session::connect(server->conninfo()).query("SELECT 1").integer(0, 0), 1);
}

}  // namespace
}  // namespace pgsextant::pg
