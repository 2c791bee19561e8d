#pragma once
// The faults that take several sessions: each runs until a stop is requested, in sessions of its own, and survives the
// loss of the server.

#include <stop_token>

#include "demo/load/shop.hpp"

namespace pgsextant::demo {

/// Opens a transaction, locks a row and forgets about it. Opened again when the server has lost it.
void idle_in_transaction(const Shop& shop, const std::stop_token& stop);

/// Every 20 s: one session holds a row for 10 s, a second waits for it while holding another, a third waits for the
/// second. Those who wait give up just before the first is done.
void lock_chains(const Shop& shop, const std::stop_token& stop);

/// Two sessions that lock two rows in opposite order: first after 10 s, then every minute.
void deadlocks(const Shop& shop, const std::stop_token& stop);

}  // namespace pgsextant::demo
