// Real plans from other projects. The corpus is not part of the repository: skipped where it is absent.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "analyzer/plan_arithmetic.hpp"
#include "analyzer/plan_frame.hpp"
#include "analyzer/plan_json.hpp"

namespace pgsextant::analyzer {
namespace {

const std::filesystem::path corpus = PGSEXTANT_SOURCE_DIR "/../shared/corpus/plans";

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What the files named .json of the corpus hold where it is not JSON from EXPLAIN, with or without psql's frame.
const std::set<std::string> not_a_plan = {
    "pg_store_plans/00001.json",
    "pg_store_plans/00002.json",  // every property name, with made-up values
    "pg_store_plans/00011.json",
    "pg_store_plans/00015.json",
    "pg_store_plans/00016.json",
    "pg_store_plans/00017.json",
    "pg_store_plans/00018.json",
    "pg_store_plans/00019.json",              // commas are missing
    "pganalyze-auto_explain-log/00008.json",  // line feeds within a string
    "pev2-spec/00004.json",                   // quoted as CSV
    "pev2-spec/00020.json",                   // cut off
};

/// By path: the node count that the corpus' own walk over the JSON found; -1 where it did not count.
std::map<std::string, int> indexed_files() {
  std::map<std::string, int> counts;
  std::ifstream index(corpus / "index.jsonl");
  for (std::string line; std::getline(index, line);) {
    const auto entry = nlohmann::json::parse(line);
    if (entry.at("format") != "json") continue;
    const auto file = entry.at("file").get<std::string>().substr(std::string("public/").size());
    if (!not_a_plan.contains(file)) counts[file] = entry.value("node_count", -1);
  }
  return counts;
}

int nodes(const std::vector<Plan>& plans) {
  int count = 0;
  for (const Plan& plan : plans) for_each_node(*plan.root, [&](const PlanNode&, const PlanNode*) { ++count; });
  return count;
}

TEST(Corpus, EveryJsonPlanIsReadWhole) {
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "no corpus of plans";
  int read = 0;
  for (const auto& [file, expected] : indexed_files()) {
    const auto plans = parse_plan_json(without_frame(content(corpus / file)));
    if (!plans.ok()) {
      ADD_FAILURE() << file << ": " << plans.failure().message;
      continue;
    }
    if (expected >= 0) {
      EXPECT_EQ(nodes(*plans), expected) << file;
    }
    ++read;
  }
  EXPECT_GT(read, 320);
}

TEST(Corpus, WhatIsNoPlanIsRefused) {
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "no corpus of plans";
  for (const auto& file : not_a_plan) EXPECT_FALSE(parse_plan_json(without_frame(content(corpus / file))).ok()) << file;
}

TEST(Corpus, ExclusiveTimesAddUpToTheRoots) {
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << "no corpus of plans";
  int analysed = 0;
  for (const auto& [file, expected] : indexed_files()) {
    const auto plans = parse_plan_json(without_frame(content(corpus / file)));
    if (!plans.ok()) continue;
    for (const Plan& plan : *plans) {
      if (!plan.executed() || !plan.root->total_time) continue;
      double sum = 0;
      for (const auto& figures : compute_figures(plan)) sum += figures.exclusive_time.value_or(Milliseconds{}).count();
      const double root = plan.root->total_time->count() * *plan.root->loops;
      EXPECT_NEAR(sum, root, std::max(0.01 * root, 0.001)) << file;
      ++analysed;
    }
  }
  EXPECT_GT(analysed, 250);
}

}  // namespace
}  // namespace pgsextant::analyzer
