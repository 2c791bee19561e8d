// The socket's side: what a client can do to us. Real connections on a free loopback port, with short deadlines.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <thread>

#include "fixture.hpp"
#include "web/http/http_server.hpp"
#include "web/http/listen.hpp"
#include "web/server.hpp"

namespace pgsextant::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

class Client {
 public:
  explicit Client(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    void* const raw = &address;
    connected_ = connect(socket_, static_cast<sockaddr*>(raw), sizeof address) == 0;
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  void send(std::string_view text) const { ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  /// All that arrives until `end` is in it, the server closes, or nothing comes for ten seconds.
  [[nodiscard]] std::string receive(std::string_view end = "\xFF") const {
    std::string all;
    for (;;) {
      pollfd entry{socket_, POLLIN, 0};
      std::array<char, 65536> buffer{};
      if (poll(&entry, 1, 10000) <= 0) return all + "(nothing more came)";
      const ssize_t got = recv(socket_, buffer.data(), buffer.size(), 0);
      if (got <= 0) return all;
      all.append(buffer.data(), static_cast<std::size_t>(got));
      if (all.find(end) != std::string::npos) return all;
    }
  }

 private:
  int socket_;
  bool connected_ = false;
};

std::string request(std::string_view path, std::string_view method = "GET",
                    std::string_view headers = "Connection: close\r\n") {
  return std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(headers) +
         "\r\n";
}

class HttpTest : public testing::Test {
 protected:
  HttpTest() { start(8000ms); }

  /// The bounds on time below lie far from this patience on either side, so that a busy machine changes no verdict.
  void start(std::chrono::milliseconds patience) {
    auto listener = listen_on("127.0.0.1", 0, false);
    if (!listener) throw std::runtime_error(listener.failure().message);
    listener_ = *listener;
    HttpLimits limits;
    limits.workers = 6;
    limits.patience = patience;
    limits.patience_when_crowded = 20ms;
    server_ = std::make_unique<HttpServer>(
        listener_,
        [](const Request& request) {
          Response response;
          response.status = request.method == "POST" ? 405 : 200;
          response.content_type = "text/plain";
          response.body = request.target == "/large" ? std::string(500'000, 'x') : "echo " + request.target + "\n";
          return response;
        },
        limits);
  }

  [[nodiscard]] std::string ask(std::string_view text) const {
    const Client client(listener_.port);
    client.send(text);
    return client.receive();
  }

  Listener listener_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpTest, AnswersAndSaysHowLong) {
  EXPECT_THAT(ask(request("/a%2Fb?c")), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("Content-Length: 14\r\n"),
                                              HasSubstr("\r\n\r\necho /a%2Fb?c\n")));
}

TEST_F(HttpTest, HeadHasTheHeadersAlone) {
  EXPECT_THAT(ask(request("/", "HEAD")), AllOf(HasSubstr("Content-Length: 7\r\n"), Not(HasSubstr("echo"))));
}

TEST_F(HttpTest, AConnectionServesSeveralRequests) {
  const Client client(listener_.port);
  client.send(request("/1", "GET", ""));
  EXPECT_THAT(client.receive("echo /1\n"), HasSubstr("200 OK"));
  client.send(request("/2", "GET", "") + request("/3"));
  EXPECT_THAT(client.receive(), AllOf(HasSubstr("echo /2\n"), HasSubstr("echo /3\n")));
}

TEST_F(HttpTest, ABodyIsNeverTakenForTheNextRequest) {
  const std::string smuggled = request("/smuggled");
  const std::string answer =
      ask(request("/", "POST", "Content-Length: " + std::to_string(smuggled.size()) + "\r\n") + smuggled);
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Connection: close"), Not(HasSubstr("smuggled"))));
}

TEST_F(HttpTest, RangesAndBrotliAreNotServed) {
  EXPECT_THAT(ask(request("/", "GET", "Range: bytes=0-1,2-3\r\nConnection: close\r\n")),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("echo /\n")));
  EXPECT_THAT(ask(request("/large", "GET", "Accept-Encoding: br\r\nConnection: close\r\n")),
              Not(HasSubstr("Content-Encoding")));
  EXPECT_THAT(ask(request("/large", "GET", "Accept-Encoding: gzip, br\r\nConnection: close\r\n")),
              HasSubstr("Content-Encoding: gzip"));
}

TEST_F(HttpTest, WhatIsNotHttpIsRefusedWithTheSameHeaders) {
  EXPECT_THAT(ask("nonsense\r\n\r\n"),
              AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("Content-Security-Policy: default-src 'none'")));
}

