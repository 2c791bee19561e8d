#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cases/support/world.hpp"

namespace pgsextant::analyzer::cases {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view rule = "integer_key_near_limit";
constexpr std::int64_t int_max = 2147483647;

World near(double used, const std::string& type = "integer", std::int64_t max = int_max) {
  World world;
  const auto& table = world.table("events", 1e6, {"id " + type + " not null"});
  Sequence sequence;
  sequence.schema = "public";
  sequence.name = "events_id_seq";
  sequence.max_value = max;
  sequence.last_value = static_cast<std::int64_t>(static_cast<double>(max) * used);
  sequence.table = table.oid;
  sequence.column = "id";
  sequence.column_type = type;
  world.schema->sequences.push_back(sequence);
  return world;
}

TEST(IntegerKeyNearLimit, FiresWithTheWayOut) {
  World world = near(0.98);
  world.table("answers", 10, {"event_id integer"});
  world.foreign_key("f", "answers", {"event_id"}, "events", {"id"});
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(plain(findings[0].title), "Column public.events.id (integer) has used 98 % of its values: 42.9 M are left");
  EXPECT_EQ(findings[0].severity, Severity::critical);
  EXPECT_EQ(findings[0].remedy_sql,
            "ALTER TABLE public.events ALTER COLUMN id TYPE bigint;\nALTER SEQUENCE public.events_id_seq AS bigint;");
  EXPECT_THAT(findings[0].remedy, HasSubstr("public.answers.event_id"));
  EXPECT_THAT(findings[0].remedy, HasSubstr("ACCESS EXCLUSIVE"));
}

TEST(IntegerKeyNearLimit, SaysHowLongItLastsAtThePresentRate) {
  World world = near(0.98);
  TablesDelta delta{shop, Seconds(100), {}};
  delta.tables[world.schema->tables[0].oid].inserted = 1000;
  world.window.tables.push_back(delta);
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(figure(findings[0], "time left at the present rate"), figure(findings[0], "values left") / 10);
}

TEST(IntegerKeyNearLimit, TheBoundaries) {
  EXPECT_THAT(near(0.7499).find(rule), IsEmpty());
  EXPECT_EQ(near(0.7501).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(near(0.8999).find(rule).at(0).severity, Severity::warning);
  EXPECT_EQ(near(0.9001).find(rule).at(0).severity, Severity::critical);
}

TEST(IntegerKeyNearLimit, TheColumnsTypeCountsEvenIfTheSequenceGoesOn) {
  World world = near(0.98);
  world.schema->sequences[0].max_value = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(world.find(rule), SizeIs(1));
  world.schema->sequences[0].column_type = "bigint";
  EXPECT_THAT(world.find(rule), IsEmpty());
}

TEST(IntegerKeyNearLimit, TheSequencesOwnEndCountsWithoutAColumn) {
  World world = near(0.98, "bigint", 1000);
  world.schema->sequences[0].table = Oid{};
  world.schema->sequences[0].column_type.clear();
  const auto findings = world.find(rule);
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].object.kind, "sequence");
  EXPECT_EQ(figure(findings[0], "values left"), 20);
}

TEST(IntegerKeyNearLimit, StaysQuietForDescendingAndUnreadSequences) {
  World descending = near(0.98);
  descending.schema->sequences[0].increment = -1;
  EXPECT_THAT(descending.find(rule), IsEmpty());
  World unread = near(0.98);
  unread.schema->sequences[0].last_value.reset();
  EXPECT_THAT(unread.find(rule), IsEmpty());
}

}  // namespace
}  // namespace pgsextant::analyzer::cases
