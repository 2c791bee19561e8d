#include "exposition.hpp"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <set>

namespace pgsextant::web::exposition {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::string_view digits = "0123456789";

bool is_name(std::string_view name, bool colon_allowed) {
  if (name.empty()) return false;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool ok = letters.find(name[i]) != std::string_view::npos || (colon_allowed && name[i] == ':') ||
                    (i > 0 && digits.find(name[i]) != std::string_view::npos);
    if (!ok) return false;
  }
  return true;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80          ? 1
                               : (lead >> 5U) == 6  ? 2
                               : (lead >> 4U) == 14 ? 3
                               : (lead >> 3U) == 30 ? 4
                                                    : 0;
    if (length == 0 || i + length > text.size() || lead == 0xC0 || lead == 0xC1) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) >> 6U) != 2) return false;
    i += length;
  }
  return true;
}

class Line {
 public:
  explicit Line(std::string_view rest) : rest_(rest) {}

  bool skip(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string until(std::string_view stops) {
    const auto end = std::min(rest_.find_first_of(stops), rest_.size());
    std::string out(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return out;
  }
  /// A quoted label value; nothing when it is not closed or an escape is not one of the three.
  std::optional<std::string> quoted() {
    if (!skip('"')) return std::nullopt;
    std::string out;
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return out;
      if (c != '\\') {
        out += c;
        continue;
      }
      if (skip('\\'))
        out += '\\';
      else if (skip('"'))
        out += '"';
      else if (skip('n'))
        out += '\n';
      else
        return std::nullopt;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::optional<double> number(std::string_view text) {
  if (text == "+Inf") return HUGE_VAL;
  if (text == "-Inf") return -HUGE_VAL;
  if (text == "NaN") return std::nan("");
  if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos)
    return std::nullopt;  // from_chars takes "nan"
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Sample> sample(std::string_view text) {
  Line line(text);
  Sample out;
  out.name = line.until("{ ");
  if (!is_name(out.name, true)) return std::nullopt;
  if (line.skip('{')) {
    while (!line.skip('}')) {
      const std::string label = line.until("=");
      auto value = line.skip('=') ? line.quoted() : std::nullopt;
      if (!is_name(label, false) || !value || !out.labels.emplace(label, std::move(*value)).second) return std::nullopt;
      if (!line.skip(',') && !line.rest().starts_with('}')) return std::nullopt;
    }
  }
  if (!line.skip(' ')) return std::nullopt;
  const auto value = number(line.rest());
  if (!value) return std::nullopt;
  out.value = *value;
  return out;
}

}  // namespace

Text parse(std::string_view text) {
  Text out;
  if (!is_utf8(text)) out.errors.emplace_back("not UTF-8");
  if (!text.ends_with('\n')) out.errors.emplace_back("no line feed at the end");
  std::set<std::string> helps, finished;
  std::set<std::pair<std::string, std::map<std::string, std::string>>> seen;
  std::string family;
  const auto enter = [&](const std::string& name, std::string_view where) {
    if (name == family) return;
    if (!family.empty()) finished.insert(family);
    if (finished.contains(name)) out.errors.push_back("family in two places: " + std::string(where));
    family = name;
  };
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto wrong = [&](std::string_view what) {
      out.errors.push_back(std::string(what) + ": " + std::string(line));
    };
    if (line.starts_with("# HELP ")) {
      const std::string name(line.substr(7, line.find(' ', 7) - 7));
      if (!is_name(name, true) || !helps.insert(name).second) wrong("HELP");
      enter(name, line);
    } else if (line.starts_with("# TYPE ")) {
      const std::size_t space = line.find(' ', 7);
      const std::string name(line.substr(7, space - 7));
      const std::string type(space == std::string_view::npos ? "" : line.substr(space + 1));
      if (!is_name(name, true) || !std::set<std::string>{"counter", "gauge", "untyped"}.contains(type)) wrong("TYPE");
      enter(name, line);
      for (const Sample& earlier : out.samples)
        if (earlier.name == name) wrong("TYPE after its samples");
      if (!out.types.emplace(name, type).second) wrong("second TYPE");
    } else if (auto parsed = sample(line)) {
      enter(parsed->name, line);
      if (!out.types.contains(parsed->name)) wrong("no TYPE before");
      if (!seen.emplace(parsed->name, parsed->labels).second) wrong("the same series twice");
      out.samples.push_back(std::move(*parsed));
    } else {
      wrong("not a sample");
    }
  }
  return out;
}

std::vector<Sample> Text::find(std::string_view name, const std::map<std::string, std::string>& labels) const {
  std::vector<Sample> out;
  for (const Sample& each : samples) {
    bool matches = each.name == name;
    for (const auto& [label, value] : labels) {
      const auto found = each.labels.find(label);
      matches = matches && found != each.labels.end() && found->second == value;
    }
    if (matches) out.push_back(each);
  }
  return out;
}

double Text::value(std::string_view name, const std::map<std::string, std::string>& labels) const {
  const auto found = find(name, labels);
  if (found.size() != 1) {
    ADD_FAILURE() << found.size() << " series " << name;
    return std::nan("");
  }
  return found.front().value;
}

}  // namespace pgsextant::web::exposition
