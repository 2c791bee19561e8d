// What every source must hold, whoever adds the next.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "collector/dump_sql.hpp"
#include "collector/source.hpp"
#include "collector/visits.hpp"

namespace pgsextant::collector {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<const Query*> every_query() {
  std::vector<const Query*> all{&server_clock, &installed_extension, &connectable_databases, &backend_present};
  for (const auto* const source : sources()) all.insert(all.end(), source->queries.begin(), source->queries.end());
  return all;
}

/// SQL without comments (there are none), string literals and quoted names.
std::string without_literals(std::string_view sql) {
  std::string text;
  bool inside = false;
  for (const char c : sql) {
    if (c == '\'') inside = !inside;
    if (!inside && c != '\'') text += c;
  }
  return text;
}

TEST(RegistryTest, EverySourceIsComplete) {
  std::set<std::string_view> ids;
  for (const auto* const source : sources()) {
    SCOPED_TRACE(source->id);
    EXPECT_TRUE(ids.insert(source->id).second) << "the id is taken";
    EXPECT_FALSE(source->description.empty());
    EXPECT_FALSE(source->rights.empty());
    EXPECT_FALSE(source->queries.empty());
    EXPECT_GE(source->cadence, std::chrono::seconds(1));
    EXPECT_NE(source->read, nullptr);
    EXPECT_TRUE(std::filesystem::exists(std::string(PGSEXTANT_SOURCE_DIR "/collector/sources/") +
                                        std::string(source->id) + ".cpp"));
  }
}

TEST(RegistryTest, SourcesOfEveryDatabaseAreInTheSlowLane) {
  for (const auto* const source : sources())
    EXPECT_TRUE(source->scope != Scope::database || source->lane == Lane::slow) << source->id;
}

TEST(RegistryTest, VariantsAreListedNewestFirst) {
  for (const auto* const query : every_query())
    EXPECT_TRUE(std::is_sorted(query->variants.begin(), query->variants.end(), [](const auto& a, const auto& b) {
      return a.minimum > b.minimum;
    })) << query->name;
}

TEST(RegistryTest, EveryQueryHasAVariantForTheOldestSupportedVersion) {
  for (const auto* const source : sources())
    for (const auto* const query : source->queries)
      EXPECT_NE(variant_for(*query, source->extension.empty() ? 130000 : 108), nullptr)
          << source->id << "." << query->name;
}

TEST(RegistryTest, TheVariantIsTheNewestThatTheVersionReaches) {
  constexpr QueryVariant variants[] = {{170000, "new"}, {140000, "middle"}, {130000, "old"}};
  const Query query{"example", variants};
  EXPECT_EQ(variant_for(query, 180001)->sql, "new");
  EXPECT_EQ(variant_for(query, 170000)->sql, "new");
  EXPECT_EQ(variant_for(query, 169999)->sql, "middle");
  EXPECT_EQ(variant_for(query, 130005)->sql, "old");
  EXPECT_EQ(variant_for(query, 129999), nullptr);
}

TEST(RegistryTest, SystemObjectsAreSchemaQualified) {
  for (const auto* const query : every_query()) {
    for (const auto& variant : query->variants) {
      const auto sql = without_literals(variant.sql);
      for (auto at = sql.find("pg_"); at != std::string::npos; at = sql.find("pg_", at + 1)) {
        const bool starts_a_word =
            at == 0 || (std::isalnum(static_cast<unsigned char>(sql[at - 1])) == 0 && sql[at - 1] != '_');
        if (!starts_a_word || sql.compare(at, 10, "pg_catalog") == 0) continue;
        EXPECT_TRUE(at > 0 && sql[at - 1] == '.') << query->name << ": " << sql.substr(at, 40);
      }
    }
  }
}

TEST(RegistryTest, NothingThatWaitsBehindLocksIsAskedForMoreThanOneObject) {
  for (const auto* const query : every_query()) {
    for (const auto& variant : query->variants) {
      for (const auto* const walks_or_locks :
           {"pg_relation_size", "pg_table_size", "pg_total_relation_size", "pg_indexes_size", "pg_get_viewdef",
            "pg_get_constraintdef", "pg_sequences", "pg_indexes "})
        EXPECT_THAT(variant.sql, Not(HasSubstr(walks_or_locks))) << query->name;
      const bool deparses = variant.sql.find("pg_get_") != std::string_view::npos;
      EXPECT_TRUE(!deparses || variant.sql.find("i.indexrelid = $1::") != std::string_view::npos) << query->name;
    }
  }
}

TEST(RegistryTest, SampleValuesOfColumnsAreNeverRead) {
  for (const auto* const query : every_query())
    for (const auto& variant : query->variants)
      for (const auto* const values : {"most_common_vals", "histogram_bounds", "most_common_elems", "stavalues"})
        EXPECT_THAT(variant.sql, Not(HasSubstr(values))) << query->name;
}

TEST(DumpSqlTest, ItHoldsEverySourceWithEveryVariantItsCadenceAndItsRights) {
  const auto text = dump_sql();
  for (const auto* const query : every_query())
    for (const auto& variant : query->variants) EXPECT_THAT(text, HasSubstr(variant.sql));
  for (const auto* const source : sources()) {
    EXPECT_THAT(text, HasSubstr("-- " + std::string(source->id) + ": " + std::string(source->description)));
    EXPECT_THAT(text, HasSubstr("-- rights: " + std::string(source->rights)));
  }
  EXPECT_THAT(text, HasSubstr("-- every 1 s\n"));
  EXPECT_THAT(text, HasSubstr("-- every 1 h\n"));
  EXPECT_THAT(text, HasSubstr("-- every 60 s, in each database in turn\n"));
  EXPECT_THAT(text, HasSubstr("statements.statements, pg_stat_statements 1.9+"));
  EXPECT_THAT(text, HasSubstr("wal.wal, PostgreSQL 17+"));
}

}  // namespace
}  // namespace pgsextant::collector
