#pragma once
// Builds plans from the events of a parser of JSON, property by property, so that no document tree is needed: a tree
// would lose repeated names (PostgreSQL before 13 prints "Workers" twice for a parallel sort) and cost ten times the
// text's size in memory.

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/plan_properties.hpp"
#include "core/plan.hpp"

namespace pgsextant::analyzer {

/// Every event returns false when the input cannot be a plan: problem() says what was expected and no further event may
/// follow. Not thread-safe; `text` and `consumed` (how many bytes of it were read when an event comes) must outlive it.
class PlanEvents {
 public:
  enum class Opens { object, array };

  PlanEvents(std::string_view text, const std::size_t& consumed) : text_(text), consumed_(consumed) {}

  bool key(std::string&& name);
  bool scalar(PropertyValue value);
  bool start(Opens opens);
  bool end();

  [[nodiscard]] const std::string& problem() const { return problem_; }
  std::vector<Plan> take() && { return std::move(plans_); }

 private:
  /// What the object or array that is being read stands for.
  enum class Level { plans, document, node, children, strings, triggers, trigger, settings, kept };
  struct Frame {
    Level level;
    PlanNode* node = nullptr;  ///< node, children
    std::vector<std::string>* strings = nullptr;
    std::set<std::string, std::less<>> seen;  ///< names of the node's properties read so far
  };

  bool fail(std::string message);
  bool fail_expected(std::string_view what);

  bool open(Level level, PlanNode* node = nullptr, std::vector<std::string>* strings = nullptr);
  bool open_document();
  bool open_node(std::unique_ptr<PlanNode>& place);
  bool open_kept();
  bool nest_kept();
  bool start_in_document(Opens opens);
  bool start_in_node(Opens opens, Frame& frame);
  bool scalar_of_document(const PropertyValue& value);
  bool scalar_of_node(const PropertyValue& value, Frame& frame);
  bool scalar_of_trigger(const PropertyValue& value);

  bool keep(std::map<std::string, std::string>& other, std::size_t end);
  [[nodiscard]] std::size_t end_of(const PropertyValue& value) const;
  [[nodiscard]] bool is_jit_total() const;

  std::string_view text_;
  const std::size_t& consumed_;
  std::string problem_;
  std::vector<Plan> plans_;
  std::vector<Frame> frames_;
  std::string name_;                    ///< of the property that is being read
  std::size_t value_at_ = 0;            ///< where its value begins, give or take blanks and the colon
  std::vector<std::string> kept_path_;  ///< names that lead to the present place in a property kept as a whole
  int nodes_ = 0, nodes_of_plan_ = 0;
};

}  // namespace pgsextant::analyzer
