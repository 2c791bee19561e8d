// What every implementation of Store promises in store/store.hpp.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "store/store.hpp"
#include "tests/unit/store/stores.hpp"

namespace pgsextant::store {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr Timestamp start{hours{480'000}};
Timestamp at(int second) { return start + seconds(second); }

enum class Kind { memory, sqlite };

class StoreContract : public testing::TestWithParam<Kind> {
 protected:
  StoreContract()
      : store_(GetParam() == Kind::memory ? make_memory_store() : std::move(*open_sqlite(folder_ / "history"))) {}

  void append(std::string_view server, int second, std::vector<std::pair<std::string, double>> values) {
    const auto done = store_->append(server, {at(second), std::move(values)});
    ASSERT_TRUE(done) << done.failure().message;
  }
  std::vector<VitalSample> window(std::string_view server, int from, int to, std::size_t limit = 500) {
    return *store_->window(server, at(from), at(to), limit);
  }
  std::vector<int> seconds_of(std::string_view server, int from, int to, std::size_t limit = 500) {
    std::vector<int> found;
    for (const auto& sample : window(server, from, to, limit))
      found.push_back(static_cast<int>((sample.time - start) / seconds(1)));
    return found;
  }
  void record(int second, const std::vector<std::string>& keys, std::string_view server = "a",
              TrackedType type = TrackedType::finding) {
    std::vector<Store::Seen> seen;
    for (const auto& key : keys) seen.push_back({key, "rule of " + key, "title at " + std::to_string(second)});
    ASSERT_TRUE(store_->record(server, type, at(second), seen));
  }
  std::vector<Tracked> tracked(std::string_view server = "a", TrackedType type = TrackedType::finding) {
    return *store_->tracked(server, type);
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

using Values = std::vector<std::pair<std::string, double>>;

TEST_P(StoreContract, ReturnsWhatWasAppended) {
  append("a", 10, {{"tps", 12.5}, {"hit_ratio", 0.975}});
  append("a", 20, {{"tps", -1e300}});
  const auto samples = window("a", 0, 100);
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].time, at(10));
  EXPECT_EQ(samples[0].values, (Values{{"hit_ratio", 0.975}, {"tps", 12.5}}));  // sorted by id
  EXPECT_EQ(samples[1].values, (Values{{"tps", -1e300}}));
}

TEST_P(StoreContract, KeepsMicroseconds) {
  const auto time = start + std::chrono::microseconds(123'456);
  ASSERT_TRUE(store_->append("a", {time, {{"v", 1}}}));
  EXPECT_EQ(window("a", 0, 1).at(0).time, time);
}

TEST_P(StoreContract, WindowIncludesItsBeginningAndExcludesItsEnd) {
  for (const int second : {30, 10, 20, 0}) append("a", second, {{"v", 1}});  // in any order
  EXPECT_EQ(seconds_of("a", 10, 30), (std::vector<int>{10, 20}));
  EXPECT_EQ(seconds_of("a", 0, 31), (std::vector<int>{0, 10, 20, 30}));
  EXPECT_TRUE(window("a", 11, 20).empty());
  EXPECT_TRUE(window("a", 30, 10).empty());
  EXPECT_TRUE(window("nobody", 0, 100).empty());
}

TEST_P(StoreContract, AnEmptyStoreHasNothing) {
  EXPECT_TRUE(window("a", 0, 100).empty());
  EXPECT_TRUE(tracked().empty());
  EXPECT_TRUE(store_->expire(at(0), {}));
  EXPECT_EQ(store_->status(), "");
}

TEST_P(StoreContract, ThinsOutEvenly) {
  for (int second = 0; second <= 100; ++second) append("a", second, {{"v", static_cast<double>(second)}});
  EXPECT_EQ(seconds_of("a", 0, 101, 5), (std::vector<int>{0, 25, 50, 75, 100}));
  EXPECT_EQ(seconds_of("a", 0, 101, 2), (std::vector<int>{0, 100}));
  EXPECT_EQ(seconds_of("a", 0, 101, 1), (std::vector<int>{100}));
  EXPECT_TRUE(seconds_of("a", 0, 101, 0).empty());
  EXPECT_EQ(seconds_of("a", 0, 101, 101).size(), 101U);
  EXPECT_EQ(seconds_of("a", 0, 101, 102).size(), 101U);
  const auto most = seconds_of("a", 0, 101, 100);
  EXPECT_EQ(most.size(), 100U);
  EXPECT_EQ(most.back(), 100);
  for (const auto& sample : window("a", 0, 101, 7))
    EXPECT_EQ(sample.values.at(0).second, (sample.time - start) / seconds(1));
}

TEST_P(StoreContract, ASampleOfTheSameTimeIsReplaced) {
  append("a", 10, {{"old", 1}, {"both", 1}});
  append("a", 10, {{"both", 2}, {"new", 2}});
  EXPECT_EQ(window("a", 0, 100).at(0).values, (Values{{"both", 2}, {"new", 2}}));
  EXPECT_EQ(window("a", 0, 100).size(), 1U);
}

TEST_P(StoreContract, KeepsOnlyFiniteValuesAndTheLastOfAnId) {
  append("a", 10, {{"nan", std::nan("")}, {"v", 1}, {"inf", std::numeric_limits<double>::infinity()}, {"v", 2}});
  EXPECT_EQ(window("a", 0, 100).at(0).values, (Values{{"v", 2}}));
  append("a", 20, {{"nan", std::nan("")}});
  append("a", 30, {});
  EXPECT_EQ(seconds_of("a", 0, 100), (std::vector<int>{10}));
}

TEST_P(StoreContract, RecordFollowsAnEntry) {
  record(10, {"k1", "k2"});
  record(20, {"k2"});
  auto all = tracked();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].key, "k1");
  EXPECT_FALSE(all[0].open);
  EXPECT_EQ(all[0].last_seen, at(10));
  EXPECT_EQ(all[0].title, "title at 10");
  EXPECT_TRUE(all[1].open);
  EXPECT_EQ(all[1].kind, "rule of k2");
  EXPECT_EQ(all[1].first_seen, at(10));
  EXPECT_EQ(all[1].last_seen, at(20));
  EXPECT_EQ(all[1].title, "title at 20");
  record(30, {"k1"});
  all = tracked();
  EXPECT_TRUE(all[0].open);
  EXPECT_EQ(all[0].first_seen, at(10));  // it is the same finding again
  EXPECT_EQ(all[0].last_seen, at(30));
  EXPECT_FALSE(all[1].open);
}

TEST_P(StoreContract, AnEmptyRoundClosesEverything) {
  record(10, {"k1", "k2"});
  record(20, {});
  for (const auto& entry : tracked()) EXPECT_FALSE(entry.open) << entry.key;
}

TEST_P(StoreContract, AKeyTwiceInARoundIsOneEntry) {
  record(10, {"k", "k"});
  EXPECT_EQ(tracked().size(), 1U);
}

TEST_P(StoreContract, AClockThatGoesBackDoesNotMakeLastSeenEarlier) {
  record(20, {"k"});
  record(10, {"k"});
  EXPECT_EQ(tracked().at(0).first_seen, at(20));
  EXPECT_EQ(tracked().at(0).last_seen, at(20));
}

TEST_P(StoreContract, AMuteSurvivesRounds) {
  record(10, {"k", "other"});
  EXPECT_EQ(*store_->set_muted("a", TrackedType::finding, "k", true), true);
  record(20, {"k"});
  record(30, {});
  record(40, {"k"});
  EXPECT_TRUE(tracked().at(0).muted);
  EXPECT_FALSE(tracked().at(1).muted);
  EXPECT_EQ(*store_->set_muted("a", TrackedType::finding, "k", false), true);
  EXPECT_FALSE(tracked().at(0).muted);
}

TEST_P(StoreContract, MutingAnUnknownKeyIsFalse) {
  record(10, {"k"});
  EXPECT_EQ(*store_->set_muted("a", TrackedType::finding, "unknown", true), false);
  EXPECT_EQ(*store_->set_muted("b", TrackedType::finding, "k", true), false);
  EXPECT_EQ(*store_->set_muted("a", TrackedType::recommendation, "k", true), false);
  EXPECT_FALSE(tracked().at(0).muted);
  EXPECT_EQ(store_->status(), "");
}

TEST_P(StoreContract, ServersDoNotMix) {
  append("a", 10, {{"v", 1}});
  append("b", 10, {{"v", 2}});
  record(10, {"k"}, "a");
  record(10, {"k"}, "b");
  record(20, {}, "b");
  EXPECT_EQ(window("a", 0, 100).at(0).values, (Values{{"v", 1}}));
  EXPECT_EQ(window("b", 0, 100).at(0).values, (Values{{"v", 2}}));
  EXPECT_TRUE(tracked("a").at(0).open);
  EXPECT_FALSE(tracked("b").at(0).open);
}

TEST_P(StoreContract, FindingsAndRecommendationsDoNotMix) {
  record(10, {"k"}, "a", TrackedType::finding);
  record(20, {}, "a", TrackedType::recommendation);
  EXPECT_TRUE(tracked().at(0).open);
  EXPECT_TRUE(tracked("a", TrackedType::recommendation).empty());
}

TEST_P(StoreContract, ExpireDeletesOldSamples) {
  for (const int hour : {0, 1, 2, 3}) {
    append("a", hour * 3600, {{"v", 1}});
    append("b", hour * 3600, {{"v", 1}});
  }
  ASSERT_TRUE(store_->expire(at(4 * 3600), {hours(2), hours(1)}));
  EXPECT_EQ(seconds_of("a", 0, 100'000), (std::vector<int>{2 * 3600, 3 * 3600}));  // two hours old is kept
  EXPECT_EQ(seconds_of("b", 0, 100'000).size(), 2U);
}

TEST_P(StoreContract, ExpireDeletesWhatWasClosedLongAgo) {
  record(0, {"closed long ago", "closed lately", "open"});
  record(3600, {"closed lately", "open"});
  record(7200, {});
  ASSERT_TRUE(store_->expire(at(2 * 3600), {hours(48), hours(1)}));
  auto all = tracked();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].key, "closed lately");
  record(7200, {"open"});
  ASSERT_TRUE(store_->expire(at(1000 * 3600), {hours(48), hours(1)}));
  all = tracked();
  ASSERT_EQ(all.size(), 1U);  // however long ago: what is open stays
  EXPECT_EQ(all[0].key, "open");
}

TEST_P(StoreContract, AnyBytesAreANameAndAKey) {
  const std::vector<std::string> hostile{"",
                                         "'; DROP TABLE sample; --",
                                         "\"quoted\"",
                                         "new\nline",
                                         "größe😀",
                                         std::string("nul\0byte", 8),
                                         std::string("nul\0", 4),
                                         "nul",
                                         "\xFF\xFE",
                                         std::string(100'000, 'x'),
                                         "%s%n",
                                         "?1"};
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    append(hostile[i], 10, {{hostile[i], static_cast<double>(i)}});
    record(10, {hostile[i]}, hostile[i]);
  }
  for (std::size_t i = 0; i < hostile.size(); ++i) {
    EXPECT_EQ(window(hostile[i], 0, 100).at(0).values, (Values{{hostile[i], static_cast<double>(i)}}));
    ASSERT_EQ(tracked(hostile[i]).size(), 1U) << i;
    EXPECT_EQ(tracked(hostile[i])[0].key, hostile[i]);
    EXPECT_TRUE(*store_->set_muted(hostile[i], TrackedType::finding, hostile[i], true));
  }
}

TEST_P(StoreContract, IsThreadSafe) {
  constexpr int threads = 4;
  constexpr int rounds = 25;
  std::vector<std::thread> running;
  for (int number = 0; number < threads; ++number)
    running.emplace_back([this, number] {
      const auto server = "s" + std::to_string(number % 2);  // two threads write to each
      for (int i = 0; i < rounds; ++i) {
        (void)store_->append(server, {at(number * 1000 + i), {{"v", 1}, {"w" + std::to_string(number), 2}}});
        const std::vector<Store::Seen> seen{{"k", "r", "t"}};
        (void)store_->record(server, TrackedType::finding, at(i), seen);
        (void)store_->window(server, at(0), at(10'000), 3);
        (void)store_->tracked(server, TrackedType::finding);
        (void)store_->set_muted(server, TrackedType::finding, "k", i % 2 == 0);
        (void)store_->expire(at(0), {});
        (void)store_->status();
      }
    });
  for (auto& thread : running) thread.join();
  EXPECT_EQ(store_->status(), "");
  for (const auto* server : {"s0", "s1"}) {
    EXPECT_EQ(window(server, 0, 10'000).size(), 2U * rounds);
    EXPECT_EQ(tracked(server).size(), 1U);
  }
}

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, testing::Values(Kind::memory, Kind::sqlite),
                         [](const auto& tested) { return tested.param == Kind::memory ? "Memory" : "Sqlite"; });

}  // namespace
}  // namespace pgsextant::store
