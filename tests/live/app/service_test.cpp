// The service against servers that misbehave: what it says, what it keeps, and that it recovers by itself.

#include "app/service.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "pg/private_server.hpp"
#include "pg/session.hpp"

namespace pgsextant::app {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Not;

/// As gmock's HasSubstr, but a failure does not print the whole page.
MATCHER_P(HasSubstr, text, "has \"" + std::string(text) + "\"") {
  *result_listener << "in a body of " << arg.size() << " bytes";
  return arg.find(text) != std::string::npos;
}

/// A page or an answer, printed by gtest as its beginning.
struct Body : std::string {
  using std::string::string;
  explicit Body(std::string text) : std::string(std::move(text)) {}
  friend void PrintTo(const Body& body, std::ostream* out) { *out << body.substr(0, 80) << "…"; }
};

constexpr auto patience = 40s;
constexpr const char* password = "s3cret-of-the-monitor";
constexpr const char* wrong_password = "wr0ng-of-the-monitor";

pg::Session superuser(const pg::PrivateServer& server, std::string_view database = "postgres") {
  pg::SessionOptions options;
  options.read_only = false;
  options.statement_timeout = 60s;
  options.client_deadline = 70s;
  return pg::Session::connect(server.conninfo(database), options);
}

/// A private server with a monitoring role; without binaries the test is skipped.
std::optional<pg::PrivateServer> make_server(bool statements = true) {
  pg::PrivateServerOptions options;
  options.tcp = true;
  if (statements) options.settings.emplace_back("shared_preload_libraries", "pg_stat_statements");
  auto server = pg::PrivateServer::start(options);
  if (!server) return std::nullopt;
  auto session = superuser(*server);
  session.execute("CREATE ROLE monitor LOGIN PASSWORD '" + std::string(password) + "'");
  session.execute("GRANT pg_monitor TO monitor");
  if (statements) session.execute("CREATE EXTENSION pg_stat_statements");
  return std::move(server).value();
}

collector::TargetOptions target(const std::string& name, const pg::PrivateServer& server,
                                std::string_view with_password = password) {
  collector::TargetOptions options{
      .name = name, .cluster = "", .conninfo = server.tcp_conninfo("postgres", "monitor", with_password)};
  options.connect_timeout = 2s;
  options.statement_timeout = 1s;
  return options;
}

/// A service on a free port and a reader of it.
class Running {
 public:
  explicit Running(std::vector<collector::TargetOptions> targets) {
    Config config;
    config.targets = std::move(targets);
    config.web.port = 0;
    auto started = Service::start(config);
    if (!started) throw std::runtime_error(started.failure().message);
    service_ = std::move(started).value();
  }

  [[nodiscard]] Body get(const std::string& path) const {
    const auto url = service_->url();
    httplib::Client client(url.substr(0, url.size() - 1));
    client.set_read_timeout(5);
    const auto answer = client.Get(path);
    return Body(answer ? answer->body : "");
  }

  /// Asks until the body satisfies or the patience is over; returns the last body.
  [[nodiscard]] Body wait(const std::string& path, const std::function<bool(const std::string&)>& satisfied) const {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    Body body;
    do {
      body = get(path);
      if (satisfied(body)) break;
      std::this_thread::sleep_for(200ms);
    } while (std::chrono::steady_clock::now() < deadline);
    return body;
  }

  [[nodiscard]] Body wait_for(const std::string& path, const std::string& text) const {
    return wait(path, [&](const std::string& body) { return body.find(text) != std::string::npos; });
  }

 private:
  std::unique_ptr<Service> service_;
};

std::string up(const std::string& server, int value) {
  return "pg_up{server=\"" + server + "\"} " + std::to_string(value);
}

/// Listens but never answers, as a host behind a firewall that drops packets does to a connected client.
class BlackHole {
 public:
  BlackHole() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(socket_, 16) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) != 0)
      throw std::runtime_error("no black hole");
    port_ = ntohs(address.sin_port);
  }
  ~BlackHole() { ::close(socket_); }
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;
  [[nodiscard]] int port() const { return port_; }

 private:
  int socket_;
  int port_ = 0;
};

TEST(Service, ReportsAServerThatIsDownAtTheStartAndRecovers) {
  auto server = make_server();
  if (!server) GTEST_SKIP() << "no PostgreSQL server binaries";
  server->stop();
  const Running service({target("late", *server)});
  EXPECT_THAT(service.wait_for("/metrics", up("late", 0)), HasSubstr(up("late", 0)));
  EXPECT_THAT(service.wait_for("/servers/late", "nothing accepts connections"), HasSubstr("pg_isready"));
  EXPECT_THAT(service.get("/readyz"), HasSubstr("late"));
  ASSERT_TRUE(server->restart().ok());
  EXPECT_THAT(service.wait_for("/metrics", up("late", 1)), HasSubstr(up("late", 1)));
  EXPECT_THAT(service.wait_for("/metrics", "pg_stat_database_xact_commit"), HasSubstr("pg_stat_database_xact_commit"));
}

