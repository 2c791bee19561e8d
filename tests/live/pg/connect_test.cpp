#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <stop_token>
#include <thread>

#include "pg/session.hpp"
#include "tests/support/live_server.hpp"

namespace pgsextant::pg {
namespace {

using namespace std::chrono_literals;
using test::live_server;
using testing::HasSubstr;
using testing::Not;

Failure connect_failure(const Conninfo& conninfo, const SessionOptions& options = {},
                        const std::stop_token& stop = {}) {
  try {
    Session::connect(conninfo, options, stop);
  } catch (const Error& error) {
    return error.failure();
  }
  ADD_FAILURE() << "connected to " << conninfo.display();
  return {};
}

/// A port of 127.0.0.1; listening or not, nobody answers there.
class SilentPort {
 public:
  explicit SilentPort(bool listening) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_, generic, length), 0);
    EXPECT_TRUE(!listening || ::listen(socket_, 8) == 0);
    ::getsockname(socket_, generic, &length);
    port_ = ntohs(address.sin_port);
  }
  ~SilentPort() { ::close(socket_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  [[nodiscard]] Conninfo conninfo() const {
    return *Conninfo::parse("host=127.0.0.1 user=monitor password=hunter2 dbname=shop port=" + std::to_string(port_));
  }
  [[nodiscard]] int port() const { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

TEST(ConnectLive, AServerThatNeverAnswersIsATimeout) {
  const SilentPort port(true);
  SessionOptions options;
  options.connect_timeout = 500ms;
  const auto begin = std::chrono::steady_clock::now();
  const auto failure = connect_failure(port.conninfo(), options);
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(failure.outcome, Outcome::timeout);
  EXPECT_THAT(failure.message, HasSubstr("shop on 127.0.0.1:" + std::to_string(port.port()) + " as monitor"));
  EXPECT_THAT(failure.message, Not(HasSubstr("hunter2")));
  EXPECT_GE(elapsed, 500ms);
  EXPECT_LT(elapsed, 1s);
}

TEST(ConnectLive, ItsTimeoutMayComeFromTheConnectionString) {
  const SilentPort port(true);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(connect_failure(port.conninfo().with("connect_timeout", "1")).outcome, Outcome::timeout);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1500ms);
}

TEST(ConnectLive, ARequestToStopEndsIt) {
  const SilentPort port(true);
  std::stop_source stop;
  std::thread other([&] {
    std::this_thread::sleep_for(100ms);
    stop.request_stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(connect_failure(port.conninfo(), {}, stop.get_token()).outcome, Outcome::unavailable);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);
  other.join();
}

TEST(ConnectLive, AClosedPortIsUnavailable) {
  const SilentPort port(false);
  const auto failure = connect_failure(port.conninfo());
  EXPECT_EQ(failure.outcome, Outcome::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("nothing accepts connections at 127.0.0.1:" + std::to_string(port.port())));
  EXPECT_THAT(failure.hint, HasSubstr("pg_isready -h 127.0.0.1"));
  EXPECT_EQ(connect_failure(*Conninfo::parse("host=/nonexistent user=u")).outcome, Outcome::unavailable);
}

TEST(ConnectLive, AnUnknownHostIsUnavailable) {
  // RFC 2606: never resolves.
  const auto failure = connect_failure(*Conninfo::parse("host=no-such-host.invalid user=u"));
  EXPECT_EQ(failure.outcome, Outcome::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("no-such-host.invalid cannot be resolved"));
}

TEST(ConnectLive, TheNextHostIsTriedWhenOneRefuses) {
  PGSEXTANT_NEEDS_SERVER();
  const SilentPort port(false);
  const auto good = live_server().make_monitor("fallback", "secret");
  auto session = Session::connect(
      good.with("host", "127.0.0.1,127.0.0.1").with("port", std::to_string(port.port()) + "," + good.value("port")));
  EXPECT_EQ(session.query("SELECT 1").integer(0, 0), 1);
}

TEST(ConnectLive, AWrongPasswordIsDeniedAndNotShown) {
  PGSEXTANT_NEEDS_SERVER();
  const auto good = live_server().make_monitor("monitor", "hunter2");
  EXPECT_NO_THROW(Session::connect(good));
  const auto failure = connect_failure(good.with("password", "wrong-hunter3"));
  EXPECT_EQ(failure.outcome, Outcome::denied);
  EXPECT_THAT(failure.message, HasSubstr("password of role monitor is wrong"));
  EXPECT_THAT(failure.message + failure.hint, Not(HasSubstr("hunter")));
  EXPECT_EQ(connect_failure(live_server().server().tcp_conninfo("postgres", "no_such_role", "x")).outcome,
            Outcome::denied);
}

TEST(ConnectLive, AMissingPasswordIsDenied) {
  PGSEXTANT_NEEDS_SERVER();
  live_server().make_monitor("monitor", "hunter2");
  const auto without = live_server().conninfo().with("host", "127.0.0.1").with("user", "monitor");
  const auto failure = connect_failure(without.with("passfile", "/nonexistent"));
  EXPECT_EQ(failure.outcome, Outcome::denied);
  EXPECT_THAT(failure.hint, HasSubstr("~/.pgpass"));
}

TEST(ConnectLive, AMissingDatabaseIsNamed) {
  PGSEXTANT_NEEDS_SERVER();
  const auto failure = connect_failure(live_server().conninfo("nowhere"));
  EXPECT_EQ(failure.outcome, Outcome::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("database nowhere does not exist"));
}

TEST(ConnectLive, NoConnectionLeftIsUnavailable) {
  PGSEXTANT_NEEDS_SERVER();
  const auto conninfo = live_server().make_monitor("limited", "secret");
  live_server().superuser().execute("ALTER ROLE limited CONNECTION LIMIT 1");
  const auto first = Session::connect(conninfo);
  const auto failure = connect_failure(conninfo);
  EXPECT_EQ(failure.outcome, Outcome::unavailable);
  EXPECT_THAT(failure.message, HasSubstr("too many connections for role \"limited\""));
}

TEST(ConnectLive, NoLineInPgHbaIsDeniedWithTheLineToAdd) {
  PGSEXTANT_NEEDS_SERVER();
  // The private server's pg_hba.conf has none for replication over TCP.
  const auto conninfo = live_server().make_monitor("monitor", "hunter2").with("replication", "true");
  const auto failure = connect_failure(conninfo);
  EXPECT_EQ(failure.outcome, Outcome::denied);
  EXPECT_THAT(failure.message, HasSubstr("no pg_hba.conf entry"));
  EXPECT_THAT(failure.hint, HasSubstr("pg_reload_conf"));
}

TEST(ConnectLive, PasswordsComeFromThePassfileToo) {
  PGSEXTANT_NEEDS_SERVER();
  live_server().make_monitor("monitor", "hunter2");
  std::string file = "/tmp/pgsextant-pass-XXXXXX";
  const int descriptor = ::mkstemp(file.data());
  const std::string line = "127.0.0.1:*:*:monitor:hunter2\n";
  ASSERT_EQ(::write(descriptor, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  ::close(descriptor);
  const auto conninfo =
      live_server().conninfo().with("host", "127.0.0.1").with("user", "monitor").with("passfile", file);
  auto session = Session::connect(conninfo);
  EXPECT_EQ(session.query("SELECT session_user").text(0, 0), "monitor");
  ::unlink(file.c_str());
}

}  // namespace
}  // namespace pgsextant::pg
