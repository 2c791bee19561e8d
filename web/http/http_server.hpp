#pragma once
// httplib's server between our socket and our handler.

#include <functional>
#include <memory>

#include "web/http/listen.hpp"
#include "web/http/message.hpp"

namespace pgsextant::web {

/// Answers from its construction to its destruction, which cuts open connections and joins every thread.
class HttpServer {
 public:
  /// Takes the listener's socket over. `handler` is called from many threads and must not throw.
  HttpServer(const Listener& listener, std::function<Response(const Request&)> handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pgsextant::web
