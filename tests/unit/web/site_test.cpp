// Routes, access and headers, without a socket.

#include "web/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fixture.hpp"
#include "web/http/static_files.hpp"

namespace pgsextant::web {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SiteTest : public testing::Test {
 protected:
  SiteTest() { fixture::publish(board_, fixture::shop()); }

  Response get(std::string target, std::string authorization = "", std::string method = "GET",
               std::string host = "localhost:9187") const {
    const Site site(options_, loopback_, board_, *store_, clock_);
    return site.respond(
        {std::move(method), std::move(target), std::move(host), std::move(authorization), if_none_match_});
  }

  Board board_;
  std::unique_ptr<store::Store> store_ = fixture::history();
  fixture::FixedClock clock_;
  WebOptions options_;
  bool loopback_ = true;
  std::string if_none_match_;
};

TEST_F(SiteTest, TheOnlyServerIsTheFrontPage) {
  EXPECT_EQ(get("/").status, 302);
  EXPECT_EQ(get("/").header("Location"), "/servers/shop-primary");
  Snapshot second = fixture::snapshot();
  second.server.name = "a/b <c>";
  fixture::publish(board_, fixture::report(second));
  EXPECT_EQ(get("/").status, 200);
  EXPECT_THAT(get("/").body, HasSubstr("href=\"/servers/a%2Fb%20%3Cc%3E\""));
  EXPECT_EQ(get("/servers/a%2Fb%20%3Cc%3E").status, 200);
}

TEST_F(SiteTest, WithoutServersThePageSaysSo) {
  const Board none;
  const Response answer = Site(options_, true, none, *store_, clock_).respond({"GET", "/", "localhost", "", ""});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("No server has been asked yet"));
}

TEST_F(SiteTest, EveryAnswerHasTheSecurityHeaders) {
  for (const char* path : {"/", "/servers/shop-primary", "/metrics", "/healthz", "/readyz", "/api/v1/servers", "/nope",
                           "/static/app.css", "/api/nope", "/%zz"}) {
    const Response answer = get(path);
    EXPECT_EQ(answer.header("Content-Security-Policy"),
              "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
              "base-uri 'none'; "
              "form-action 'self'; frame-ancestors 'none'")
        << path;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer") << path;
    EXPECT_FALSE(answer.header("Cache-Control").empty()) << path;
    EXPECT_EQ(std::count_if(answer.headers.begin(), answer.headers.end(),
                            [](const auto& h) { return h.first == "Content-Security-Policy"; }),
              1)
        << path;
  }
}

TEST_F(SiteTest, UnknownPathsAreNotFound) {
  for (const char* path :
       {"/nope", "/servers/nope", "/servers/shop-primary/statements/1", "/servers/shop-primary/statements/abc",
        "/servers/shop-primary/statements/9999999999999999999999", "/servers/shop-primary/x/y", "/static/nope.css",
        "/static/../server.hpp", "/static/templates%2Fserver.html", "/servers/shop-primary/statements/31/x"})
    EXPECT_EQ(get(path).status, 404) << path;
  EXPECT_EQ(get("/a%2").status, 400);
}

TEST_F(SiteTest, ErrorsOfTheApiAreProblems) {
  const Response answer = get("/api/v1/servers/nope");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.content_type, "application/problem+json");
  const json problem = json::parse(answer.body);
  EXPECT_EQ(problem.at("status"), 404);
  EXPECT_EQ(problem.at("title"), "Not found");
  EXPECT_FALSE(problem.at("detail").get<std::string>().empty());
}

TEST_F(SiteTest, OnlyGetAndHead) {
  EXPECT_EQ(get("/", "", "HEAD").status, 302);
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"}) {
    EXPECT_EQ(get("/metrics", "", method).status, 405) << method;
    EXPECT_EQ(get("/metrics", "", method).header("Allow"), "GET, HEAD");
  }
}

TEST_F(SiteTest, APageOfAnotherSiteCannotReadThroughItsOwnName) {
  EXPECT_EQ(get("/", "", "GET", "evil.example").status, 403);
  EXPECT_EQ(get("/metrics", "", "GET", "").status, 403);
  EXPECT_EQ(get("/metrics", "", "GET", "127.0.0.1:4000").status, 200) << "through a tunnel";
  loopback_ = false;
  options_.token = "s3cret";
  EXPECT_EQ(get("/metrics", "Bearer s3cret", "GET", "monitor.example").status, 200);
}

TEST_F(SiteTest, ATokenIsNeededForAllThatTellsSomething) {
  options_.token = "s3cret";
  for (const char* path : {"/", "/servers/shop-primary", "/metrics", "/api/v1/servers", "/static/app.css", "/nope"}) {
    EXPECT_EQ(get(path).status, 401) << path;
    EXPECT_THAT(std::string(get(path).header("WWW-Authenticate")), HasSubstr("Basic realm"));
    EXPECT_EQ(get(path, "Bearer wrong").status, 401) << path;
    EXPECT_NE(get(path, "Bearer s3cret").status, 401) << path;
    EXPECT_THAT(get(path).body, AllOf(Not(HasSubstr("shop-primary")), Not(HasSubstr("s3cret"))));
  }
  EXPECT_EQ(get("/healthz").body, "ok\n");
  EXPECT_EQ(get("/readyz").status, 200);
}

