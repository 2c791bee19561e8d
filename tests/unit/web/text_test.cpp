#include "web/text.hpp"

#include <gtest/gtest.h>

#include "web/http/access.hpp"
#include "web/url.hpp"

namespace pgsextant::web {
namespace {

constexpr const char* replaced = "\xEF\xBF\xBD";

TEST(ValidUtf8, KeepsWhatIsValidAndReplacesWhatIsNot) {
  EXPECT_EQ(valid_utf8("naïve 🐘"), "naïve 🐘");
  EXPECT_EQ(valid_utf8("caf\xE9!"), std::string("caf") + replaced + "!");
  EXPECT_EQ(valid_utf8("\xC0\xAF"), std::string(replaced) + replaced) << "overlong slash";
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), std::string(replaced) + replaced + replaced) << "a surrogate";
  EXPECT_EQ(valid_utf8("a\xE2\x82"), std::string("a") + replaced + replaced) << "cut short";
}

TEST(Displayable, ControlAndReorderingCharactersAreMadeVisible) {
  EXPECT_EQ(displayable("a\tb\nc"), "a\tb\nc");
  EXPECT_EQ(displayable(std::string_view("a\0b\x1B", 4)), std::string("a") + replaced + "b" + replaced);
  EXPECT_EQ(displayable("abc\u202Edcba"), "abc[U+202E]dcba");
  EXPECT_EQ(displayable("\u2066x\u2069\u200F"), "[U+2066]x[U+2069][U+200F]");
}

TEST(OneLine, CollapsesWhiteSpaceAndCutsTheMiddle) {
  EXPECT_EQ(one_line("  SELECT 1\n\n  FROM  t ", 80), "SELECT 1 FROM t");
  EXPECT_EQ(one_line("abcdefghijklmnopqrstuvwxyz", 15), "abcdefghij … yz");
  EXPECT_EQ(one_line("éééééééééééééééééééé", 12), "éééééééé … é") << "counts characters, cuts none";
  EXPECT_EQ(one_line("a🐘b", 80), "a🐘b");
}

TEST(Url, ANameSurvivesItsPath) {
  for (const std::string& name : {std::string("a/b"), std::string("100% \"x\" <y>"), std::string("é🐘"),
                                  std::string("a?b#c"), std::string("\xFF")}) {
    const auto path = split_path(server_path(name));
    ASSERT_TRUE(path) << name;
    EXPECT_EQ(*path, (std::vector<std::string>{"servers", name}));
  }
  EXPECT_EQ(server_path("a/b c"), "/servers/a%2Fb%20c");
}

TEST(Url, SplitsBeforeDecoding) {
  EXPECT_EQ(*split_path("/"), std::vector<std::string>{});
  EXPECT_EQ(*split_path("/a%2Fb/c?d/e"), (std::vector<std::string>{"a/b", "c"}));
  EXPECT_FALSE(split_path("http://elsewhere/"));
  EXPECT_FALSE(split_path("/a%2"));
  EXPECT_FALSE(split_path("/a%zz"));
  EXPECT_FALSE(split_path(""));
}

TEST(Access, TheTokenComesAsBearerOrAsBasicPassword) {
  EXPECT_TRUE(authorized("Bearer s3cret", "s3cret"));
  EXPECT_TRUE(authorized("bearer  s3cret ", "s3cret"));
  EXPECT_TRUE(authorized("Basic YW55Ym9keTpzM2NyZXQ=", "s3cret")) << "anybody:s3cret";
  EXPECT_TRUE(authorized("Basic OnMzY3JldA==", "s3cret")) << ":s3cret";
  EXPECT_TRUE(authorized("Basic dTphOmI=", "a:b")) << "u:a:b, the password holds a colon";
}

TEST(Access, AnythingElseIsRefused) {
  for (const char* header : {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets", "Bearer S3CRET", "s3cret",
                             "Basic s3cret", "Basic czNjcmV0", "Basic ????", "Digest s3cret", "Basic czNjcmV0Og=="})
    EXPECT_FALSE(authorized(header, "s3cret")) << header;
}

TEST(Access, ComparesWhole) {
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abcabc", "abc")) << "a repetition is not the secret";
  EXPECT_FALSE(equal_in_constant_time("", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abd", "abc"));
}

TEST(Access, OnlyLoopbackNamesAreOurs) {
  for (const char* host :
       {"localhost", "LOCALHOST:9187", "127.0.0.1", "127.0.0.1:80", "127.8.9.1", "[::1]", "[::1]:9187"})
    EXPECT_TRUE(loopback_host(host)) << host;
  for (const char* host : {"", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9187", "10.0.0.1",
                           "[::2]", "[::1]x", "0.0.0.0"})
    EXPECT_FALSE(loopback_host(host)) << host;
}

}  // namespace
}  // namespace pgsextant::web
