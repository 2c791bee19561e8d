#include "analyzer/plan_frame.hpp"

#include <array>
#include <vector>

namespace pgsextant::analyzer {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::array borders{"|"sv, "│"sv, "║"sv};
constexpr std::array continuations{"+"sv, "↵"sv};  // psql's marks for "the value goes on in the next line"

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

std::string_view unframed(std::string_view line) {
  line = trimmed(line);
  for (const auto border : borders) {
    if (line.starts_with(border)) line.remove_prefix(border.size());
    if (line.ends_with(border)) line.remove_suffix(border.size());
  }
  line = trimmed(line);
  for (const auto mark : continuations) {
    if (line.ends_with(mark)) line.remove_suffix(mark.size());
  }
  return trimmed(line);
}

bool begins_with(std::string_view line, std::string_view characters) {
  return !line.empty() && characters.find(line.front()) != std::string_view::npos;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

}  // namespace

std::string without_frame(std::string_view text) {
  const auto lines = lines_of(text);
  std::size_t first = 0;
  while (first < lines.size() && trimmed(lines[first]).empty()) ++first;
  if (first < lines.size() && begins_with(trimmed(lines[first]), "[{") &&
      unframed(lines[first]) == trimmed(lines[first])) {
    return std::string(text);
  }

  while (first < lines.size() && !begins_with(unframed(lines[first]), "[{")) ++first;
  if (first == lines.size()) return std::string(text);
  std::size_t last = lines.size() - 1;
  while (last > first && !begins_with(unframed(lines[last]), "]}")) --last;
  std::string json;
  for (std::size_t i = first; i <= last; ++i) json.append(unframed(lines[i])).append("\n");
  return json;
}

}  // namespace pgsextant::analyzer
