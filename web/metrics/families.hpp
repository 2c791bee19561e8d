#pragma once
// Families of series, put together for one scrape. Whatever names a server holds, the result can be parsed: labels are
// valid UTF-8, a family has each set of labels once, and what is no number is left out.

#include <prometheus/metric_family.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/report.hpp"
#include "web/server.hpp"

namespace pgsextant::web {

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::vector<Label>;

class Family {
 public:
  Family(std::string_view name, std::string_view help, prometheus::MetricType type, const Labels& common);

  /// NaN and infinity are left out: a gap, never a figure. Of two equal sets of labels the greater value stays.
  void add(const Labels& labels, double value);
  void add(const Labels& labels, std::int64_t value) { add(labels, static_cast<double>(value)); }
  /// The labels that later series begin with.
  void set_common(const Labels& common);

  prometheus::MetricFamily take() { return std::move(family_); }

 private:
  prometheus::MetricFamily family_;
  std::vector<prometheus::ClientMetric::Label> common_;
  std::unordered_map<std::string, std::size_t> seen_;
};

/// All families of a scrape, each once, in the order of their first use.
class Families {
 public:
  /// Labels that every series has from now on, also in families that exist already.
  void set_common(Labels common);

  Family& gauge(std::string_view name, std::string_view help) {
    return family(name, help, prometheus::MetricType::Gauge);
  }
  Family& counter(std::string_view name, std::string_view help) {
    return family(name, help, prometheus::MetricType::Counter);
  }
  Family& untyped(std::string_view name, std::string_view help) {
    return family(name, help, prometheus::MetricType::Untyped);
  }
  /// So many of a family's objects have no series of their own.
  void folded(std::string_view name, std::size_t count);

  std::vector<prometheus::MetricFamily> take();

 private:
  Family& family(std::string_view name, std::string_view help, prometheus::MetricType type);

  Labels common_;
  std::deque<Family> families_;
  std::map<std::string, Family*, std::less<>> by_name_;
};

/// What the families of one server are made from.
struct ServerScope {
  Families& out;
  const ServerReport& report;
  const WebOptions& options;
  Timestamp now;

  [[nodiscard]] const Snapshot& snapshot() const { return *report.snapshot; }
};

/// How old a part may be and still be served; beyond, a series has a gap instead of a line that stands still. Several
/// times the cadence at which parts of that kind are read.
enum class Cadence { seconds, minutes, hours };

template <class T>
bool current(const ServerScope& scope, const Part<T>& part, Cadence cadence) {
  using std::chrono::minutes;
  const auto limit = cadence == Cadence::seconds   ? minutes{5}
                     : cadence == Cadence::minutes ? minutes{15}
                                                   : minutes{180};
  return part && scope.snapshot().link.up && scope.now - part.collected_at <= limit;
}

inline double epoch_seconds(Timestamp t) { return std::chrono::duration<double>(t.time_since_epoch()).count(); }

// One function for each group of families, each in its own file.
void add_server_families(const ServerScope& scope);
void add_database_families(const ServerScope& scope);
void add_activity_families(const ServerScope& scope);
void add_wal_families(const ServerScope& scope);
void add_replication_families(const ServerScope& scope);
void add_settings_families(const ServerScope& scope);
void add_statement_families(const ServerScope& scope);
void add_relation_families(const ServerScope& scope);
void add_analysis_families(const ServerScope& scope);
void add_process_families(Families& out);

}  // namespace pgsextant::web
