#include "core/report.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace pgsextant {
namespace {

std::shared_ptr<const Snapshot> snapshot(const std::string& server, int connects = 0) {
  auto made = std::make_shared<Snapshot>();
  made->server.name = server;
  made->link.connects = connects;
  return made;
}

TEST(Board, KeepsTheLatestOfEachServer) {
  Board board;
  EXPECT_TRUE(board.servers().empty());
  EXPECT_FALSE(board.server("a"));
  board.publish(snapshot("b", 1));
  board.publish(snapshot("a", 2));
  board.publish(snapshot("b", 3));
  ASSERT_EQ(board.servers().size(), 2U);
  EXPECT_EQ(board.servers()[0].snapshot->server.name, "a");
  EXPECT_EQ(board.server("b")->snapshot->link.connects, 3);
  EXPECT_FALSE(board.server("b")->analysis);
  EXPECT_FALSE(board.server("b")->advice);
}

TEST(Board, ANewSnapshotKeepsAnalysisAndAdvice) {
  Board board;
  board.publish(snapshot("a"));
  const auto analysis = std::make_shared<const Analysis>();
  const auto advice = std::make_shared<const Advice>();
  board.publish("a", analysis);
  board.publish("a", advice);
  board.publish(snapshot("a", 2));
  const auto report = board.server("a");
  EXPECT_EQ(report->snapshot->link.connects, 2);
  EXPECT_EQ(report->analysis, analysis);
  EXPECT_EQ(report->advice, advice);
}

// A report without a snapshot must never be seen.
TEST(Board, IgnoresAnalysisOfAnUnknownServer) {
  Board board;
  board.publish("a", std::make_shared<const Analysis>());
  board.publish("a", std::make_shared<const Advice>());
  EXPECT_FALSE(board.server("a"));
  EXPECT_TRUE(board.servers().empty());
}

TEST(Board, AReaderKeepsWhatItHolds) {
  Board board;
  board.publish(snapshot("a", 1));
  const auto held = board.server("a");
  board.publish(snapshot("a", 2));
  EXPECT_EQ(held->snapshot->link.connects, 1);
}

TEST(Board, WritersAndReadersAtOnce) {
  Board board;
  constexpr int rounds = 500;
  const std::vector<std::string> names{"a", "b", "c"};
  std::atomic<int> writing{static_cast<int>(names.size())};
  std::vector<std::thread> threads;
  for (const auto& name : names)
    threads.emplace_back([&board, &writing, name] {
      for (int i = 1; i <= rounds; ++i) {
        board.publish(snapshot(name, i));
        board.publish(name, std::make_shared<const Analysis>());
        board.publish(name, std::make_shared<const Advice>());
      }
      --writing;
    });
  std::vector<int> went_back(2);
  for (auto& backwards : went_back)
    threads.emplace_back([&board, &writing, &backwards] {
      std::map<std::string, std::int64_t> last;
      while (writing > 0)
        for (const auto& report : board.servers()) {
          auto& before = last[report.snapshot->server.name];
          if (report.snapshot->link.connects < before) ++backwards;
          before = report.snapshot->link.connects;
        }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(went_back, (std::vector<int>{0, 0}));
  ASSERT_EQ(board.servers().size(), names.size());
  for (const auto& report : board.servers()) EXPECT_EQ(report.snapshot->link.connects, rounds);
}

}  // namespace
}  // namespace pgsextant
