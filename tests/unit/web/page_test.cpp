#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <utility>
#include <vector>

#include "core/embedded.hpp"
#include "fixture.hpp"
#include "web/pages/pages.hpp"
#include "web/server.hpp"

namespace pgsextant::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string page(const ServerReport& report) {
  const auto store = fixture::history();
  return render_server_page(report, *store, fixture::now);
}

struct Tag {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  bool closing = false, self_closing = false;
  std::string text;  ///< what follows it, up to the next tag
};

/// Every tag of a page. Templates write attributes as name="value" or bare, and nothing else: anything else fails.
std::vector<Tag> tags_of(std::string_view html) {
  std::vector<Tag> out;
  for (std::size_t at = html.find('<'); at != std::string_view::npos; at = html.find('<', at)) {
    const auto skip = [&](std::string_view set) { at = std::min(html.find_first_not_of(set, at), html.size()); };
    const auto take = [&](std::string_view stops) {
      const std::size_t end = std::min(html.find_first_of(stops, at), html.size());
      const std::string word(html.substr(at, end - at));
      at = end;
      return word;
    };
    if (html.substr(at, 2) == "<!") {
      at = html.find('>', at);
      continue;
    }
    Tag tag;
    ++at;
    tag.closing = html[at] == '/';
    if (tag.closing) ++at;
    tag.name = take(" \n/>");
    for (skip(" \n"); at < html.size() && html[at] != '>'; skip(" \n")) {
      if (html[at] == '/') {
        tag.self_closing = true;
        ++at;
        continue;
      }
      std::string name = take("= \n/>");
      std::string value;
      if (html[at] == '=') {
        ++at;
        EXPECT_EQ(html[at], '"') << "unquoted attribute " << name;
        ++at;
        value = take("\"");
        ++at;
      }
      tag.attributes.emplace_back(std::move(name), std::move(value));
    }
    ++at;
    tag.text = html.substr(at, std::min(html.find('<', at), html.size()) - at);
    out.push_back(std::move(tag));
  }
  return out;
}

/// Nothing that would need 'unsafe-inline', and no reference that leaves this host.
void expect_obeys_the_policy(const std::string& html) {
  for (const Tag& tag : tags_of(html)) {
    EXPECT_NE(tag.name, "style");
    if (tag.name == "script" && !tag.closing) {
      EXPECT_EQ(tag.text, "");
    }
    for (const auto& [name, value] : tag.attributes) {
      EXPECT_NE(name, "style") << tag.name;
      EXPECT_FALSE(name.starts_with("on")) << tag.name << " " << name;
      if (name == "href" || name == "src" || name == "action") {
        EXPECT_TRUE(value.starts_with("#") || (value.starts_with("/") && !value.starts_with("//"))) << value;
      }
    }
  }
}

