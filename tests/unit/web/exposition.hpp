#pragma once
// A strict reader of Prometheus' text format 0.0.4, written from its description alone and sharing nothing with the
// library that wrote it.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgsextant::web::exposition {

struct Sample {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

struct Text {
  std::vector<Sample> samples;
  std::map<std::string, std::string> types;  ///< by family
  std::vector<std::string> errors;           ///< what breaks the format, with the line

  /// Samples of that name whose labels include all of `labels`.
  [[nodiscard]] std::vector<Sample> find(std::string_view name,
                                         const std::map<std::string, std::string>& labels = {}) const;
  /// The only one; fails the test when there is none or more.
  [[nodiscard]] double value(std::string_view name, const std::map<std::string, std::string>& labels = {}) const;
};

Text parse(std::string_view text);

}  // namespace pgsextant::web::exposition
