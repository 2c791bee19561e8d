// Detects: fsync or full_page_writes switched off.
//
// Leaves out: synchronous_commit, which loses the last transactions in a crash but corrupts nothing and is a fair
// choice.
//
// Threshold: none. fsync is critical; full_page_writes a warning, since a file system that never tears pages (ZFS)
// makes it safe.
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

Finding finding_of(const std::string& setting, Severity severity, const std::string& what) {
  Finding finding;
  finding.severity = severity;
  finding.object = {"setting", "", setting};
  finding.title = "Setting " + setting + " is off: " + what;
  finding.why =
      "It may be off for loading or for tests. On a server whose data matter it is the difference between a "
      "restart and a restore.";
  finding.remedy = "Switch it on; a reload is enough.";
  finding.remedy_sql = "ALTER SYSTEM SET " + setting + " = on;\nSELECT pg_reload_conf();";
  return finding;
}

}  // namespace

std::vector<Finding> durability_off(const Facts& facts) {
  std::vector<Finding> findings;
  if (!setting_flag(facts.now, "fsync").value_or(true)) {
    findings.push_back(finding_of("fsync", Severity::critical, "a crash of the machine can corrupt every database"));
  }
  if (!setting_flag(facts.now, "full_page_writes").value_or(true)) {
    findings.push_back(finding_of("full_page_writes", Severity::warning, "a page torn in a crash cannot be repaired"));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
