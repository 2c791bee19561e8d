#pragma once
// The names that EXPLAIN prints for what PlanNode and Plan have fields for; shared by the readers of its formats.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/plan.hpp"

namespace pgsextant::analyzer {

struct NodeProperty {
  std::string_view name;
  std::variant<std::string PlanNode::*, bool PlanNode::*, std::optional<double> PlanNode::*,
               std::optional<int> PlanNode::*, std::optional<std::int64_t> PlanNode::*,
               std::optional<Milliseconds> PlanNode::*, std::vector<std::string> PlanNode::*, Blocks PlanBuffers::*>
      field;
};

/// Null for a property without a field.
const NodeProperty* find_node_property(std::string_view name);

/// A single value, as a format's reader understood it.
using PropertyValue = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

std::optional<double> as_number(const PropertyValue& value);

/// Stores the value; when it is of another kind than the property, says what was expected ("a number") and changes
/// nothing. Properties that are lists are the reader's own business and always refused.
std::string_view set_property(PlanNode& node, const NodeProperty& property, const PropertyValue& value);

}  // namespace pgsextant::analyzer
