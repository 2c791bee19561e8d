#include "analyzer/plan_events.hpp"

#include <algorithm>
#include <utility>

#include "analyzer/plan_json.hpp"

namespace pgsextant::analyzer {

bool PlanEvents::fail(std::string message) {
  problem_ = std::move(message);
  return false;
}

bool PlanEvents::fail_expected(std::string_view what) {
  return fail("expected " + std::string(what) + " for \"" + name_ + "\"");
}

bool PlanEvents::open(Level level, PlanNode* node, std::vector<std::string>* strings) {
  frames_.push_back({level, node, strings, {}});
  return true;
}

bool PlanEvents::open_document() {
  plans_.emplace_back();
  nodes_of_plan_ = 0;
  return open(Level::document);
}

bool PlanEvents::open_node(std::unique_ptr<PlanNode>& place) {
  if (++nodes_ > max_plan_nodes) return fail("more than " + std::to_string(max_plan_nodes) + " nodes");
  // A level of nodes is two frames: the node and its list of children.
  if (frames_.size() > 2 * static_cast<std::size_t>(max_plan_depth)) {
    return fail("more than " + std::to_string(max_plan_depth) + " levels of nodes");
  }
  place = std::make_unique<PlanNode>();
  place->id = nodes_of_plan_++;
  return open(Level::node, place.get());
}

bool PlanEvents::open_kept() {
  kept_path_.assign(1, name_);
  open(Level::kept);
  return nest_kept();
}

bool PlanEvents::nest_kept() {
  if (kept_path_.size() > static_cast<std::size_t>(max_plan_depth)) return fail("nested too deeply");
  kept_path_.emplace_back();
  return true;
}

/// Keeps the present value as printed, up to `end`; a name that repeats is kept as "Name (2)".
bool PlanEvents::keep(std::map<std::string, std::string>& other, std::size_t end) {
  constexpr int most_repetitions = 100;  // far above what PostgreSQL prints; looking for a free name takes time
  std::string_view value = text_.substr(value_at_, end - value_at_);
  value.remove_prefix(std::min(value.find_first_not_of(" \t\r\n:"), value.size()));
  std::string name = name_;
  for (int n = 2; other.contains(name); ++n) {
    if (n > most_repetitions) return fail("\"" + name_ + "\" repeated too often");
    name = name_ + " (" + std::to_string(n) + ")";
  }
  other.emplace(std::move(name), value);
  return true;
}

/// Where the scalar that was just read ends: a parser reads one character past a number.
std::size_t PlanEvents::end_of(const PropertyValue& value) const {
  return as_number(value) ? consumed_ - 1 : consumed_;
}

bool PlanEvents::is_jit_total() const {
  return frames_[frames_.size() - 2].level == Level::document &&
         kept_path_ == std::vector<std::string>{"JIT", "Timing", "Total"};
}

bool PlanEvents::key(std::string&& name) {
  if (frames_.back().level == Level::kept) {
    kept_path_.back() = std::move(name);
    return true;
  }
  name_ = std::move(name);
  value_at_ = consumed_;
  return true;
}

bool PlanEvents::start(Opens opens) {
  if (frames_.empty()) {
    if (opens == Opens::object) return open_document();
    return open(Level::plans);
  }
  Frame& frame = frames_.back();
  switch (frame.level) {
    case Level::plans:
      return opens == Opens::object ? open_document() : fail("expected an object with a property \"Plan\"");
    case Level::document: return start_in_document(opens);
    case Level::node: return start_in_node(opens, frame);
    case Level::children:
      if (opens != Opens::object) return fail("expected plan nodes");
      return open_node(frame.node->children.emplace_back());
    case Level::triggers:
      if (opens != Opens::object) return fail("expected objects");
      plans_.back().triggers.emplace_back();
      return open(Level::trigger);
    case Level::strings: return fail_expected("strings");
    case Level::settings: return fail_expected("a string");
    case Level::trigger: return fail_expected("a string or a number");
    case Level::kept: return nest_kept();
  }
  return false;
}

bool PlanEvents::start_in_document(Opens opens) {
  Plan& plan = plans_.back();
  if (name_ == "Plan") {
    if (opens != Opens::object || plan.root) return fail_expected("one object");
    return open_node(plan.root);
  }
  if (name_ == "Triggers") {
    if (opens != Opens::array) return fail_expected("an array");
    return open(Level::triggers);
  }
  if (name_ == "Settings") {
    if (opens != Opens::object) return fail_expected("an object");
    return open(Level::settings);
  }
  return open_kept();
}

bool PlanEvents::start_in_node(Opens opens, Frame& frame) {
  if (name_ == "Plans") {
    if (opens != Opens::array) return fail_expected("an array");
    return open(Level::children, frame.node);
  }
  const NodeProperty* const property = find_node_property(name_);
  if (property == nullptr) return open_kept();
  const auto* const list = std::get_if<std::vector<std::string> PlanNode::*>(&property->field);
  if (list == nullptr) return fail_expected("a single value");
  if (opens != Opens::array) return fail_expected("an array of strings");
  if (!frame.seen.insert(name_).second) return open_kept();
  return open(Level::strings, frame.node, &(frame.node->*(*list)));
}

bool PlanEvents::end() {
  const Frame& closing = frames_.back();
  switch (closing.level) {
    case Level::kept:
      kept_path_.pop_back();
      if (kept_path_.size() > 1) return true;
      frames_.pop_back();
      return keep(frames_.back().node != nullptr ? frames_.back().node->other : plans_.back().other, consumed_);
    case Level::plans:
      if (plans_.empty()) return fail("expected at least one plan");
      break;
    case Level::document:
      if (!plans_.back().root) return fail("expected a property \"Plan\"");
      break;
    case Level::node:
      if (closing.node->type.empty()) return fail("expected a property \"Node Type\"");
      break;
    default: break;
  }
  frames_.pop_back();
  return true;
}

bool PlanEvents::scalar(PropertyValue value) {
  if (frames_.empty()) return fail("expected an array of plans, or one plan");
  Frame& frame = frames_.back();
  switch (frame.level) {
    case Level::plans: return fail("expected an object with a property \"Plan\"");
    case Level::document: return scalar_of_document(value);
    case Level::node: return scalar_of_node(value, frame);
    case Level::children: return fail("expected plan nodes");
    case Level::strings:
    case Level::settings:
      if (auto* text = std::get_if<std::string>(&value)) {
        if (frame.level == Level::strings) {
          frame.strings->push_back(std::move(*text));
        } else {
          plans_.back().settings[name_] = std::move(*text);
        }
        return true;
      }
      return fail_expected("a string");
    case Level::triggers: return fail("expected objects");
    case Level::trigger: return scalar_of_trigger(value);
    case Level::kept:
      if (const auto total = as_number(value); total && is_jit_total()) plans_.back().jit_time = Milliseconds(*total);
      return true;
  }
  return false;
}

bool PlanEvents::scalar_of_document(const PropertyValue& value) {
  Plan& plan = plans_.back();
  if (name_ == "Plan" || name_ == "Settings") return fail_expected("an object");
  if (name_ == "Triggers") return fail_expected("an array");
  if (name_ == "Planning Time" || name_ == "Execution Time") {
    const auto number = as_number(value);
    if (!number) return fail_expected("a number");
    (name_ == "Planning Time" ? plan.planning_time : plan.execution_time) = Milliseconds(*number);
    return true;
  }
  if (name_ == "Query Text") {
    const auto* const text = std::get_if<std::string>(&value);
    if (text == nullptr) return fail_expected("a string");
    plan.query = *text;
    return true;
  }
  return keep(plan.other, end_of(value));
}

bool PlanEvents::scalar_of_node(const PropertyValue& value, Frame& frame) {
  if (name_ == "Plans") return fail_expected("an array");
  const NodeProperty* const property = find_node_property(name_);
  if (property == nullptr || !frame.seen.insert(name_).second) {
    return keep(frame.node->other, end_of(value));
  }
  const std::string_view expected = set_property(*frame.node, *property, value);
  return expected.empty() || fail_expected(expected);
}

bool PlanEvents::scalar_of_trigger(const PropertyValue& value) {
  PlanTrigger& trigger = plans_.back().triggers.back();
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (name_ == "Trigger Name") trigger.name = *text;
    if (name_ == "Constraint Name") trigger.constraint = *text;
    if (name_ == "Relation") trigger.relation = *text;
  }
  if (const auto number = as_number(value)) {
    if (name_ == "Time") trigger.time = Milliseconds(*number);
    if (name_ == "Calls") trigger.calls = static_cast<std::int64_t>(std::clamp(*number, 0.0, 9e18));
  }
  return true;
}

}  // namespace pgsextant::analyzer
