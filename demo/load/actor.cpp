#include "demo/load/actor.hpp"

#include <algorithm>

namespace pgsextant::demo {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

struct Appointment {
  SteadyTime due;
  const Task* task;
};

SteadyTime after(SteadyTime from, Interval interval) {
  return from + std::chrono::duration_cast<SteadyTime::duration>(interval);
}

std::vector<Appointment> first_appointments(const Actor& actor, Random& random) {
  constexpr Interval everything_begins_within{2};
  std::vector<Appointment> appointments;
  const auto now = std::chrono::steady_clock::now();
  for (const auto& task : actor.tasks) {
    const auto wait = std::min(random.around(task.interval), everything_begins_within * random.unit());
    appointments.push_back({after(now, wait), &task});
  }
  return appointments;
}

void keep_appointments(std::vector<Appointment>& appointments, ShopSession& session, Random& random,
                       const std::stop_token& stop) {
  while (true) {
    auto& next = *std::min_element(appointments.begin(), appointments.end(),
                                   [](const auto& a, const auto& b) { return a.due < b.due; });
    if (!sleep_until(stop, next.due)) return;
    try {
      next.task->run(*session, random);
    } catch (const pg::Error&) {
      if (!session->usable()) throw;
    }
    // From when it was due, so that the rate holds; but what was missed while the server was away is not made up for.
    next.due = std::max(after(next.due, random.around(next.task->interval)), std::chrono::steady_clock::now());
  }
}

}  // namespace

void run(const Actor& actor, const Shop& shop, std::uint64_t seed, const std::stop_token& stop) {
  Random random(seed);
  auto appointments = first_appointments(actor, random);
  while (!stop.stop_requested()) {
    try {
      ShopSession session(shop, actor.application, stop);
      keep_appointments(appointments, session, random, stop);
    } catch (const pg::Error&) {
      sleep_for(stop, std::chrono::seconds(1));
    }
  }
}

}  // namespace pgsextant::demo
