// The reader that judges our metrics has to be strict itself.

#include "exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgsextant::web::exposition {
namespace {

using testing::IsEmpty;
using testing::Not;

TEST(Exposition, ReadsWhatTheFormatAllows) {
  const Text text =
      parse("# HELP a_total Things.\n# TYPE a_total counter\na_total{x=\"1\",y=\"q\\\"\\\\\\n\"} 1.5e+06\na_total 3\n");
  EXPECT_THAT(text.errors, IsEmpty());
  EXPECT_EQ(text.value("a_total", {{"x", "1"}}), 1.5e6);
  EXPECT_EQ(text.find("a_total", {{"y", "q\"\\\n"}}).size(), 1U);
}

TEST(Exposition, RefusesWhatItDoesNot) {
  const std::string type = "# TYPE a gauge\n";
  for (const std::string& broken :
       {type + "a{x=\"1} 1\n", type + "a{x=\"\\t\"} 1\n", type + "a{x=\"1\",x=\"2\"} 1\n", type + "a 1\na 1\n",
        type + "a Nan\n", type + "a one\n", type + "a 1", std::string("a 1\n"),
        type + "a 1\n# TYPE b gauge\nb 1\na{x=\"1\"} 1\n", type + "a{2x=\"1\"} 1\n", type + "a{x=\"\xFF\"} 1\n",
        type + type, std::string("# TYPE a thing\n"), type + "a\nb{x=\"1\"} 1\n"})
    EXPECT_THAT(parse(broken).errors, Not(IsEmpty())) << broken;
}

}  // namespace
}  // namespace pgsextant::web::exposition
