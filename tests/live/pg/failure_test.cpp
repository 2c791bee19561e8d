// Drills with a server of their own, which they stop, kill and freeze.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill is POSIX, not in <csignal>

#include <chrono>

#include "pg/private_server.hpp"
#include "pg/session.hpp"
#include "tests/support/live_server.hpp"

namespace pgsextant::pg {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class FailureLive : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!test::live_server_missing().empty()) return;
    PrivateServerOptions options;
    options.tcp = true;
    auto started = PrivateServer::start(options);
    ASSERT_TRUE(started.ok()) << started.failure().message;
    server_ = std::make_unique<PrivateServer>(*std::move(started));
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    PGSEXTANT_NEEDS_SERVER();
    ASSERT_NE(server_, nullptr);
  }
  static Failure failure_of(Session& session, const char* sql) {
    try {
      session.query(sql);
    } catch (const Error& error) {
      return error.failure();
    }
    ADD_FAILURE() << "no error: " << sql;
    return {};
  }

  static Failure connect_failure(const SessionOptions& options) {
    try {
      Session::connect(server_->conninfo(), options);
    } catch (const Error& error) {
      return error.failure();
    }
    ADD_FAILURE() << "connected";
    return {};
  }

  static inline std::unique_ptr<PrivateServer> server_;
};

TEST_F(FailureLive, AServerThatHangsIsGivenUpAtTheDeadline) {
  SessionOptions options;
  options.statement_timeout = 300ms;
  options.client_deadline = 500ms;
  options.connect_timeout = 500ms;
  auto session = Session::connect(server_->conninfo(), options);
  server_->pause();
  auto begin = std::chrono::steady_clock::now();
  const auto failure = failure_of(session, "SELECT 1");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
  EXPECT_EQ(failure.outcome, Outcome::timeout);
  EXPECT_THAT(failure.message, HasSubstr("within 500 ms"));
  EXPECT_FALSE(session.usable());
  EXPECT_EQ(failure_of(session, "SELECT 1").outcome, Outcome::unavailable);

  begin = std::chrono::steady_clock::now();
  EXPECT_EQ(connect_failure(options).outcome, Outcome::timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
  server_->resume();
  EXPECT_EQ(Session::connect(server_->conninfo()).query("SELECT 1").integer(0, 0), 1);
}

TEST_F(FailureLive, AStoppedBackendIsGivenUpAtTheDeadline) {
  SessionOptions options;
  options.client_deadline = 300ms;
  auto session = Session::connect(server_->conninfo(), options);
  ASSERT_EQ(::kill(session.backend_pid(), SIGSTOP), 0);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(failure_of(session, "SELECT 1").outcome, Outcome::timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 800ms);
  ::kill(session.backend_pid(), SIGCONT);
}

TEST_F(FailureLive, AKilledServerIsUnavailableAndComesBackWithItsDataOnItsPort) {
  auto options = test::unhurried();
  auto session = Session::connect(server_->conninfo(), options);
  session.execute("CREATE TABLE kept AS SELECT 42 AS a; CHECKPOINT; CREATE ROLE tcp_user LOGIN PASSWORD 'secret'");
  const auto port = server_->port();
  const auto directory = server_->directory();

  server_->kill();
  EXPECT_EQ(server_->postmaster(), 0);
  EXPECT_EQ(failure_of(session, "SELECT 1").outcome, Outcome::unavailable);
  EXPECT_FALSE(session.usable());
  const auto refused = connect_failure({});
  EXPECT_EQ(refused.outcome, Outcome::unavailable);
  EXPECT_THAT(refused.message, HasSubstr("nothing accepts connections"));

  const auto restarted = server_->restart();
  ASSERT_TRUE(restarted.ok()) << restarted.failure().message;
  EXPECT_EQ(server_->port(), port);
  EXPECT_EQ(server_->directory(), directory);
  auto again = Session::connect(server_->tcp_conninfo("postgres", "tcp_user", "secret"));
  EXPECT_EQ(again.query("SELECT count(*) FROM pg_tables WHERE tablename = 'kept'").integer(0, 0), 1);
  EXPECT_EQ(Session::connect(server_->conninfo()).query("SELECT a FROM kept").integer(0, 0), 42);
}

TEST_F(FailureLive, StopIsAFastShutdown) {
  auto session = Session::connect(server_->conninfo());
  server_->stop();
  const auto failure = failure_of(session, "SELECT 1");
  EXPECT_EQ(failure.outcome, Outcome::unavailable);
  EXPECT_FALSE(session.usable());
  server_->stop();  // again: nothing to do
  ASSERT_TRUE(server_->restart().ok());
  ASSERT_TRUE(server_->restart().ok()) << "restarts a running server too";
}

TEST_F(FailureLive, TheSocketNumberOfALostSessionMayBeAnothersAndIsLeftAlone) {
  auto lost = Session::connect(server_->conninfo());
  Session::connect(server_->conninfo())
      .query("SELECT pg_terminate_backend($1::int)", {std::to_string(lost.backend_pid())});
  EXPECT_EQ(failure_of(lost, "SELECT 1").outcome, Outcome::unavailable);
  std::vector<Session> others;
  others.reserve(4);
  for (int i = 0; i < 4; ++i) others.push_back(Session::connect(server_->conninfo()));
  lost.interrupt();
  for (auto& other : others) EXPECT_EQ(other.query("SELECT 1").integer(0, 0), 1);
}

}  // namespace
}  // namespace pgsextant::pg
