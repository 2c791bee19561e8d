#include "pg/startup_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgsextant::pg {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(StartupOptions, EscapeWhatSeparatesThem) {
  EXPECT_EQ(startup_options("", {{"a", "b"}}), "-c a=b");
  EXPECT_EQ(startup_options("", {{"a", "b c\\d\te"}}), "-c a=b\\ c\\\\d\\\te");
  EXPECT_EQ(startup_options("", {}), "");
}

TEST(StartupOptions, OursFollowTheirsAndSoWin) {
  EXPECT_EQ(startup_options("-c statement_timeout=0", {{"statement_timeout", "5000"}}),
            "-c statement_timeout=0 -c statement_timeout=5000");
}

TEST(SessionSettings, BoundEverySession) {
  SessionOptions options;
  options.statement_timeout = std::chrono::milliseconds(1500);
  options.settings = {{"search_path", "a, b"}};
  const auto settings = session_settings(options);
  EXPECT_THAT(settings, Contains(Pair("statement_timeout", "1500")));
  EXPECT_THAT(settings, Contains(Pair("lock_timeout", "100")));
  EXPECT_THAT(settings, Contains(Pair("idle_in_transaction_session_timeout", "7000")));
  EXPECT_THAT(settings, Contains(Pair("default_transaction_read_only", "on")));
  EXPECT_THAT(settings, Contains(Pair("jit", "off")));
  EXPECT_EQ(settings.back(), (std::pair<std::string, std::string>("search_path", "a, b")));
  options.read_only = false;
  EXPECT_THAT(session_settings(options), Not(Contains(Pair("default_transaction_read_only", "on"))));
}

TEST(BoundedTransaction, QuotesValuesWhateverTheServersStringSyntax) {
  SessionOptions options;
  options.settings = {{"search_path", "it's \\ here"}};
  const auto sql = bounded_transaction(options);
  EXPECT_THAT(sql, HasSubstr("BEGIN READ ONLY"));
  EXPECT_THAT(sql, HasSubstr("set_config(E'search_path', E'it''s \\\\ here', true)"));
  EXPECT_THAT(sql, HasSubstr("set_config(E'statement_timeout', E'5000', true)"));
}

}  // namespace
}  // namespace pgsextant::pg
