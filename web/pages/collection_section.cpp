// How collecting goes: where every figure of the page comes from, and what is missing.

#include "web/pages/view.hpp"
#include "web/summary.hpp"

namespace pgsextant::web {
namespace {

Data source(const SourceStatus& each, Timestamp now) {
  return Object{{"id", text(each.id)},
                {"mark", mark(each)},
                {"message", text_or_none(each.message)},
                {"hint", text_or_none(each.hint)},
                {"last_success", moment_or_none(each.last_success, now)},
                {"duration", each.last_run ? figure(each.duration.count(), Unit::seconds) : Data(false)},
                {"runs", text(std::to_string(each.runs))},
                {"failures", each.failures > 0 ? text(std::to_string(each.failures)) : Data(false)}};
}

}  // namespace

Data limits(const Snapshot& snapshot) {
  const auto unread = unread_sources(snapshot);
  std::size_t skipped = 0;
  for (const auto& schema : snapshot.schemas)
    if (schema) skipped += schema->skipped.size();
  if (unread.empty() && skipped == 0) return Data(false);
  std::string sentence;
  if (!unread.empty()) {
    sentence = unread.size() == 1 ? "1 source has not been read ("
                                  : std::to_string(unread.size()) + " sources have not been read (";
    for (std::size_t i = 0; i < unread.size(); ++i) sentence += (i == 0 ? "" : ", ") + unread[i]->id;
    sentence += ")";
  }
  if (skipped > 0)
    sentence += (sentence.empty() ? "" : " and ") + std::to_string(skipped) +
                (skipped == 1 ? " object was" : " objects were") + " skipped";
  return text(sentence);
}

Data collection_section(const PageScope& scope) {
  List sources;
  for (const SourceStatus& each : scope.snapshot().sources) sources.push_back(source(each, scope.now));
  List skipped;
  constexpr std::size_t shown = 10;
  std::size_t omitted = 0;
  for (const auto& schema : scope.snapshot().schemas) {
    if (!schema) continue;
    for (const Skipped& each : schema->skipped) {
      if (skipped.size() < shown)
        skipped.push_back(Object{{"object", text(each.object)}, {"reason", text(each.reason)}});
      else
        ++omitted;
    }
  }
  const bool any_skipped = !skipped.empty();
  const std::string status = scope.store.status();
  return Object{{"sources", sources},
                {"has_skipped", Data(any_skipped)},
                {"skipped", skipped},
                {"omitted", omitted > 0 ? text(std::to_string(omitted)) : Data(false)},
                {"history", text_or_none(status)},
                {"connects", text(std::to_string(scope.snapshot().link.connects))}};
}

}  // namespace pgsextant::web
