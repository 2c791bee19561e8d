#include "core/finding.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace pgsextant {
namespace {

TEST(MakeKey, ReadsAsAPath) {
  EXPECT_EQ(make_key("unused_index", {"index", "shop", "public.orders_a_idx"}),
            "unused_index/shop/index/public.orders_a_idx");
  EXPECT_EQ(make_key("low_cache_hit", {"server", "", ""}), "low_cache_hit//server/");
  EXPECT_EQ(make_key("r", {"table", "d", "t"}, "detail"), "r/d/table/t/detail");
}

TEST(MakeKey, EscapesWhatWouldBreakItApart) {
  EXPECT_EQ(make_key("r", {"table", "a/b", "50%\n"}, "c/d"), "r/a%2Fb/table/50%25%0A/c%2Fd");
}

// Every combination of parts that look like separators and escapes has a key of its own.
TEST(MakeKey, NeverCollides) {
  const std::vector<std::string> parts{"", "a", "/", "a/", "/a", "%2F", "%", "a%2Fa", "//", "%252F", "\n", "%0A"};
  std::map<std::string, std::tuple<std::string, std::string, std::string, std::string>> seen;
  for (const auto& rule : parts)
    for (const auto& database : parts)
      for (const auto& name : parts)
        for (const auto& detail : parts) {
          const auto identity = std::tuple{rule, database, name, detail};
          const auto [at, inserted] = seen.emplace(make_key(rule, {"table", database, name}, detail), identity);
          ASSERT_TRUE(inserted || at->second == identity) << at->first;
        }
  EXPECT_EQ(seen.size(), parts.size() * parts.size() * parts.size() * parts.size());
}

}  // namespace
}  // namespace pgsextant
