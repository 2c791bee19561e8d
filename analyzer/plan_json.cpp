#include "analyzer/plan_json.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "analyzer/plan_events.hpp"

namespace pgsextant::analyzer {
namespace {

/// Reads characters and tells how far it came, so that a value of the wrong kind can be named by line and column.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* consumed) : at_(at), consumed_(consumed) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*consumed_;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  std::size_t* consumed_;
};

/// nlohmann's message without what it last read, which may be a piece of a query.
std::string explain(const nlohmann::json::exception& error) {
  const std::string_view message = error.what();
  if (message.find("parse_error") == std::string_view::npos) return "expected a number that fits a double";
  const auto begin = message.find(" - ");
  if (begin == std::string_view::npos) return "expected JSON";
  const auto last_read = message.find("; last read", begin);
  if (last_read == std::string_view::npos) return std::string(message.substr(begin + 3));
  std::string text(message.substr(begin + 3, last_read - begin - 3));
  if (const auto expected = message.rfind("; expected "); expected != std::string_view::npos && expected > last_read) {
    text += message.substr(expected);
  }
  return text;
}

/// Hands nlohmann's events on, and remembers where a problem was met.
class Sax {
 public:
  Sax(PlanEvents& events, const std::size_t& consumed) : events_(events), consumed_(consumed) {}

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] std::size_t problem_at() const { return problem_at_; }

  bool null() { return checked(events_.scalar(std::monostate{})); }
  bool boolean(bool value) { return checked(events_.scalar(value)); }
  bool number_integer(std::int64_t value) { return checked(events_.scalar(value)); }
  bool number_unsigned(std::uint64_t value) {
    if (!std::in_range<std::int64_t>(value)) return checked(events_.scalar(static_cast<double>(value)));
    return checked(events_.scalar(static_cast<std::int64_t>(value)));
  }
  bool number_float(double value, const std::string& /*text*/) { return checked(events_.scalar(value)); }
  bool string(std::string& value) { return checked(events_.scalar(std::move(value))); }
  bool binary(nlohmann::json::binary_t& /*value*/) { return false; }  // no such thing in text
  bool start_object(std::size_t /*size*/) { return checked(events_.start(PlanEvents::Opens::object)); }
  bool start_array(std::size_t /*size*/) { return checked(events_.start(PlanEvents::Opens::array)); }
  bool key(std::string& name) { return checked(events_.key(std::move(name))); }
  bool end_object() { return checked(events_.end()); }
  bool end_array() { return checked(events_.end()); }
  bool parse_error(std::size_t position, const std::string& /*token*/, const nlohmann::json::exception& error) {
    problem_at_ = position == 0 ? 0 : position - 1;
    problem_ = explain(error);
    return false;
  }

 private:
  bool checked(bool fine) {
    if (!fine) {
      problem_ = events_.problem();
      problem_at_ = consumed_ - 1;
    }
    return fine;
  }

  PlanEvents& events_;
  const std::size_t& consumed_;
  std::string problem_;
  std::size_t problem_at_ = 0;
};

Failure invalid(std::string_view text, std::size_t at, const std::string& problem) {
  const std::string_view before = text.substr(0, std::min(at, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto newline = before.rfind('\n');
  const std::size_t column = newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return {Outcome::invalid_input,
          "not a plan in JSON: line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + problem,
          "expected is what EXPLAIN (FORMAT JSON) prints, whole and unchanged; psql -XAt prints it without a frame"};
}

}  // namespace

Result<std::vector<Plan>> parse_plan_json(std::string_view text) {
  if (text.size() > max_plan_bytes) {
    return Failure{Outcome::invalid_input, "a plan of more than " + std::to_string(max_plan_bytes >> 20) + " MiB", {}};
  }
  std::size_t consumed = 0;
  PlanEvents events(text, consumed);
  Sax sax(events, consumed);
  const CountingIterator first(text.data(), &consumed);
  const CountingIterator last(text.data() + text.size(), &consumed);
  if (!nlohmann::json::sax_parse(first, last, &sax)) return invalid(text, sax.problem_at(), sax.problem());
  return std::move(events).take();
}

}  // namespace pgsextant::analyzer
