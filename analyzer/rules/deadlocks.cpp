// Detects: databases in which PostgreSQL had to break deadlocks within the window.
//
// Leaves out: which statements they were: that is in the server's log.
//
// Threshold: one, unless the window is so long that it makes less than one a day.
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double least_per_day = 1;
constexpr double day = 86'400;

}  // namespace

std::vector<Finding> deadlocks(const Facts& facts) {
  std::vector<Finding> findings;
  for (const DatabaseDelta& database : facts.window.databases) {
    const std::int64_t count = database.counters.deadlocks;
    const double days = database.length.count() / day;
    if (count <= 0 || static_cast<double>(count) < least_per_day * days) continue;
    Finding finding;
    finding.object = {"database", database.name, database.name};
    finding.title = counted(count, "deadlock", "deadlocks") + " in " + database.name +
                    (days > 0 ? " within " + format_value(database.length.count(), Unit::seconds) : "");
    finding.why =
        "Two transactions each waited for a lock of the other. PostgreSQL waited deadlock_timeout, then "
        "cancelled one of them: its work is lost and has to be done again.";
    finding.remedy =
        "Let all transactions lock rows in the same order, for instance by primary key, and keep them "
        "short. The server's log names both statements.";
    finding.evidence = {{"deadlocks", static_cast<double>(count), Unit::count}};
    if (days > 0) finding.evidence.push_back({"within", database.length.count(), Unit::seconds});
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
