#include "pg/session.hpp"

#include <gtest/gtest.h>

#include "tests/support/live_server.hpp"

namespace pgsextant::pg {
namespace {

using test::live_server;

TEST(SessionLive, AnswersAQuery) {
  PGSEXTANT_NEEDS_SERVER();
  auto session = live_server().session();
  const auto rows = session.query("SELECT $1::int + 1, $2::text", {"41", std::nullopt});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.integer(0, 0), 42);
  EXPECT_TRUE(rows.is_null(0, 1));
  EXPECT_GE(session.server_version(), 130000);
  EXPECT_EQ(session.query("SELECT pg_backend_pid()").integer(0, 0), session.backend_pid());
}

}  // namespace
}  // namespace pgsextant::pg
