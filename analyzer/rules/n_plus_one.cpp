// Detects: a statement B that fetches few rows of one table by a single equality, run about once for each row that
// another statement A of the same role and database returned: a loop in the application around a query.
//
// Leaves out: pairs between whose tables no column leads (a foreign key, the same column name, customer_id and
// customers.id), since counts of unrelated statements agree by chance; batches (= ANY); B within functions or A with
// few calls; loops that also fetch something else conditionally, whose counts do not agree.
//
// Thresholds: B at least 10 times as often as A and 100 times in the window, A at least 3 times, so that a coincidence
// of counts is unlikely; 10 % because A and B are counted at slightly different moments; at most 100 rows a call of B.
#include <algorithm>
#include <cmath>

#include "analyzer/rule_support.hpp"
#include "sql/parse.hpp"
#include "sql/shape.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr std::int64_t least_calls = 100, least_calls_of_parent = 3;
constexpr double times_as_often = 10, tolerance = 0.10, rows_per_call = 100;

struct Lookup {
  sql::TableUse table;
  std::string column;
};

/// SELECT … FROM one table WHERE column = $1, and nothing else.
std::optional<Lookup> as_lookup(std::string_view text) {
  const auto info = sql::inspect(text);
  if (!info || info->kind != sql::StatementKind::select || info->writes) return std::nullopt;
  const auto shape = sql::shape(text);
  if (!shape || shape->tables.size() != 1) return std::nullopt;
  const sql::TableUse& table = shape->tables.front();
  if (table.predicates.size() != 1) return std::nullopt;
  const sql::Predicate& predicate = table.predicates.front();
  if (predicate.kind != sql::PredicateKind::equality || !predicate.parameter || predicate.column.empty() ||
      predicate.operator_name != "=" || compares_with_list(text)) {
    return std::nullopt;
  }
  return Lookup{table, predicate.column};
}

bool reads(const sql::TableUse& use, const Table* table, std::string_view column) {
  if (use.all_columns) return table == nullptr || table->column(column) != nullptr;
  return std::ranges::find(use.columns_read, column) != use.columns_read.end();
}

/// "customer_id" leads to "id" of customers.
bool names_match(std::string_view foreign, std::string_view table, std::string_view key) {
  const auto suffix = "_" + std::string(key);
  return foreign.size() > suffix.size() && foreign.ends_with(suffix) &&
         table.starts_with(foreign.substr(0, foreign.size() - suffix.size()));
}

bool foreign_key_leads(const DatabaseSchema& schema, const sql::TableUse& parent, const Table& from, const Table& to,
                       const Lookup& lookup) {
  return std::ranges::any_of(schema.foreign_keys, [&](const ForeignKey& key) {
    if (key.columns.size() != 1 || key.referenced_columns.size() != 1) return false;
    if (key.table == from.oid && key.referenced_table == to.oid) {
      return key.referenced_columns[0] == lookup.column && reads(parent, &from, key.columns[0]);
    }
    return key.table == to.oid && key.referenced_table == from.oid && key.columns[0] == lookup.column &&
           reads(parent, &from, key.referenced_columns[0]);
  });
}

/// A column that `parent` reads leads to the rows that the lookup fetches.
bool leads_to(const sql::TableUse& parent, const Lookup& lookup, const DatabaseSchema* schema) {
  const Table* const from = schema == nullptr ? nullptr : schema->table(parent.schema, parent.table);
  const Table* const to = schema == nullptr ? nullptr : schema->table(lookup.table.schema, lookup.table.table);
  if (from != nullptr && to != nullptr && foreign_key_leads(*schema, parent, *from, *to, lookup)) return true;
  if (lookup.column != "id" && reads(parent, from, lookup.column)) return true;
  if (names_match(lookup.column, parent.table, "id")) return reads(parent, from, "id");
  return !parent.all_columns && std::ranges::any_of(parent.columns_read, [&](const std::string& column) {
    return names_match(column, lookup.table.table, lookup.column);
  });
}

struct Parent {
  const StatementDelta* statement = nullptr;
  const std::string* text = nullptr;
  double difference = 0;
};

std::optional<Parent> parent_of(const Facts& facts, const StatementDelta& child, const Lookup& lookup) {
  const auto calls = static_cast<double>(child.counters.calls);
  std::optional<Parent> best;
  for (const StatementDelta& entry : facts.window.statements.entries) {
    if (entry.key.database != child.key.database || entry.key.user != child.key.user ||
        entry.key.query == child.key.query || entry.counters.calls < least_calls_of_parent ||
        static_cast<double>(entry.counters.calls) * times_as_often > calls) {
      continue;
    }
    const double difference = std::abs(static_cast<double>(entry.counters.rows) - calls) / calls;
    if (difference > tolerance || (best && difference >= best->difference)) continue;
    const std::string* const text = facts.now.text(entry.key.query);
    if (text == nullptr) continue;
    const auto info = sql::inspect(*text);
    if (!info || info->kind != sql::StatementKind::select) continue;
    const auto shape = sql::shape(*text);
    if (!shape || std::ranges::none_of(shape->tables, [&](const sql::TableUse& use) {
          return leads_to(use, lookup, facts.now.schema(entry.key.database));
        })) {
      continue;
    }
    best = Parent{&entry, text, difference};
  }
  return best;
}

Finding finding_of(const Facts& facts, const StatementDelta& child, const std::string& text, const Lookup& lookup,
                   const Parent& parent) {
  const StatementCounters& a = parent.statement->counters;
  const StatementCounters& b = child.counters;
  Finding finding;
  finding.object = {"statement", database_name(facts.now, child.key.database), std::to_string(child.key.query.value)};
  finding.key = make_key("n_plus_one", finding.object, std::to_string(parent.statement->key.query.value));
  finding.title = "A lookup in " + lookup.table.table + " ran " + counted(b.calls, "time", "times") +
                  ", once for each row of " + counted(a.calls, "call", "calls") + " of another statement";
  finding.why = "\"" + one_line(*parent.text) + "\" returned " + format_value(static_cast<double>(a.rows), Unit::rows) +
                ", and \"" + one_line(text) +
                "\" ran once for each. Every round trip costs network and parsing, which "
                "the execution times here do not even show.";
  finding.remedy = "Fetch both in one statement with a JOIN, or all at once with WHERE " +
                   quote_identifier(lookup.column) + " = ANY ($1). In an ORM: eager loading.";
  finding.statement = child.key.query;
  finding.load_share = load_share(facts, child);
  finding.severity = severity_by_load(finding.load_share);
  finding.evidence = {{"calls of the lookup", static_cast<double>(b.calls), Unit::count},
                      {"rows of the other statement", static_cast<double>(a.rows), Unit::rows},
                      {"calls of the other statement", static_cast<double>(a.calls), Unit::count},
                      {"time in lookups", b.exec_time.count(), Unit::milliseconds}};
  return finding;
}

}  // namespace

std::vector<Finding> n_plus_one(const Facts& facts) {
  std::vector<Finding> findings;
  for (const StatementDelta& entry : facts.window.statements.entries) {
    const StatementCounters& counters = entry.counters;
    if (!entry.key.toplevel || counters.calls < least_calls ||
        static_cast<double>(counters.rows) > static_cast<double>(counters.calls) * rows_per_call) {
      continue;
    }
    const std::string* const text = facts.now.text(entry.key.query);
    if (text == nullptr || is_own(*text)) continue;
    const auto lookup = as_lookup(*text);
    if (!lookup) continue;
    if (const auto parent = parent_of(facts, entry, *lookup)) {
      findings.push_back(finding_of(facts, entry, *text, *lookup, *parent));
    }
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
