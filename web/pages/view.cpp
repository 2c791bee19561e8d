#include "web/pages/view.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <stdexcept>

#include "core/embedded.hpp"
#include "core/version.hpp"
#include "web/http/static_files.hpp"
#include "web/summary.hpp"
#include "web/text.hpp"

namespace pgsextant::web {
namespace {

std::string raw_number(double value) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.17g", value);
  return buffer.data();
}

Data mark(std::string_view css_class, std::string_view word, std::string_view shape) {
  return Object{{"class", text(css_class)}, {"word", text(word)}, {"shape", text(shape)}};
}

/// "2026-11-21 09:37:01 UTC" of "2026-11-21T09:37:01Z".
std::string spoken(std::string iso) {
  if (const auto t = iso.find('T'); t != std::string::npos) iso[t] = ' ';
  if (iso.ends_with('Z')) iso.replace(iso.size() - 1, 1, " UTC");
  return iso;
}

}  // namespace

Data figure(double value, Unit unit, Basis basis) {
  return Object{{"text", text(format_value(value, unit))},
                {"exact", text(exact_value(value, unit))},
                {"estimated", Data(basis == Basis::estimated)},
                {"raw", text(std::isfinite(value) ? raw_number(value) : "")}};
}

Data figure_or_none(const std::optional<double>& value, Unit unit) {
  return value ? figure(*value, unit) : Data(false);
}

Data moment(Timestamp t, Timestamp now) {
  const std::string iso = format_utc(t);
  return Object{{"relative", text(relative_time(t, now))}, {"iso", text(iso)}, {"utc", text(spoken(iso))}};
}

Data moment_or_none(const std::optional<Timestamp>& t, Timestamp now) { return t ? moment(*t, now) : Data(false); }

Data mark(Health health) {
  switch (health) {
    case Health::good: return mark("good", "healthy", "●");
    case Health::warning: return mark("warning", "warning", "▲");
    case Health::critical: return mark("critical", "critical", "◆");
    case Health::unknown: break;
  }
  return mark("unknown", "unknown", "○");
}

Data mark(Severity severity) {
  switch (severity) {
    case Severity::critical: return mark("critical", "critical", "◆");
    case Severity::warning: return mark("warning", "warning", "▲");
    case Severity::info: break;
  }
  return mark("info", "note", "●");
}

Data mark(const SourceStatus& source) {
  if (!source.last_run) return mark("unknown", "not run yet", "○");
  switch (source.outcome) {
    case Outcome::ok: return mark("good", "ok", "●");
    case Outcome::unsupported: return mark("unknown", "unsupported", "○");
    case Outcome::denied: return mark("warning", "denied", "▲");
    case Outcome::locked: return mark("warning", "locked", "▲");
    case Outcome::timeout: return mark("warning", "timeout", "▲");
    case Outcome::unavailable: return mark("critical", "unavailable", "◆");
    case Outcome::invalid_input: return mark("critical", "unusable", "◆");
  }
  return mark("unknown", "unknown", "○");
}

std::string percent(double share) { return format_value(share, Unit::ratio); }

std::string anchor(std::string_view prefix, std::string_view key) {
  return std::string(prefix) + "-" + content_hash(key);
}

std::string render(std::string_view name, Data& root) {
  const auto source = [](std::string_view file) {
    return std::string(embedded(embedded_files(), "templates/" + std::string(file) + ".html"));
  };
  for (const std::string_view part : {"head", "foot", "finding", "recommendation"})
    root.set(std::string(part), Data(kainjow::mustache::partial([=] { return source(part); })));
  root.set("css", static_path("app.css"));
  root.set("js", static_path("app.js"));
  root.set("icon", static_path("icon.svg"));
  root.set("program_version", text(version));
  // A template keeps its error state and is not const while it renders: one instance for each page.
  kainjow::mustache::mustache page(source(name));
  std::string html = page.render(root);
  if (!page.is_valid()) throw std::logic_error("template " + std::string(name) + ": " + page.error_message());
  return displayable(html);
}

}  // namespace pgsextant::web
