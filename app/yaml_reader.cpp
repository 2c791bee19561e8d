#include "app/yaml_reader.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

namespace pgsextant::app {
namespace {

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string kind_of(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map: return "a mapping";
    case YAML::NodeType::Sequence: return "a list";
    case YAML::NodeType::Scalar: return "a single value";
    default: return "nothing";
  }
}

std::optional<std::chrono::milliseconds> parse_duration(const std::string& text) {
  static const std::map<std::string, double, std::less<>> units{
      {"ms", 1}, {"s", 1e3}, {"min", 6e4}, {"h", 3.6e6}, {"d", 8.64e7}};
  double count = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || count < 0 || count > 1e6) return std::nullopt;
  const auto unit = units.find(std::string_view(rest, static_cast<std::size_t>(end - rest)));
  if (unit == units.end()) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(count * unit->second));
}

}  // namespace

struct YamlReader::State {
  YAML::Node node;
  std::string path;
  YamlErrors& errors;
  std::set<std::string, std::less<>> asked;

  [[nodiscard]] std::string full(std::string_view key) const {
    return path.empty() ? std::string(key) : path + "." + std::string(key);
  }
  void report(const YAML::Node& at, const std::string& name, const std::string& what) const {
    errors.lines.push_back(errors.file + ":" + std::to_string(at.Mark().line + 1) + ": " +
                           (name.empty() ? "" : name + ": ") + what);
  }
  /// The scalar of a key; empty when absent or of another kind, which is reported.
  std::optional<std::string> scalar(std::string_view key, const std::string& expected) {
    asked.emplace(key);
    if (!node.IsMap()) return std::nullopt;
    const YAML::Node value = node[std::string(key)];
    if (!value || value.IsNull()) return std::nullopt;
    if (value.IsScalar()) return value.Scalar();
    report(value, full(key), "expected " + expected + ", found " + kind_of(value));
    return std::nullopt;
  }
};

YamlReader::YamlReader(const YAML::Node& node, std::string path, YamlErrors& errors)
    : state_(std::make_unique<State>(State{node, std::move(path), errors, {}})) {
  if (!node.IsMap() && !node.IsNull())
    state_->report(node, state_->path, "expected a mapping (key: value lines), found " + kind_of(node));
}

YamlReader::~YamlReader() = default;

bool YamlReader::text(std::string_view key, std::string& into) {
  const auto value = state_->scalar(key, "a text");
  if (value) into = *value;
  return value.has_value();
}

bool YamlReader::number(std::string_view key, double& into, double minimum, double maximum) {
  const auto range = std::to_string(minimum) + " to " + std::to_string(maximum);
  const auto value = state_->scalar(key, "a number");
  if (!value) return false;
  double parsed = 0;
  const auto* end = value->data() + value->size();
  const auto [rest, error] = std::from_chars(value->data(), end, parsed);
  const bool in_range = parsed >= minimum && parsed <= maximum;  // false for NaN
  if (error != std::errc{} || rest != end || !in_range) {
    fail(key, "a number from " + range);
    return false;
  }
  into = parsed;
  return true;
}

bool YamlReader::integer(std::string_view key, int& into, int minimum, int maximum) {
  const auto value = state_->scalar(key, "a whole number");
  if (!value) return false;
  int parsed = 0;
  const auto* end = value->data() + value->size();
  const auto [rest, error] = std::from_chars(value->data(), end, parsed);
  if (error != std::errc{} || rest != end || parsed < minimum || parsed > maximum) {
    fail(key, "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
    return false;
  }
  into = parsed;
  return true;
}

bool YamlReader::duration(std::string_view key, std::chrono::milliseconds& into) {
  const auto value = state_->scalar(key, "a duration");
  if (!value) return false;
  const auto parsed = parse_duration(*value);
  if (!parsed) fail(key, "a duration with its unit: 500ms, 10s, 5min, 48h or 30d");
  if (parsed) into = *parsed;
  return parsed.has_value();
}

bool YamlReader::choice(std::string_view key, std::string& into, const std::vector<std::string>& choices) {
  const auto value = state_->scalar(key, "one of " + join(choices));
  if (!value) return false;
  if (std::find(choices.begin(), choices.end(), *value) == choices.end()) {
    fail(key, "one of " + join(choices));
    return false;
  }
  into = *value;
  return true;
}

void YamlReader::mapping(std::string_view key, const std::function<void(YamlReader&)>& read) {
  state_->asked.emplace(key);
  if (!state_->node.IsMap()) return;
  const YAML::Node value = state_->node[std::string(key)];
  if (!value || value.IsNull()) return;
  YamlReader reader(value, state_->full(key), state_->errors);
  read(reader);
  reader.finish();
}

void YamlReader::sequence(std::string_view key, const std::function<void(YamlReader&)>& read_each) {
  state_->asked.emplace(key);
  if (!state_->node.IsMap()) return;
  const YAML::Node value = state_->node[std::string(key)];
  if (!value || value.IsNull()) return;
  if (!value.IsSequence()) {
    state_->report(value, state_->full(key), "expected a list (lines that begin with '-'), found " + kind_of(value));
    return;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    YamlReader reader(value[i], state_->full(key) + "[" + std::to_string(i) + "]", state_->errors);
    read_each(reader);
    reader.finish();
  }
}

void YamlReader::fail(std::string_view key, const std::string& expected) {
  const YAML::Node value = state_->node.IsMap() ? state_->node[std::string(key)] : YAML::Node();
  state_->report(value ? value : state_->node, state_->full(key), "expected " + expected);
}

void YamlReader::finish() {
  if (!state_->node.IsMap()) return;
  const std::vector<std::string> known(state_->asked.begin(), state_->asked.end());
  std::set<std::string> seen;
  for (const auto& entry : state_->node) {
    const auto key = entry.first.IsScalar() ? entry.first.Scalar() : "?";
    if (!state_->asked.contains(key))
      state_->report(entry.first, state_->full(key), "unknown key; expected one of: " + join(known));
    else if (!seen.insert(key).second)
      state_->report(entry.first, state_->full(key), "given twice");
  }
}

}  // namespace pgsextant::app
