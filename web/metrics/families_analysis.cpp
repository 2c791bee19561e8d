// What the analysis makes of a server: vital signs, findings, recommendations.

#include <map>
#include <string>
#include <utility>

#include "web/metrics/families.hpp"

namespace pgsextant::web {
namespace {

constexpr std::chrono::minutes analysis_is_old{5};

/// Base units, as Prometheus wants them; one family for each, since a family has one unit.
void add_vital(Families& out, const Vital& vital) {
  const Labels labels{{"vital", vital.id}};
  if (vital.health != Health::unknown)
    out.gauge("pgsextant_vital_health", "State of a vital sign: 0 good, 1 warning, 2 critical; absent while unknown.")
        .add(labels, vital.health == Health::critical  ? 2.0
                     : vital.health == Health::warning ? 1.0
                                                       : 0.0);
  if (!vital.value) return;
  const auto gauge = [&](std::string_view name, std::string_view help, double value) {
    out.gauge(name, help).add(labels, value);
  };
  switch (vital.unit) {
    case Unit::ratio: gauge("pgsextant_vital_ratio", "Vital signs that are a ratio, 0 to 1.", *vital.value); break;
    case Unit::bytes: gauge("pgsextant_vital_bytes", "Vital signs in bytes.", *vital.value); break;
    case Unit::milliseconds: gauge("pgsextant_vital_seconds", "Vital signs in seconds.", *vital.value / 1000); break;
    case Unit::seconds: gauge("pgsextant_vital_seconds", "Vital signs in seconds.", *vital.value); break;
    case Unit::per_second: gauge("pgsextant_vital_per_second", "Vital signs that are a rate.", *vital.value); break;
    case Unit::count:
    case Unit::cost:
    case Unit::rows: gauge("pgsextant_vital", "Vital signs without a unit.", *vital.value); break;
  }
}

void add_findings(Families& out, const Analysis& analysis) {
  std::map<std::pair<std::string, Severity>, std::int64_t> counts;
  for (const Finding& finding : analysis.findings) ++counts[{finding.rule, finding.severity}];
  Family& family = out.gauge("pgsextant_findings", "Open findings by rule and severity.");
  for (const auto& [key, count] : counts) family.add({{"rule", key.first}, {"severity", to_string(key.second)}}, count);
}

void add_recommendations(Families& out, const Advice& advice) {
  std::map<std::string, std::int64_t> counts;
  for (const Recommendation& each : advice.recommendations) ++counts[each.kind];
  Family& family = out.gauge("pgsextant_recommendations", "Open recommendations by kind.");
  for (const auto& [kind, count] : counts) family.add({{"kind", kind}}, count);
  out.gauge("pgsextant_unplanned_statements", "Statements that could not be costed in the last round of advice.")
      .add({}, static_cast<std::int64_t>(advice.unplanned.size()));
  out.gauge("pgsextant_advice_timestamp_seconds", "When the last round of advice ended.")
      .add({}, epoch_seconds(advice.at));
}

}  // namespace

void add_analysis_families(const ServerScope& scope) {
  const auto& analysis = scope.report.analysis;
  if (analysis) {
    scope.out.gauge("pgsextant_analysis_timestamp_seconds", "When the last round of analysis ended.")
        .add({}, epoch_seconds(analysis->at));
    if (scope.snapshot().link.up && scope.now - analysis->at <= analysis_is_old) {
      for (const Vital& vital : analysis->vitals) add_vital(scope.out, vital);
      add_findings(scope.out, *analysis);
    }
  }
  // Advice concerns definitions and workload, not the moment: it stays true while the server is away.
  if (scope.report.advice) add_recommendations(scope.out, *scope.report.advice);
}

}  // namespace pgsextant::web
