// Detects: a database whose pages are found in shared_buffers less than four times out of five, over a window with
// enough reading to judge.
//
// Leaves out: databases that hardly read; reads that cost nothing, where track_io_timing shows that they came from the
// operating system's cache.
//
// Thresholds: 80 %, the same as the vital sign's; 10,000 pages (80 MB) read; reads below 0.1 ms did not touch a disk.
#include "analyzer/rule_support.hpp"

namespace pgsextant::analyzer::checks {
namespace {

constexpr double least_ratio = 0.80;
constexpr std::int64_t least_read = 10'000;
constexpr Milliseconds cached_read{0.1};

}  // namespace

std::vector<Finding> low_cache_hit(const Facts& facts) {
  std::vector<Finding> findings;
  const auto timed = setting_flag(facts.now, "track_io_timing");
  const auto buffers = setting_number(facts.now, "shared_buffers");
  for (const DatabaseDelta& database : facts.window.databases) {
    const DatabaseCounters& counters = database.counters;
    const auto ratio = hit_ratio(counters.blocks_hit, counters.blocks_read);
    if (!ratio || *ratio >= least_ratio || counters.blocks_read.value < least_read) continue;
    const Milliseconds per_read = counters.read_time / static_cast<double>(counters.blocks_read.value);
    if (timed.value_or(false) && per_read < cached_read) continue;

    Finding finding;
    finding.object = {"database", database.name, database.name};
    finding.title = "Database " + database.name + " finds only " + format_value(*ratio, Unit::ratio) +
                    " of its pages in shared buffers";
    finding.why =
        "The rest comes from the operating system's cache or from disk. That is expected of reports over large "
        "tables, and slow for everything else.";
    finding.remedy =
        "First look at what reads so much: sequential scans that an index would spare. Then consider a "
        "larger shared_buffers (a quarter of memory is usual); it needs a restart.";
    finding.evidence = {{"hit ratio", *ratio, Unit::ratio},
                        {"pages read", static_cast<double>(counters.blocks_read.value), Unit::count}};
    if (timed.value_or(false)) finding.evidence.push_back({"time per page read", per_read.count(), Unit::milliseconds});
    if (buffers) finding.evidence.push_back({"shared_buffers", *buffers, Unit::bytes});
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace pgsextant::analyzer::checks
