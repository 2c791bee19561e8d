#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "pg/session.hpp"

namespace pgsextant::pg {
namespace {

[[noreturn]] void not_a(std::string_view type, std::size_t column) {
  throw Error({Outcome::invalid_input,
               "the server's answer has no " + std::string(type) + " in column " + std::to_string(column + 1), ""},
              "");
}

/// All of the text, or nothing.
template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::optional<double> real_number(std::string_view text) {
  // PostgreSQL writes float8 and numeric alike; from_chars reads "inf" and "nan" but also their signed forms only.
  if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity") return std::numeric_limits<double>::infinity();
  if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  return number<double>(text);
}

}  // namespace

Rows::Rows(std::size_t columns, std::size_t rows) : columns_(columns) { cells_.reserve(columns * rows); }

void Rows::append(std::optional<std::string_view> value) {
  cells_.push_back({data_.size(), value ? value->size() : null_length});
  if (value) data_.append(*value);
}

const Rows::Cell& Rows::cell(std::size_t row, std::size_t column) const {
  if (row >= size() || column >= columns_) throw std::out_of_range("Rows: no such row or column");
  return cells_[row * columns_ + column];
}

bool Rows::is_null(std::size_t row, std::size_t column) const { return cell(row, column).length == null_length; }

std::string_view Rows::text(std::size_t row, std::size_t column) const {
  const auto& [start, length] = cell(row, column);
  return length == null_length ? std::string_view() : std::string_view(data_).substr(start, length);
}

std::optional<std::int64_t> Rows::maybe_integer(std::size_t row, std::size_t column) const {
  if (is_null(row, column)) return std::nullopt;
  const auto value = number<std::int64_t>(text(row, column));
  if (!value) not_a("integer", column);
  return value;
}

std::optional<double> Rows::maybe_real(std::size_t row, std::size_t column) const {
  if (is_null(row, column)) return std::nullopt;
  const auto value = real_number(text(row, column));
  if (!value) not_a("number", column);
  return value;
}

std::int64_t Rows::integer(std::size_t row, std::size_t column, std::int64_t fallback) const {
  return maybe_integer(row, column).value_or(fallback);
}

double Rows::real(std::size_t row, std::size_t column, double fallback) const {
  return maybe_real(row, column).value_or(fallback);
}

bool Rows::boolean(std::size_t row, std::size_t column) const {
  const auto value = text(row, column);
  if (value == "t" || value == "true") return true;
  if (value == "f" || value == "false" || is_null(row, column)) return false;
  not_a("boolean", column);
}

std::optional<std::string> Rows::maybe_text(std::size_t row, std::size_t column) const {
  if (is_null(row, column)) return std::nullopt;
  return std::string(text(row, column));
}

std::optional<Timestamp> Rows::maybe_epoch(std::size_t row, std::size_t column) const {
  const auto seconds = maybe_real(row, column);
  // -infinity and infinity are timestamps too ("never").
  if (!seconds || !std::isfinite(*seconds)) return std::nullopt;
  return Timestamp(std::chrono::microseconds(std::llround(*seconds * 1e6)));
}

std::vector<std::string> Rows::array(std::size_t row, std::size_t column) const {
  const auto value = text(row, column);
  if (value.empty()) {
    if (is_null(row, column)) return {};
    not_a("array", column);
  }
  // array_out: {a,"b c",NULL,"x\"y"}, preceded by "[2:3]=" when it does not start at 1.
  auto rest = value;
  if (rest.front() == '[') rest.remove_prefix(std::min(rest.size(), rest.find('=') + 1));
  if (rest.size() < 2 || rest.front() != '{' || rest.back() != '}') not_a("array", column);
  rest = rest.substr(1, rest.size() - 2);
  std::vector<std::string> elements;
  if (rest.empty()) return elements;
  std::string element;
  bool in_quotes = false;
  bool was_quoted = false;
  const auto finish = [&] {
    if (!was_quoted && element == "NULL") element.clear();
    elements.push_back(std::exchange(element, {}));
    was_quoted = false;
  };
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '\\' && i + 1 < rest.size()) {
      element += rest[++i];
    } else if (c == '"') {
      in_quotes = !in_quotes;
      was_quoted = true;
    } else if (c == ',' && !in_quotes) {
      finish();
    } else if ((c == '{' || c == '}') && !in_quotes) {
      not_a("one-dimensional array", column);
    } else {
      element += c;
    }
  }
  finish();
  return elements;
}

}  // namespace pgsextant::pg
