#pragma once
// What is wrong with the demo's shop, by design: the answers that tests measure pgsextant against (demo/faults.yaml).

#include <string>
#include <vector>

#include "core/finding.hpp"

namespace pgsextant::demo {

struct Fault {
  enum class Kind {
    missing_index,  ///< `index` and `statement` are set
    finding,        ///< `rule` and `object` are set
  };
  std::string id;
  Kind kind = Kind::finding;
  std::string what;   ///< one sentence
  std::string where;  ///< where to see it: an application_name, a table, …

  std::string index;      ///< as describe(IndexDefinition) has it
  std::string statement;  ///< what needs it, as pg_stat_statements normalises it

  std::string rule;  ///< the analyzer's id
  /// Its database is "shop", or empty for what belongs to the server. The name is empty where it differs from run to
  /// run (a session's pid, a statement's queryid, a standby's application_name).
  ObjectRef object;
};

/// All of them; nothing else is wrong.
const std::vector<Fault>& faults();

}  // namespace pgsextant::demo
