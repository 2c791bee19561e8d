#pragma once
// What pgbouncer does with start-up options, for tests: a proxy for one connection to a local server.

#include <atomic>
#include <string>
#include <thread>

namespace pgsextant::test {

/// `drop` is pgbouncer with ignore_startup_parameters = options; `refuse` is pgbouncer without.
enum class OptionsPolicy { drop, refuse };

/// Listens on 127.0.0.1 and serves connections one after the other, until destroyed.
class OptionDroppingPooler {
 public:
  OptionDroppingPooler(int server_port, OptionsPolicy policy);
  ~OptionDroppingPooler();
  OptionDroppingPooler(const OptionDroppingPooler&) = delete;
  OptionDroppingPooler& operator=(const OptionDroppingPooler&) = delete;
  [[nodiscard]] int port() const { return port_; }

 private:
  void serve();
  void serve_client(int client);

  int listener_;
  int port_ = 0;
  int server_port_;
  OptionsPolicy policy_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace pgsextant::test
