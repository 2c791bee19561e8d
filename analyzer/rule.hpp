#pragma once
// A rule: one way in which a server can be found wanting. A value in an explicit list (rules/registry.cpp), not a
// subclass. To add one: rules/<id>.cpp, a line in the registry, tests/cases/<id>/, docs/rules/<id>.md.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/finding.hpp"
#include "core/plan.hpp"
#include "core/snapshot.hpp"
#include "core/window.hpp"

namespace pgsextant::analyzer {

/// A plan of a statement, as EXPLAIN (without ANALYZE unless said) gave it.
struct StatementPlan {
  QueryId query;
  Oid database;
  std::shared_ptr<const Plan> plan;
};

/// Everything a rule may look at. Values only; a rule never asks a server. What is missing in the snapshot is null, and
/// a rule that lacks what it needs stays silent.
struct Facts {
  const Snapshot& now;
  const Window& window;
  std::span<const StatementPlan> plans;
};

struct Rule {
  std::string_view id;  ///< snake_case: the stem of its code, tests and docs
  std::string_view title;
  std::vector<Finding> (*check)(const Facts& facts) = nullptr;
};

/// Every rule, in the order in which findings of equal weight are listed.
std::span<const Rule> rules();

/// Runs every rule and sorts: critical ones first (what is at risk now is seldom a matter of load), then most load at
/// stake, then severity, then the registry's order. Fills `rule` and, where a rule left it empty, `key`; of findings
/// with equal keys the first stays.
std::vector<Finding> find_all(const Facts& facts);

}  // namespace pgsextant::analyzer
