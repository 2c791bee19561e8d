#pragma once
// The CostModel that asks a live server's own planner.

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advisor/cost_model.hpp"
#include "pg/conninfo.hpp"
#include "twin/hypopg.hpp"
#include "twin/planner_session.hpp"

namespace pgsextant::twin {

/// Plans generically on the server; hypothetical indexes through hypopg where it is installed, `unsupported` where it
/// is not or cannot imitate them. Answers are kept: a question whose answer follows from an earlier one costs no call,
/// namely when the earlier change held at least these indexes and its plan used none but these (the planner minimises:
/// taking away what it did not choose leaves its choice).
///
/// In the plans that it gives, a hypothetical index carries the name that it would get, and its scan the property
/// "Hypothetical Index": true.
class PlannerModel : public advisor::CostModel {
 public:
  /// Connects. Throws pg::Error.
  explicit PlannerModel(const pg::Conninfo& conninfo);

  [[nodiscard]] std::string name() const override;  ///< "hypopg on shop", "planner of shop"
  Result<advisor::CostAnswer> cost(std::string_view statement, const advisor::WhatIf& change) override;
  Result<Bytes> size(const IndexDefinition& index) override;
  [[nodiscard]] std::size_t planner_calls() const override { return planner_calls_; }

  /// Whether `cost` and `size` can judge such an index.
  [[nodiscard]] bool supports(const IndexDefinition& index) const;
  [[nodiscard]] bool can_hide() const { return hypopg_ && hypopg_->can_hide(); }
  [[nodiscard]] bool has_hypopg() const { return hypopg_.has_value(); }

 private:
  /// One answer of the planner. Indexes by definition_of(), sorted.
  struct Answer {
    std::vector<std::string> offered, hidden, used;
    std::map<std::string, std::string> plan_names;  ///< name in the plan → definition
    std::string json;
  };

  [[nodiscard]] std::optional<Failure> refuse(const advisor::WhatIf& change) const;
  [[nodiscard]] const Answer* known(std::string_view statement, const std::vector<std::string>& offered,
                                    const std::vector<std::string>& hidden) const;
  Result<Answer> ask(std::string_view statement, const advisor::WhatIf& change, std::vector<std::string> offered,
                     std::vector<std::string> hidden);
  void keep(std::string_view statement, Answer answer);
  /// A session in which hypopg_'s record of what is held is true.
  pg::Session& session();

  PlannerSession connection_;
  std::optional<Hypopg> hypopg_;
  int generation_ = 0;
  std::size_t planner_calls_ = 0, kept_bytes_ = 0;
  std::map<std::string, std::vector<Answer>, std::less<>> answers_;
};

}  // namespace pgsextant::twin
