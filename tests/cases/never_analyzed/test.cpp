#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "never_analyzed";

World fresh_table(std::int64_t live = 5000) {
  World world;
  world.table("imports", -1);
  world.table_counters("imports").live = live;
  return world;
}

TEST(NeverAnalyzed, Fires) {
  const auto findings = fresh_table().find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Table public.imports holds 5 k rows and was never analysed");
  EXPECT_EQ(findings[0].remedy_sql, "ANALYZE public.imports;");
  EXPECT_EQ(findings[0].severity, Severity::warning);
}

TEST(NeverAnalyzed, IsOnlyInformationWhileAutovacuumWillCome) {
  World world = fresh_table();
  world.setting("autovacuum", "on");
  EXPECT_EQ(world.find(rule).at(0).severity, Severity::info);
}

TEST(NeverAnalyzed, TheBoundaryIsAThousandRows) {
  EXPECT_THAT(fresh_table(1000).find(rule), SizeIs(1));
  EXPECT_THAT(fresh_table(999).find(rule), IsEmpty());
}

TEST(NeverAnalyzed, StaysQuietOnceAnalysedAndWithoutCounters) {
  World analysed = fresh_table();
  analysed.table_counters("imports").last_autoanalyze = ago(Seconds(5));
  EXPECT_THAT(analysed.find(rule), IsEmpty());
  World counted = fresh_table();
  counted.schema->tables[0].tuples = 5000;  // the time of ANALYZE was lost in a reset, its result was not
  EXPECT_THAT(counted.find(rule), IsEmpty());
  World parent = fresh_table();
  parent.schema->tables[0].kind = 'p';
  EXPECT_THAT(parent.find(rule), IsEmpty());
  World unknown = fresh_table();
  unknown.counters.reset();
  EXPECT_THAT(unknown.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