TEST_F(SiteTest, ReadinessNamesServersOnlyToThoseWhoMayRead) {
  Board board;
  Snapshot waiting;
  waiting.server.name = "secret-name";
  board.publish(std::make_shared<const Snapshot>(waiting));
  options_.token = "s3cret";
  const Site site(options_, true, board, *store_, clock_);
  const Response anonymous = site.respond({"GET", "/readyz", "localhost", "", ""});
  EXPECT_EQ(anonymous.status, 503);
  EXPECT_EQ(anonymous.body, "not ready: 0 of 1 servers read\n");
  EXPECT_EQ(site.respond({"GET", "/readyz", "localhost", "Bearer s3cret", ""}).body,
            "not ready: 0 of 1 servers read\nsecret-name: no answer yet\n");
}

TEST_F(SiteTest, StaticFilesAreKeptUntilTheyChange) {
  const Response first = get("/static/app.css");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.content_type, "text/css; charset=utf-8");
  EXPECT_EQ(first.header("Cache-Control"), "no-cache");
  const std::string tag(first.header("ETag"));
  ASSERT_FALSE(tag.empty());
  if_none_match_ = tag;
  EXPECT_EQ(get("/static/app.css").status, 304);
  EXPECT_EQ(get("/static/app.css").body, "");
  if_none_match_ = "W/\"0000000000000000\"";
  EXPECT_EQ(get("/static/app.css").status, 200);
  EXPECT_THAT(std::string(get(static_path("app.css")).header("Cache-Control")), HasSubstr("immutable"));
}

TEST_F(SiteTest, TheJsonTwinSaysWhatThePageSays) {
  const json list = json::parse(get("/api/v1/servers").body);
  EXPECT_EQ(list.at("servers").at(0).at("name"), "shop-primary");
  EXPECT_EQ(list.at("servers").at(0).at("health"), "critical");
  const json server = json::parse(get("/api/v1/servers/shop-primary").body);
  EXPECT_EQ(server.at("link").at("up"), true);
  EXPECT_EQ(server.at("vitals").size(), 13U);
  EXPECT_EQ(server.at("vitals").at(6).at("value"), 14.8123);
  EXPECT_TRUE(server.at("vitals").at(12).at("value").is_null()) << "unknown, not zero";
  EXPECT_EQ(server.at("findings").at(1).at("queryid"), "4611686018427387905")
      << "text: too large for JavaScript's numbers";
  EXPECT_EQ(server.at("findings").at(0).at("first_seen"), "2026-11-21T06:37:01Z");
  EXPECT_EQ(server.at("recommendations").at(0).at("price").at("size_bytes"), 50'331'648);
  EXPECT_EQ(server.at("recommendations").at(1).at("cost_before"), nullptr);
  EXPECT_EQ(server.at("statements").at("rows").at(0).at("calls"), 9'120);
  EXPECT_EQ(server.at("unplanned").at(0).at("reason"), "a parameter's type cannot be determined");
  EXPECT_EQ(server.at("sources").at(8).at("outcome"), "denied");
}

TEST_F(SiteTest, JsonStaysValidWhateverTheNames) {
  Snapshot snapshot = fixture::snapshot();
  snapshot.server.name = "x";
  snapshot.server.cluster = "\xFF\"\n</script>";
  fixture::publish(board_, fixture::report(snapshot));
  const json server = json::parse(get("/api/v1/servers/x").body);
  EXPECT_EQ(server.at("cluster"), "\xEF\xBF\xBD\"\n</script>");
}

/// Whatever fails inside is not told outside.
class BrokenStore final : public store::Store {
 public:
  Result<bool> append(std::string_view, const VitalSample&) override { return true; }
  Result<std::vector<VitalSample>> window(std::string_view, Timestamp, Timestamp, std::size_t) override {
    throw std::runtime_error("password=hunter2");
  }
  Result<bool> record(std::string_view, store::TrackedType, Timestamp, std::span<const Seen>) override { return true; }
  Result<std::vector<store::Tracked>> tracked(std::string_view, store::TrackedType) override {
    return std::vector<store::Tracked>{};
  }
  Result<bool> set_muted(std::string_view, store::TrackedType, std::string_view, bool) override { return true; }
  Result<bool> expire(Timestamp, const store::Retention&) override { return true; }
  [[nodiscard]] std::string status() const override { return ""; }
};

TEST_F(SiteTest, AnInternalErrorShowsNothingInternal) {
  BrokenStore broken;
  const Response answer =
      Site(options_, true, board_, broken, clock_).respond({"GET", "/servers/shop-primary", "localhost", "", ""});
  EXPECT_EQ(answer.status, 500);
  EXPECT_THAT(answer.body, AllOf(Not(HasSubstr("hunter2")), HasSubstr("Internal error")));
}

}  // namespace
}  // namespace pgsextant::web
