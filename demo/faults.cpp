#include "demo/faults.hpp"

#include <yaml-cpp/yaml.h>

#include <stdexcept>

#include "core/embedded.hpp"

namespace pgsextant::demo {
namespace {

std::string required(const YAML::Node& entry, const char* field) {
  auto value = entry[field].as<std::string>("");
  if (value.empty()) {
    throw std::logic_error("demo/faults.yaml: " + entry["id"].as<std::string>("an entry") + " lacks " + field);
  }
  return value;
}

Fault::Kind kind_of(const std::string& name) {
  if (name == "missing_index") return Fault::Kind::missing_index;
  if (name == "finding") return Fault::Kind::finding;
  throw std::logic_error("demo/faults.yaml: unknown kind " + name);
}

Fault read(const YAML::Node& entry) {
  Fault fault;
  fault.id = required(entry, "id");
  fault.kind = kind_of(required(entry, "kind"));
  fault.what = required(entry, "what");
  fault.where = required(entry, "where");
  if (fault.kind == Fault::Kind::missing_index) {
    fault.index = required(entry, "index");
    fault.statement = required(entry, "statement");
  } else {
    fault.rule = required(entry, "rule");
    const auto object = entry["object"];
    fault.object = {required(object, "kind"), object["database"].as<std::string>(""),
                    object["name"].as<std::string>("")};
  }
  return fault;
}

std::vector<Fault> read_all() {
  std::vector<Fault> all;
  const auto document = YAML::Load(std::string(embedded(embedded_files(), "faults.yaml")));
  for (const auto& entry : document["faults"]) all.push_back(read(entry));
  return all;
}

}  // namespace

const std::vector<Fault>& faults() {
  static const auto all = read_all();
  return all;
}

}  // namespace pgsextant::demo
