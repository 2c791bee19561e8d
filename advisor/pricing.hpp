#pragma once
// What an index costs to have and to build, in the same words for every recommender.

#include <string>
#include <string_view>
#include <vector>

#include "advisor/recommender.hpp"
#include "core/model/schema.hpp"
#include "core/recommendation.hpp"

namespace pgsextant::advisor {

/// Inserts, updates and deletes per second on the table in the window; 0 when not measured.
double writes_per_second(const AdviceInput& input, Oid table);
/// How long the counters of tables were watched; 0 when not at all.
double measured_seconds(const AdviceInput& input);

/// Size, writes, lock and clean-up of CREATE INDEX CONCURRENTLY.
Price creation_price(const AdviceInput& input, CostModel& model, Oid table, const IndexDefinition& index);
/// The same of DROP INDEX CONCURRENTLY; the size is what is given back.
Price removal_price(const AdviceInput& input, const Index& index, std::int64_t block_size);

/// "CREATE INDEX CONCURRENTLY …;"
std::string create_sql(const IndexDefinition& index, std::string_view name);
/// "DROP INDEX CONCURRENTLY schema.name;"
std::string drop_sql(std::string_view schema, std::string_view name);

/// The block size of the server; 8192 where the settings were not read.
std::int64_t block_size_of(const Snapshot& snapshot);

/// "a, b and c"
std::string listed(const std::vector<std::string>& items);
/// "2 statements", "1 statement"
std::string counted(std::size_t n, std::string_view singular);

}  // namespace pgsextant::advisor
