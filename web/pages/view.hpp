#pragma once
// What templates are filled with. A template looks up a missing name in the surrounding object, so every object sets
// every name that its template asks for: absent is false.

#include <kainjow/mustache.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/report.hpp"
#include "store/store.hpp"

namespace pgsextant::web {

using Data = kainjow::mustache::data;
using Object = kainjow::mustache::object;
using List = kainjow::mustache::list;

/// What the sections of a server's page are made from.
struct PageScope {
  const ServerReport& report;
  store::Store& store;
  Timestamp now;

  [[nodiscard]] const Snapshot& snapshot() const { return *report.snapshot; }
};

inline Data text(std::string_view value) { return Data(std::string(value)); }
/// False when empty, so that a template can leave out what surrounds it.
inline Data text_or_none(std::string_view value) { return value.empty() ? Data(false) : text(value); }

/// {text, exact, estimated, raw}: the figure, its digits on hover, its mark, and the number to sort by.
Data figure(double value, Unit unit, Basis basis = Basis::measured);
Data figure_or_none(const std::optional<double>& value, Unit unit);

/// {relative, iso, utc}
Data moment(Timestamp t, Timestamp now);
Data moment_or_none(const std::optional<Timestamp>& t, Timestamp now);

/// {class, word, shape}: never colour alone.
Data mark(Health health);
Data mark(Severity severity);
Data mark(const SourceStatus& source);

/// "12 %"
std::string percent(double share);

/// An id for the page out of an identity that may hold anything.
std::string anchor(std::string_view prefix, std::string_view key);

/// Fills templates/NAME.html; the layout's names are added. The result is displayable() whatever went in.
std::string render(std::string_view name, Data& root);

// One function for each section of a server's page, each in its own file.
Data vitals_section(const PageScope& scope);
Data findings_section(const PageScope& scope);
Data recommendations_section(const PageScope& scope);
Data statements_section(const PageScope& scope);
Data sessions_section(const PageScope& scope);
Data replication_section(const PageScope& scope);
Data collection_section(const PageScope& scope);

/// Why there may be less to see than there is: a sentence for empty lists; false when every source answered.
Data limits(const Snapshot& snapshot);

/// One finding or recommendation for its template; `tracked` may be null.
Data finding_view(const Finding& finding, const store::Tracked* tracked, const std::string& server, Timestamp now);
Data recommendation_view(const Recommendation& each, const store::Tracked* tracked, const std::string& server,
                         Timestamp now);

}  // namespace pgsextant::web
