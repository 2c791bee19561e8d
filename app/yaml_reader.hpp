#pragma once
// Reads a YAML mapping key by key and reports what does not fit: file, line, key, what was expected.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace YAML {
class Node;
}

namespace pgsextant::app {

/// Where errors of one file are gathered.
struct YamlErrors {
  std::string file;
  std::vector<std::string> lines;
};

/// One mapping. Ask for every key that may be there, then let `finish` report the others.
class YamlReader {
 public:
  /// Reports and reads nothing when `node` is no mapping. `path` is the key's full name, empty for the document.
  YamlReader(const YAML::Node& node, std::string path, YamlErrors& errors);
  ~YamlReader();
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;

  // Each leaves `into` alone when the key is absent and returns whether it was there and good.
  bool text(std::string_view key, std::string& into);
  bool number(std::string_view key, double& into, double minimum, double maximum);
  bool integer(std::string_view key, int& into, int minimum, int maximum);
  /// "500ms", "10s", "5min", "48h", "30d".
  bool duration(std::string_view key, std::chrono::milliseconds& into);
  bool choice(std::string_view key, std::string& into, const std::vector<std::string>& choices);
  void mapping(std::string_view key, const std::function<void(YamlReader&)>& read);
  void sequence(std::string_view key, const std::function<void(YamlReader&)>& read_each);

  /// For errors that concern the value of a key, e.g. a DSN that libpq refuses.
  void fail(std::string_view key, const std::string& expected);
  /// Reports keys that nobody asked for.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pgsextant::app
