#pragma once
// What would a statement cost if the schema were different? The advisor asks; twin/ answers (hypopg on a server, plain
// estimation, the statistics twin).

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/index_definition.hpp"
#include "core/outcome.hpp"
#include "core/plan.hpp"
#include "core/recommendation.hpp"
#include "core/units.hpp"

namespace pgsextant::advisor {

/// A change of schema to try. Indexes only, so far.
struct WhatIf {
  std::vector<IndexDefinition> create;
  std::vector<std::string> hide;  ///< qualified names of existing indexes
};

struct CostAnswer {
  double total_cost = 0;  ///< planner units, of the root
  Plan plan;
  std::vector<std::size_t> used;  ///< which of WhatIf::create the plan uses
  Verification verified_by = Verification::estimate;
};

/// Not thread-safe: one advisor, one model.
class CostModel {
 public:
  virtual ~CostModel() = default;

  /// "hypopg on shop", "estimate": for people.
  [[nodiscard]] virtual std::string name() const = 0;

  /// The plan of a normalised statement under a change. A Failure says why it cannot be planned; `unsupported` where
  /// this model cannot judge that kind of change (hypopg has no GIN), so that another may be asked.
  virtual Result<CostAnswer> cost(std::string_view statement, const WhatIf& change) = 0;

  /// What the index would occupy.
  virtual Result<Bytes> size(const IndexDefinition& index) = 0;

  /// Questions asked of a planner so far.
  [[nodiscard]] virtual std::size_t planner_calls() const = 0;
};

}  // namespace pgsextant::advisor
