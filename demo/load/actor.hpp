#pragma once
// One connection of the shop and what it does again and again.

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "demo/load/pacing.hpp"
#include "demo/load/shop.hpp"

namespace pgsextant::demo {

struct Task {
  Interval interval;  ///< on the average; a slow answer delays the next run, it never makes a queue
  std::function<void(pg::Session&, Random&)> run;
};

struct Actor {
  std::string application;  ///< application_name
  std::vector<Task> tasks;
};

/// Runs the tasks, each for the first time within two seconds, until a stop is requested. A statement that fails is
/// left; a lost connection is opened again after a second.
void run(const Actor& actor, const Shop& shop, std::uint64_t seed, const std::stop_token& stop);

/// The actors; `shop` has to outlive them.
Actor web(const Shop& shop);       ///< shoppers: half of the traffic, as there are two of it
Actor admin(const Shop& shop);     ///< the page that lists the newest orders, written with an N+1 pattern
Actor worker(const Shop& shop);    ///< ships, restocks, looks for fraud
Actor reporter(const Shop& shop);  ///< the reports of the office

}  // namespace pgsextant::demo
