#pragma once
// The load: about 75 statements a second from a dozen connections, until destruction.

#include <thread>
#include <vector>

#include "demo/load/shop.hpp"

namespace pgsextant::demo {

/// Starts every actor; the destructor interrupts their sessions and returns within a second, even when the server
/// hangs. A server that goes away is waited for.
class Load {
 public:
  explicit Load(Shop shop);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

 private:
  Shop shop_;
  std::vector<std::jthread> threads_;
};

}  // namespace pgsextant::demo