TEST_F(HttpTest, RequestsAreBoundedInSize) {
  EXPECT_THAT(ask(request("/" + std::string(10'000, 'a'))), StartsWith("HTTP/1.1 414"));
  EXPECT_THAT(ask("GET /" + std::string(100'000, 'a')), StartsWith("HTTP/1.1 431"));
  std::string headers;
  for (int i = 0; i < 1000; ++i) headers += "X-" + std::to_string(i) + ": " + std::string(100, 'a') + "\r\n";
  EXPECT_THAT(ask(request("/", "GET", headers)), StartsWith("HTTP/1.1 431"));
}

TEST_F(HttpTest, ASlowSenderIsCutOffAlthoughItKeepsSending) {
  start(150ms);
  const Client client(listener_.port);
  std::atomic<bool> answered = false;
  int sent = 0;
  std::thread sender([&] {
    for (; sent < 500 && !answered; ++sent) {
      client.send("G");
      std::this_thread::sleep_for(10ms);
    }
  });
  const std::string answer = client.receive();
  answered = true;
  sender.join();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 408"));
  EXPECT_LT(sent, 500) << "the deadline is for the whole request, not for each byte";
}

TEST_F(HttpTest, SlowClientsDoNotBlockOthers) {
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 16; ++i) {
    slow.push_back(std::make_unique<Client>(listener_.port));
    ASSERT_TRUE(slow.back()->connected());
    slow.back()->send("GET / HT");
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(ask(request("/fast")), HasSubstr("echo /fast\n"));
  // Two of the six workers are patient with the first; the other four turn over every 20 ms (and 100 ms of farewell).
  EXPECT_LT(std::chrono::steady_clock::now() - start, 6000ms);
}

TEST_F(HttpTest, StopsAtOnceWhileClientsAreConnected) {
  const Client idle(listener_.port);
  const Client slow(listener_.port);
  slow.send("GET / HT");
  const auto start = std::chrono::steady_clock::now();
  server_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 6000ms) << "before any deadline";
  EXPECT_FALSE(Client(listener_.port).connected());
}

TEST(Listen, APortInUseIsRefusedWithTheReason) {
  const auto first = listen_on("127.0.0.1", 0, false);
  ASSERT_TRUE(first);
  const auto second = listen_on("127.0.0.1", first->port, false);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().outcome, Outcome::invalid_input);
  EXPECT_THAT(second.failure().message,
              AllOf(HasSubstr("127.0.0.1:" + std::to_string(first->port)), HasSubstr("in use")));
  close(first->socket);
}

TEST(Listen, OnlyLoopbackGoesWithoutAToken) {
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    const auto refused = listen_on(address, 0, false);
    ASSERT_FALSE(refused) << address;
    EXPECT_THAT(refused.failure().message, HasSubstr("token")) << address;
  }
  for (const char* address : {"127.0.0.1", "127.0.0.9", "localhost"}) {
    const auto allowed = listen_on(address, 0, false);
    ASSERT_TRUE(allowed) << address;
    EXPECT_TRUE(allowed->loopback);
    close(allowed->socket);
  }
  const auto open = listen_on("0.0.0.0", 0, true);
  ASSERT_TRUE(open);
  EXPECT_FALSE(open->loopback);
  close(open->socket);
}

TEST(Listen, AnAddressThatIsNotOursIsRefused) {
  EXPECT_THAT(listen_on("192.0.2.1", 0, true).failure().hint, HasSubstr("no interface"));
  EXPECT_EQ(listen_on("no such name", 0, true).failure().outcome, Outcome::invalid_input);
}

TEST(Server, ServesTheReportWhereItSays) {
  Board board;
  fixture::publish(board, fixture::shop());
  const auto store = fixture::history();
  const fixture::FixedClock clock;
  WebOptions options;
  options.port = 0;
  const auto server = Server::start(options, board, *store, clock);
  ASSERT_TRUE(server);
  EXPECT_EQ((*server)->url(), "http://127.0.0.1:" + std::to_string((*server)->port()) + "/");
  const Client client((*server)->port());
  client.send(request("/servers/shop-primary"));
  EXPECT_THAT(client.receive(), AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("need attention")));
  options.port = (*server)->port();
  EXPECT_FALSE(Server::start(options, board, *store, clock)) << "a second instance does not share the port";
  options.address = "0.0.0.0";
  EXPECT_THAT(Server::start(options, board, *store, clock).failure().hint, HasSubstr("token"));
}

}  // namespace
}  // namespace pgsextant::web
