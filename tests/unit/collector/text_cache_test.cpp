#include "collector/text_cache.hpp"

#include <gtest/gtest.h>

namespace pgsextant::collector {
namespace {

TEST(TextCacheTest, TextsComeOutWithoutLiterals) {
  TextCache cache;
  EXPECT_EQ(cache.normalised("SELECT * FROM t WHERE a = 'secret'"), "SELECT * FROM t WHERE a = $1");
}

TEST(TextCacheTest, TheSameTextIsKeptOnce) {
  TextCache cache;
  const auto* const first = &cache.normalised("SELECT 1");
  EXPECT_EQ(&cache.normalised("SELECT 1"), first);
  EXPECT_EQ(cache.size(), 1U);
}

TEST(TextCacheTest, ItHoldsTwoGenerationsAtMost) {
  TextCache cache(10);
  for (int i = 0; i < 1000; ++i) {
    cache.normalised("SELECT a FROM t" + std::to_string(i));
    ASSERT_LE(cache.size(), 20U);
  }
}

TEST(TextCacheTest, ATextInUseSurvivesManyOthers) {
  TextCache cache(10);
  const auto* const used = &cache.normalised("SELECT 1");
  for (int i = 0; i < 1000; ++i) {
    cache.normalised("SELECT a FROM t" + std::to_string(i));
    // Nodes move between the generations: the same string, not an equal one.
    ASSERT_EQ(&cache.normalised("SELECT 1"), used);
  }
}

}  // namespace
}  // namespace pgsextant::collector