/// Every element opened is closed, in order.
void expect_well_formed(const std::string& html) {
  static const std::set<std::string> empty = {"meta", "link", "br", "hr", "img", "input"};
  std::vector<std::string> open;
  for (const Tag& tag : tags_of(html)) {
    if (tag.self_closing || empty.contains(tag.name)) continue;
    if (!tag.closing) {
      open.push_back(tag.name);
      continue;
    }
    ASSERT_FALSE(open.empty()) << tag.name;
    ASSERT_EQ(open.back(), tag.name);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
}

TEST(ServerPage, AnswersFirst) {
  const std::string html = page(fixture::shop());
  EXPECT_THAT(html, HasSubstr("3 of 13 vital signs need attention: sessions blocked 3, replication lag 14.8\u202Fs"));
  std::size_t at = 0;
  for (const char* section : {"id=\"state\"", "id=\"vitals\"", "id=\"findings\"", "id=\"advice\"", "id=\"statements\"",
                              "id=\"sessions\"", "id=\"replication\"", "id=\"collection\""}) {
    const auto found = html.find(section, at);
    ASSERT_NE(found, std::string::npos) << section << " is missing or out of order";
    at = found;
  }
}

TEST(ServerPage, HasNoInlineStyleOrScriptAndIsWellFormed) {
  for (const ServerReport& report :
       {fixture::shop(), fixture::down(), ServerReport{std::make_shared<const Snapshot>(), nullptr, nullptr}}) {
    const std::string html = page(report);
    expect_obeys_the_policy(html);
    expect_well_formed(html);
  }
}

TEST(ServerPage, IdentifiersAreUnique) {
  std::set<std::string> seen;
  for (const Tag& tag : tags_of(page(fixture::shop())))
    for (const auto& [name, value] : tag.attributes)
      if (name == "id") {
        EXPECT_TRUE(seen.insert(value).second) << value;
      }
  EXPECT_GT(seen.size(), 15U);
}

TEST(ServerPage, HeadingsAreInOrder) {
  int before = 0;
  for (const Tag& tag : tags_of(page(fixture::shop()))) {
    if (tag.closing || tag.name.size() != 2 || tag.name[0] != 'h' || tag.name[1] < '1' || tag.name[1] > '6') continue;
    const int level = tag.name[1] - '0';
    EXPECT_LE(level, before + 1) << tag.text;
    before = level;
  }
  EXPECT_GT(before, 0);
}

TEST(ServerPage, StateHasAWordAndAShapeBesidesItsColour) {
  const std::string html = page(fixture::shop());
  EXPECT_THAT(html, HasSubstr("◆</span> critical"));
  EXPECT_THAT(html, HasSubstr("▲</span> warning"));
  EXPECT_THAT(html, HasSubstr("●</span> healthy"));
}

TEST(ServerPage, AnUnknownVitalIsUnknownAndSaysWhy) {
  const std::string html = page(fixture::shop());
  const auto tile = html.substr(html.find("Checksum failures"), 500);
  EXPECT_THAT(tile, AllOf(HasSubstr("○</span> unknown"), HasSubstr("data checksums are off"),
                          Not(HasSubstr("healthy</span>"))));
}

TEST(ServerPage, FiguresAreShortAndExactOnHover) {
  const std::string html = page(fixture::shop());
  EXPECT_THAT(html, HasSubstr("title=\"14.8123 s\">14.8\u202Fs</span>"));
  EXPECT_THAT(html, HasSubstr("title=\"431,964,160 B\">412\u202FMB</span>"));
  EXPECT_THAT(html, HasSubstr("title=\"2026-11-21 09:36:59 UTC\">2\u202Fs ago</time>"));
  EXPECT_THAT(html, HasSubstr("Estimated from a model"));
}

TEST(ServerPage, AFindingHasItsEvidenceRemedyAndHistory) {
  const std::string html = page(fixture::shop());
  EXPECT_THAT(html, HasSubstr("blocks 3 sessions, the longest for 76 s"));
  EXPECT_THAT(html, HasSubstr("SELECT pg_terminate_backend(4101);"));
  EXPECT_THAT(html, HasSubstr("52.7\u202F% of the load"));
  EXPECT_THAT(html, HasSubstr("2026-11-21 06:37:01 UTC")) << "first seen three hours before";
}

TEST(ServerPage, ARecommendationHasGainPriceProofAndUndo) {
  const std::string html = page(fixture::shop());
  EXPECT_THAT(html, HasSubstr("CREATE INDEX CONCURRENTLY orders_customer_id_created_at_idx"));
  EXPECT_THAT(html, HasSubstr("DROP INDEX CONCURRENTLY public.orders_customer_id_created_at_idx;"));
  EXPECT_THAT(html, HasSubstr("−99.9\u202F%")) << "41,233.1 to 12.9 is not nothing";
  EXPECT_THAT(html, HasSubstr("−0.714\u202F%")) << "98,100 to 97,400";
  EXPECT_THAT(html, HasSubstr("48\u202FMB"));
  EXPECT_THAT(html, HasSubstr("SHARE UPDATE EXCLUSIVE"));
  EXPECT_THAT(html, HasSubstr("HypoPG"));
  EXPECT_THAT(html, HasSubstr("take 65.1\u202F% of all execution time"));
  EXPECT_THAT(html, HasSubstr("1 statement could not be costed"));
}

TEST(ServerPage, SparklinesShareAnAxisThatFitsTheHistory) {
  EXPECT_THAT(page(fixture::shop()), HasSubstr("aria-label=\"Last 60\u202Fmin: "));
  const auto line_after = [](std::chrono::seconds age) {
    const auto store = store::make_memory_store();
    for (auto t = age; t.count() >= 0; t -= std::chrono::seconds{10})
      (void)store->append("shop-primary", {fixture::now - t, {{"connections", 0.1}}});
    return render_server_page(fixture::shop(), *store, fixture::now);
  };
  EXPECT_THAT(line_after(std::chrono::seconds{20}), Not(HasSubstr("<polyline"))) << "too short to mean anything";
  EXPECT_THAT(line_after(std::chrono::seconds{150}),
              AllOf(HasSubstr("Last 5\u202Fmin: 10"), HasSubstr("points=\"40.0,")))
      << "half of the axis";
}

TEST(ServerPage, MutedFindingsAreCountedNotShown) {
  const auto store = fixture::history();
  ASSERT_TRUE(store->set_muted("shop-primary", store::TrackedType::finding, "inactive_slot//slot/old_warehouse", true));
  const std::string html = render_server_page(fixture::shop(), *store, fixture::now);
  EXPECT_THAT(html, HasSubstr("1 muted."));
  EXPECT_THAT(html, Not(HasSubstr("retains 9 GB of WAL")));
}

TEST(ServerPage, ALinkThatIsDownComesFirstWithTheLastDataBelow) {
  const std::string html = page(fixture::down());
  EXPECT_THAT(html, HasSubstr("role=\"alert\""));
  EXPECT_THAT(html, HasSubstr("port 5432 failed: Connection refused"));
  EXPECT_THAT(html, HasSubstr("systemctl status postgresql"));
  EXPECT_THAT(html, HasSubstr(">4\u202Fmin</time>"));
  EXPECT_THAT(html, HasSubstr("<main id=\"main\" class=\"stale\">"));
  EXPECT_THAT(html, HasSubstr("Sequential scans on orders"));
  EXPECT_LT(html.find("role=\"alert\""), html.find("id=\"vitals\""));
}

TEST(ServerPage, ASourceThatNeverAnsweredIsNoCleanBillOfHealth) {
  Analysis analysis = fixture::analysis();
  analysis.findings.clear();
  Snapshot snapshot = fixture::snapshot();
  snapshot.sources.resize(1);
  snapshot.sources[0] = {};
  snapshot.sources[0].id = "statements";
  EXPECT_THAT(page(fixture::report(snapshot, analysis)),
              AllOf(HasSubstr("1 source has not been read (statements)"), Not(HasSubstr("Good news: every rule"))));
}

TEST(ServerPage, AnEmptyListSaysWhetherThatIsGoodNews) {
  Analysis analysis = fixture::analysis();
  analysis.findings.clear();
  EXPECT_THAT(page(fixture::report(fixture::snapshot(), analysis)),
              AllOf(HasSubstr("1 source has not been read (column_statistics): this is not a clean bill of health"),
                    Not(HasSubstr("Good news"))));
  Snapshot complete = fixture::snapshot();
  complete.sources.pop_back();
  EXPECT_THAT(page(fixture::report(complete, analysis)), HasSubstr("Good news: every rule could look"));
}

TEST(ServerPage, WithoutStatementsTheSourceSaysWhy) {
  Snapshot snapshot = fixture::snapshot();
  snapshot.statements = {};
  snapshot.sources[1].outcome = Outcome::unsupported;
  snapshot.sources[1].message = "pg_stat_statements is not installed";
  snapshot.sources[1].hint = "CREATE EXTENSION pg_stat_statements;";
  const std::string html = page({std::make_shared<const Snapshot>(snapshot), nullptr, nullptr});
  const std::string section = html.substr(html.find("id=\"statements\""), 700);
  EXPECT_THAT(section, AllOf(HasSubstr("pg_stat_statements is not installed"),
                             HasSubstr("CREATE EXTENSION pg_stat_statements;")));
}

constexpr const char* hostile = "</code><script>alert(1)</script>\" onmouseover=\"x' {{title}} \u202Egpj.exe\n\x01\xFF";

TEST(HostileNames, AreEscapedEverywhere) {
  Snapshot snapshot = fixture::snapshot();
  snapshot.server.name = hostile;
  snapshot.server.cluster = hostile;
  auto activity = *snapshot.activity;
  for (Session& each : activity.sessions)
    each.user = each.application = each.text = each.database = each.wait_event = hostile;
  for (LockWait& each : activity.waits) each.relation = each.mode = hostile;
  snapshot.activity = fixture::part(activity);
  auto texts = *snapshot.texts;
  for (auto& [query, sql] : texts) sql = hostile;
  snapshot.texts = fixture::part(texts);
  auto replication = *snapshot.replication;
  for (Standby& each : replication.standbys) each.application = each.client = each.state = hostile;
  for (ReplicationSlot& each : replication.slots) each.name = each.database = hostile;
  snapshot.replication = fixture::part(replication);
  for (SourceStatus& each : snapshot.sources) each.message = each.hint = hostile;
  Analysis analysis = fixture::analysis();
  for (Vital& each : analysis.vitals) each.label = each.note = each.source = each.healthy = hostile;
  for (Finding& each : analysis.findings)
    each.title = each.why = each.remedy = each.remedy_sql = each.object.name = each.key = hostile;
  Advice advice = fixture::advice();
  for (Recommendation& each : advice.recommendations) {
    each.title = each.reason = each.apply_sql = each.undo_sql = each.price.lock = each.price.note = hostile;
    for (StatementGain& gain : each.statements) gain.text = hostile;
  }
  advice.note = advice.cost_model = hostile;

  const auto store = fixture::history();
  const ServerReport report = fixture::report(snapshot, analysis, advice);
  for (const std::string& html :
       {render_server_page(report, *store, fixture::now), render_servers_page({report}, fixture::now),
        *render_statement_page(report, fixture::orders_by_customer, fixture::now)}) {
    EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(html, Not(HasSubstr("\" onmouseover")));
    EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
    EXPECT_THAT(html, HasSubstr("{{title}}")) << "shown, not filled in";
    EXPECT_THAT(html, Not(HasSubstr("\u202E")));
    EXPECT_THAT(html, HasSubstr("[U+202E]"));
    EXPECT_EQ(html.find('\x01'), std::string::npos);
    EXPECT_EQ(html.find('\xFF'), std::string::npos);
    expect_well_formed(html);
  }
}

TEST(StatementPage, ShowsTheWholeTextTheFiguresAndWhatConcernsIt) {
  const auto html = render_statement_page(fixture::shop(), fixture::orders_by_customer, fixture::now);
  ASSERT_TRUE(html);
  EXPECT_THAT(*html, HasSubstr("FROM orders o\n WHERE o.customer_id = $1")) << "formatted as written";
  EXPECT_THAT(*html, HasSubstr("Sequential scans on orders"));
  EXPECT_THAT(*html, HasSubstr("Create an index on orders"));
  EXPECT_THAT(*html, Not(HasSubstr("Drop the unused index")));
  EXPECT_THAT(*html, HasSubstr("15.2\u202F/s")) << "9,120 calls in 600 s";
  expect_obeys_the_policy(*html);
  expect_well_formed(*html);
}

TEST(StatementPage, IsAbsentForAStatementThatNobodyKnows) {
  EXPECT_FALSE(render_statement_page(fixture::shop(), QueryId{999}, fixture::now));
  EXPECT_TRUE(render_statement_page(fixture::shop(), QueryId{34}, fixture::now)) << "figures without a visible text";
}

TEST(ServersPage, PutsTroubleFirst) {
  Snapshot fine = fixture::snapshot();
  fine.server.name = "a-fine-one";
  Analysis good = fixture::analysis();
  for (Vital& each : good.vitals) each.health = Health::good;
  const std::string html = render_servers_page({fixture::report(fine, good), fixture::shop()}, fixture::now);
  EXPECT_THAT(html, HasSubstr("1 of 2 servers needs attention"));
  EXPECT_LT(html.find("shop-primary"), html.find("a-fine-one"));
  expect_obeys_the_policy(html);
  expect_well_formed(html);
}

TEST(StaticFiles, ReferToNothingElsewhere) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (!file.name.starts_with("static/")) continue;
    std::string content(file.content);
    if (const auto at = content.find("http://www.w3.org/2000/svg"); at != std::string::npos) content.erase(at, 26);
    EXPECT_THAT(content, Not(HasSubstr("http"))) << file.name;
    EXPECT_THAT(content, Not(HasSubstr("@import"))) << file.name;
    EXPECT_THAT(content, Not(HasSubstr("eval("))) << file.name;
  }
}

}  // namespace
}  // namespace pgsextant::web
