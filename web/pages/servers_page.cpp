// All servers, and the small page of an error.

#include <algorithm>

#include "web/pages/pages.hpp"
#include "web/pages/view.hpp"
#include "web/summary.hpp"
#include "web/url.hpp"

namespace pgsextant::web {
namespace {

int urgency(Health health) {
  switch (health) {
    case Health::critical: return 0;
    case Health::warning: return 1;
    case Health::unknown: return 2;
    case Health::good: break;
  }
  return 3;
}

Data row(const ServerReport& report, const StateLine& state) {
  const ServerIdentity& server = report.snapshot->server;
  const auto count = [](std::size_t n) { return text(std::to_string(n)); };
  return Object{{"path", text(server_path(server.name))},
                {"name", text(server.name)},
                {"cluster", text_or_none(server.cluster)},
                {"version", text_or_none(version_text(server))},
                {"role", text_or_none(server.version == 0  ? ""
                                      : server.in_recovery ? "standby"
                                                           : "primary")},
                {"mark", mark(state.health)},
                {"sentence", text(state.sentence)},
                {"findings", report.analysis ? count(report.analysis->findings.size()) : Data(false)},
                {"advice", report.advice ? count(report.advice->recommendations.size()) : Data(false)}};
}

std::string overall(std::size_t servers, std::size_t troubled) {
  if (servers == 0) return "No server has been asked yet";
  if (troubled == 0)
    return servers == 1 ? "The server needs no attention"
                        : "None of " + std::to_string(servers) + " servers needs attention";
  return std::to_string(troubled) + " of " + std::to_string(servers) + (servers == 1 ? " server" : " servers") +
         (troubled == 1 ? " needs attention" : " need attention");
}

}  // namespace

std::string render_servers_page(const std::vector<ServerReport>& servers, Timestamp now) {
  std::vector<std::pair<StateLine, const ServerReport*>> order;
  for (const ServerReport& report : servers) order.emplace_back(state_line(report, now), &report);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return urgency(a.first.health) < urgency(b.first.health); });
  List rows;
  std::size_t troubled = 0;
  for (const auto& [state, report] : order) {
    troubled += state.health == Health::critical || state.health == Health::warning ? 1 : 0;
    rows.push_back(row(*report, state));
  }
  const Health worst = order.empty() ? Health::unknown : order.front().first.health;
  Data root = Object{{"title", text("Servers")},
                     {"state", Object{{"mark", mark(worst)}, {"sentence", text(overall(servers.size(), troubled))}}},
                     {"rows", rows},
                     {"has_rows", Data(!servers.empty())},
                     {"json", text("/api/v1/servers")}};
  return render("servers", root);
}

std::string error_page(int status, std::string_view title, std::string_view detail) {
  Data root = Object{{"title", text(title)},
                     {"status", text(std::to_string(status))},
                     {"detail", text(detail)},
                     {"json", Data(false)}};
  return render("error", root);
}

}  // namespace pgsextant::web
