#include "web/metrics/families.hpp"

#include <algorithm>
#include <cmath>

#include "web/text.hpp"

namespace pgsextant::web {
namespace {

std::vector<prometheus::ClientMetric::Label> copy(const Labels& labels) {
  std::vector<prometheus::ClientMetric::Label> out;
  out.reserve(labels.size());
  for (const auto& [name, value] : labels) out.push_back({std::string(name), valid_utf8(value)});
  return out;
}

}  // namespace

Family::Family(std::string_view name, std::string_view help, prometheus::MetricType type, const Labels& common) {
  family_.name = name;
  family_.help = help;
  family_.type = type;
  set_common(common);
}

void Family::set_common(const Labels& common) { common_ = copy(common); }

void Family::add(const Labels& labels, double value) {
  if (!std::isfinite(value)) return;
  prometheus::ClientMetric metric;
  metric.label = common_;
  for (auto& label : copy(labels)) metric.label.push_back(std::move(label));
  // All three: which one is printed is the family's type.
  metric.gauge.value = metric.counter.value = metric.untyped.value = value;

  std::string key;
  for (const auto& label : metric.label) key.append(label.name).append(1, '\0').append(label.value).append(1, '\0');
  const auto [place, fresh] = seen_.try_emplace(std::move(key), family_.metric.size());
  if (fresh) {
    family_.metric.push_back(std::move(metric));
  } else if (auto& present = family_.metric[place->second]; present.gauge.value < value) {
    present = std::move(metric);
  }
}

void Families::set_common(Labels common) {
  common_ = std::move(common);
  for (auto& each : families_) each.set_common(common_);
}

Family& Families::family(std::string_view name, std::string_view help, prometheus::MetricType type) {
  const auto found = by_name_.find(name);
  if (found != by_name_.end()) return *found->second;
  Family& added = families_.emplace_back(name, help, type, common_);
  by_name_.emplace(name, &added);
  return added;
}

void Families::folded(std::string_view name, std::size_t count) {
  gauge("pgsextant_series_folded", "Objects without series of their own, to keep the number of series bounded.")
      .add({{"family", name}}, static_cast<double>(count));
}

std::vector<prometheus::MetricFamily> Families::take() {
  std::vector<prometheus::MetricFamily> out;
  for (auto& each : families_) {
    auto family = each.take();
    if (!family.metric.empty()) out.push_back(std::move(family));
  }
  families_.clear();
  by_name_.clear();
  return out;
}

}  // namespace pgsextant::web