TEST(Service, KeepsWhatItSawWhenTheServerIsKilledAndRecovers) {
  auto server = make_server();
  if (!server) GTEST_SKIP() << "no PostgreSQL server binaries";
  superuser(*server).execute("CREATE DATABASE remembered_database");
  const Running service({target("mortal", *server)});
  ASSERT_THAT(service.wait_for("/api/v1/servers/mortal", "remembered_database"), HasSubstr("remembered_database"));
  server->kill();
  EXPECT_THAT(service.wait_for("/metrics", up("mortal", 0)), HasSubstr(up("mortal", 0)));
  EXPECT_THAT(service.get("/api/v1/servers/mortal"), HasSubstr("remembered_database"));
  ASSERT_TRUE(server->restart().ok());
  EXPECT_THAT(service.wait_for("/metrics", up("mortal", 1)), HasSubstr(up("mortal", 1)));
}

TEST(Service, AHungServerDelaysNoOther) {
  auto server = make_server();
  auto hung = make_server();
  if (!server || !hung) GTEST_SKIP() << "no PostgreSQL server binaries";
  const BlackHole hole;
  auto black = target("black-hole", *server);
  black.conninfo = black.conninfo.with("port", std::to_string(hole.port()));
  const Running service({black, target("hung", *hung), target("well", *server)});
  ASSERT_THAT(service.wait_for("/metrics", up("well", 1)), HasSubstr(up("well", 1)));
  ASSERT_THAT(service.wait_for("/metrics", up("hung", 1)), HasSubstr(up("hung", 1)));
  hung->pause();
  EXPECT_THAT(service.wait_for("/metrics", up("hung", 0)), AllOf(HasSubstr(up("hung", 0)), HasSubstr(up("well", 1))));
  EXPECT_THAT(service.wait_for("/metrics", up("black-hole", 0)), HasSubstr(up("black-hole", 0)));
  hung->resume();
  EXPECT_THAT(service.wait_for("/metrics", up("hung", 1)), HasSubstr(up("hung", 1)));
}

TEST(Service, SaysWhatIsMissingAndHowToGetIt) {
  auto server = make_server(/*statements=*/false);
  if (!server) GTEST_SKIP() << "no PostgreSQL server binaries";
  superuser(*server).execute("REVOKE pg_monitor FROM monitor");
  const Running service({target("bare", *server)});
  const auto page = service.wait_for("/servers/bare", "pg_stat_statements");
  EXPECT_THAT(page, HasSubstr("CREATE EXTENSION"));
  EXPECT_THAT(page, HasSubstr("GRANT pg_monitor"));
  EXPECT_THAT(service.get("/metrics"), HasSubstr(up("bare", 1)));
}

TEST(Service, AWrongPasswordIsSaidAndNeverShown) {
  auto server = make_server();
  if (!server) GTEST_SKIP() << "no PostgreSQL server binaries";
  ::testing::internal::CaptureStderr();
  {
    const Running service({target("locked-out", *server, wrong_password)});
    const auto page = service.wait_for("/servers/locked-out", "password");
    EXPECT_THAT(page, AllOf(HasSubstr("the password of role monitor is wrong"), Not(HasSubstr(wrong_password))));
    for (const auto* path : {"/metrics", "/api/v1/servers", "/api/v1/servers/locked-out", "/readyz"})
      EXPECT_THAT(service.get(path), Not(HasSubstr(wrong_password))) << path;
    superuser(*server).execute("ALTER ROLE monitor PASSWORD '" + std::string(wrong_password) + "'");
    EXPECT_THAT(service.wait_for("/metrics", up("locked-out", 1)), HasSubstr(up("locked-out", 1)));
  }
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), Not(HasSubstr(wrong_password)));
}

TEST(Service, NoLiteralOfAStatementIsShownAnywhere) {
  auto server = make_server();
  if (!server) GTEST_SKIP() << "no PostgreSQL server binaries";
  auto session = superuser(*server);
  session.execute("CREATE ROLE other PASSWORD 'l1teral-in-utility'");
  session.query("SELECT 'l1teral-in-query', pg_sleep(0.01)");
  auto sleeper = superuser(*server);
  const std::jthread busy([&] { sleeper.query("SELECT 'l1teral-in-activity', pg_sleep(8)"); });
  const Running service({target("discreet", *server)});
  const auto page = service.wait_for("/servers/discreet", "pg_sleep");
  EXPECT_THAT(page, HasSubstr("pg_sleep"));
  for (const auto* path : {"/servers/discreet", "/metrics", "/api/v1/servers/discreet"})
    EXPECT_THAT(service.get(path), Not(HasSubstr("l1teral"))) << path;
}

TEST(Service, NeverOpensMoreThanThreeConnections) {
  auto server = make_server();
  if (!server) GTEST_SKIP() << "no PostgreSQL server binaries";
  auto session = superuser(*server);
  for (const auto* name : {"one", "two", "three"}) session.execute("CREATE DATABASE " + std::string(name));
  const Running service({target("counted", *server)});
  std::int64_t most = 0;
  const auto until = std::chrono::steady_clock::now() + 8s;
  while (std::chrono::steady_clock::now() < until) {
    most = std::max(
        most,
        session.query("SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE usename = 'monitor'").integer(0, 0));
    std::this_thread::sleep_for(20ms);
  }
  EXPECT_GE(most, 2);
  EXPECT_LE(most, 3);
}

}  // namespace
}  // namespace pgsextant::app
