#pragma once
// httplib's server between our socket and our handler.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "web/http/listen.hpp"
#include "web/http/message.hpp"

namespace pgsextant::web {

/// How long a client may take. Patience is from connecting, or the last answer, to a request's first byte, and again
/// from there to the end of its headers.
struct HttpLimits {
  std::size_t workers = 32;
  std::chrono::milliseconds patience{5000}, answer{20000};
  std::chrono::milliseconds patience_when_crowded{500}, answer_when_crowded{5000};  ///< beyond a third of the workers
};

/// Answers from its construction to its destruction, which cuts open connections and joins every thread.
class HttpServer {
 public:
  /// Takes the listener's socket over. `handler` is called from many threads and must not throw.
  HttpServer(const Listener& listener, std::function<Response(const Request&)> handler, const HttpLimits& limits = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pgsextant::web
