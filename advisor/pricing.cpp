#include "advisor/pricing.hpp"

namespace pgsextant::advisor {
namespace {

constexpr std::string_view creation_lock =
    "SHARE UPDATE EXCLUSIVE on the table: reads and writes go on, VACUUM, ANALYZE and DDL on it wait. It reads the "
    "table "
    "twice and waits for every transaction that is older than itself";
constexpr std::string_view creation_note =
    "CREATE INDEX CONCURRENTLY cannot run inside a transaction block. If it fails it leaves an invalid index behind: "
    "drop that with the undo statement before another try.";
constexpr std::string_view removal_lock =
    "SHARE UPDATE EXCLUSIVE on the table: reads and writes go on. It waits for every transaction that uses the table";

}  // namespace

double writes_per_second(const AdviceInput& input, Oid table) {
  const TableCounters* counters = input.window.table(input.database, table);
  const double seconds = measured_seconds(input);
  if (counters == nullptr || seconds <= 0) return 0;
  return static_cast<double>(counters->inserted + counters->updated + counters->deleted) / seconds;
}

double measured_seconds(const AdviceInput& input) {
  const TablesDelta* tables = input.window.tables_of(input.database);
  return tables == nullptr ? 0 : tables->length.count();
}

Price creation_price(const AdviceInput& input, CostModel& model, Oid table, const IndexDefinition& index) {
  Price price;
  if (const auto size = model.size(index)) price.size = *size;
  price.size_basis = Basis::estimated;
  price.writes_per_second = writes_per_second(input, table);
  price.lock = creation_lock;
  price.note = creation_note;
  return price;
}

Price removal_price(const AdviceInput& input, const Index& index, std::int64_t block_size) {
  Price price;
  price.size = Bytes{} - index.pages.to_bytes(block_size);
  price.size_basis = Basis::measured;
  price.writes_per_second = -writes_per_second(input, index.table);
  price.lock = removal_lock;
  price.note = "DROP INDEX CONCURRENTLY cannot run inside a transaction block.";
  return price;
}

std::string create_sql(const IndexDefinition& index, std::string_view name) {
  return create_statement(index, name, true) + ";";
}

std::string drop_sql(std::string_view schema, std::string_view name) {
  return "DROP INDEX CONCURRENTLY " + quote_identifier(schema) + "." + quote_identifier(name) + ";";
}

std::int64_t block_size_of(const Snapshot& snapshot) {
  constexpr std::int64_t usual = 8192;
  if (!snapshot.settings) return usual;
  const auto size = snapshot.settings->number("block_size");
  return size && *size > 0 ? static_cast<std::int64_t>(*size) : usual;
}

std::string listed(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? " and " : ", ";
    text += items[i];
  }
  return text;
}

std::string counted(std::size_t n, std::string_view singular) {
  return std::to_string(n) + " " + std::string(singular) + (n == 1 ? "" : "s");
}

}  // namespace pgsextant::advisor
