#pragma once
// One demo at half its size for all tests of the program: enough for every fault to show its threshold.

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "demo/demo.hpp"
#include "demo/faults.hpp"
#include "pg/session.hpp"

namespace pgsextant::demo {

inline constexpr double test_scale = 0.5;

class RunningShop : public ::testing::Test {
 protected:
  void SetUp() override;

  /// Sessions of the monitoring role through TCP: as pgsextant itself connects.
  static pg::Session primary();
  static pg::Session standby();

  static const Fault& fault(std::string_view id);
};

/// Asks four times a second until `answer` is true; false when it never was in that time.
bool eventually(std::chrono::seconds longest, const std::function<bool()>& answer);

}  // namespace pgsextant::demo
