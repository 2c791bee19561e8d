// The text of /metrics: rendered from the published state at each scrape; nobody waits for a server.

#include <prometheus/collectable.h>
#include <prometheus/text_serializer.h>

#include <sstream>

#include "core/version.hpp"
#include "web/metrics/families.hpp"
#include "web/server.hpp"

namespace pgsextant::web {
namespace {

class PublishedState final : public prometheus::Collectable {
 public:
  PublishedState(const Board& board, const WebOptions& options, Timestamp now)
      : board_(board), options_(options), now_(now) {}

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
    Families out;
    for (const ServerReport& report : board_.servers()) {
      const ServerIdentity& server = report.snapshot->server;
      Labels common{{"server", server.name}};
      if (!server.cluster.empty()) common.emplace_back("cluster", server.cluster);
      out.set_common(std::move(common));
      const ServerScope scope{out, report, options_, now_};
      for (const auto add : {add_server_families, add_database_families, add_activity_families, add_wal_families,
                             add_replication_families, add_settings_families, add_statement_families,
                             add_relation_families, add_analysis_families})
        add(scope);
    }
    out.set_common({});
    out.gauge("pgsextant_build_info", "Always 1; the label has the version.").add({{"version", version}}, 1.0);
    add_process_families(out);
    return out.take();
  }

 private:
  const Board& board_;
  const WebOptions& options_;
  Timestamp now_;
};

}  // namespace

std::string render_metrics(const Board& board, const WebOptions& options, Timestamp now) {
  const PublishedState state(board, options, now);
  std::ostringstream text;
  prometheus::TextSerializer{}.Serialize(text, state.Collect());
  return std::move(text).str();
}

}  // namespace pgsextant::web
