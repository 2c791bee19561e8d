#include "analyzer/plan_frame.hpp"

#include <gtest/gtest.h>

namespace pgsextant::analyzer {
namespace {

TEST(PlanFrame, JsonComesBackUnchanged) {
  for (const char* text :
       {"[{\"Plan\": {}}]", "\n  {\n  \"a\": \"ends with +\"  \n}\n", "Seq Scan on t  (cost=0.00..1.00)", ""}) {
    EXPECT_EQ(without_frame(text), text);
  }
}

TEST(PlanFrame, TakesOffPsqlsFrames) {
  EXPECT_EQ(without_frame("   QUERY PLAN   \n----------------\n [             +\n   1           +\n ]\n(1 row)\n\n"),
            "[\n1\n]\n");
  EXPECT_EQ(without_frame("+------+\n| QUERY PLAN |\n+------+\n| [   +|\n|  1  +|\n| ]    |\n+------+\n(1 row)\n"),
            "[\n1\n]\n");
  EXPECT_EQ(without_frame("║ QUERY PLAN ║\n╠═══╣\n║ [  ↵║\n║ ]   ║\n╚═══╝\n"), "[\n]\n");
  EXPECT_EQ(without_frame(" [   +\n ]\n"), "[\n]\n") << "psql -t";
}

TEST(PlanFrame, TakesOffWhatAutoExplainPutsBefore) {
  EXPECT_EQ(without_frame("LOG:  duration: 1.5 ms  plan:\n\t{\n\t  \"Plan\": 1\n\t}\n"), "{\n\"Plan\": 1\n}\n");
}

}  // namespace
}  // namespace pgsextant::analyzer
