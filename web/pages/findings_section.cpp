// What is wrong, with its evidence.

#include <map>

#include "web/pages/view.hpp"
#include "web/url.hpp"

namespace pgsextant::web {

Data finding_view(const Finding& finding, const store::Tracked* tracked, const std::string& server, Timestamp now) {
  List evidence;
  for (const Figure& each : finding.evidence)
    evidence.push_back(Object{{"label", text(each.label)}, {"figure", figure(each.value, each.unit, each.basis)}});
  const bool has_evidence = !evidence.empty();
  return Object{{"id", text(anchor("finding", finding.key))},
                {"rule", text(finding.rule)},
                {"mark", mark(finding.severity)},
                {"title", text(finding.title)},
                {"object_kind", text(finding.object.kind)},
                {"object_name", text_or_none(finding.object.name)},
                {"why", text_or_none(finding.why)},
                {"remedy", text_or_none(finding.remedy)},
                {"sql", text_or_none(finding.remedy_sql)},
                {"has_evidence", Data(has_evidence)},
                {"evidence", evidence},
                {"share", finding.load_share ? text(percent(*finding.load_share)) : Data(false)},
                {"statement", finding.statement ? text(statement_path(server, finding.statement->value)) : Data(false)},
                {"open", Data(finding.severity == Severity::critical)},
                {"first_seen", tracked != nullptr ? moment(tracked->first_seen, now) : Data(false)},
                {"last_seen", tracked != nullptr ? moment(tracked->last_seen, now) : Data(false)}};
}

Data findings_section(const PageScope& scope) {
  if (!scope.report.analysis) return Data(false);
  const std::string& server = scope.snapshot().server.name;
  std::map<std::string, store::Tracked, std::less<>> history;
  if (const auto tracked = scope.store.tracked(server, store::TrackedType::finding))
    for (const store::Tracked& each : *tracked) history.emplace(each.key, each);

  List list;
  std::size_t muted = 0;
  for (const Finding& finding : scope.report.analysis->findings) {
    const auto found = history.find(finding.key);
    const store::Tracked* const tracked = found == history.end() ? nullptr : &found->second;
    if (tracked != nullptr && tracked->muted) {
      ++muted;
      continue;
    }
    list.push_back(finding_view(finding, tracked, server, scope.now));
  }
  const std::size_t count = list.size();
  return Object{{"count", text(std::to_string(count))},
                {"list", list},
                {"empty", Data(count == 0)},
                {"limits", limits(scope.snapshot())},
                {"muted", muted > 0 ? text(std::to_string(muted)) : Data(false)}};
}

}  // namespace pgsextant::web
