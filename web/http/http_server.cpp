#include "web/http/http_server.hpp"

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>

#include "web/http/connections.hpp"
#include "web/http/stream.hpp"

namespace pgsextant::web {
namespace {

constexpr int requests_per_connection = 100;

/// Cuts the clients off before the threads that wait for them are joined.
class Workers final : public httplib::TaskQueue {
 public:
  Workers(std::size_t count, Connections& connections) : connections_(connections), pool_(count) {}

  // void in httplib 0.11, bool in 0.18.
  using Enqueued = decltype(std::declval<httplib::TaskQueue&>().enqueue({}));
  Enqueued enqueue(std::function<void()> task) override { return pool_.enqueue(std::move(task)); }
  void shutdown() override {
    connections_.cut_all();
    pool_.shutdown();
  }

 private:
  Connections& connections_;
  httplib::ThreadPool pool_;
};

bool has_body(const httplib::Request& request) {
  return request.has_header("Transfer-Encoding") ||
         (request.has_header("Content-Length") && request.get_header_value("Content-Length") != "0");
}

Request translate(const httplib::Request& request) {
  return {request.method, request.target, request.get_header_value("Host"), request.get_header_value("Authorization"),
          request.get_header_value("If-None-Match")};
}

void translate(const Response& from, httplib::Response& to) {
  to.status = from.status;
  for (const auto& [name, value] : from.headers) to.set_header(name, value);
  if (!from.content_type.empty()) to.set_content(from.body, from.content_type.c_str());
}

class Server final : public httplib::Server {
 public:
  Server(std::function<Response(const Request&)> handler, const HttpLimits& limits)
      : limits_(limits), connections_(limits.workers / 3) {
    new_task_queue = [this] { return new Workers(limits_.workers, connections_); };
    // Before any routing of httplib, so that neither its regular expressions nor its body readers run.
    set_pre_routing_handler(
        [handle = std::move(handler)](const httplib::Request& request, httplib::Response& response) {
          translate(handle(translate(request)), response);
          return HandlerResponse::Handled;
        });
    // What httplib refuses by itself, before any handler: a malformed or overlong request.
    set_error_handler(HandlerWithResponse([](const httplib::Request&, httplib::Response& response) {
      if (response.has_header("Content-Security-Policy")) return HandlerResponse::Unhandled;
      translate(failure(response.status, false, "The request is not one that this server understands."), response);
      return HandlerResponse::Handled;
    }));
  }

  void run_on(int socket) {
    svr_sock_ = socket;
    thread_ = std::thread([this] {
      listen_after_bind();
      ended_ = true;
    });
    // stop() before the loop has begun would be lost.
    while (!is_running() && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  ~Server() override {
    stop();
    thread_.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  bool process_and_close_socket(socket_t socket) override {
    connections_.open(socket);
    BoundedStream stream(socket);
    bool more = true;
    for (int left = requests_per_connection; more && left > 0; --left) {
      // A third of the workers may wait long for somebody; the others come back soon whatever clients do.
      const bool crowded = connections_.crowded();
      stream.allow(crowded ? limits_.patience_when_crowded : limits_.patience,
                   crowded ? limits_.answer_when_crowded : limits_.answer);
      if (!stream.await_request()) break;
      bool accepted = false;  // else what follows on the connection has no known beginning
      bool closed = false;
      const bool last = left == 1 || crowded;
      more = process(stream, last, closed, [&](httplib::Request& request) {
        accepted = true;
        closed = adapt(request) || closed;
      });
      stream.explain();
      more = more && accepted && !closed && !last;
    }
    stream.finish();
    connections_.close(socket);
    return true;
  }

  /// Takes away what httplib would do by itself; true when the connection cannot be used for a next request.
  static bool adapt(httplib::Request& request) {
    request.ranges.clear();  // nothing here is worth a part of it
    // httplib prefers Brotli, at its slowest level.
    const bool gzip = request.get_header_value("Accept-Encoding").find("gzip") != std::string::npos;
    request.headers.erase("Accept-Encoding");
    if (gzip) request.headers.emplace("Accept-Encoding", "gzip");
    request.headers.erase("Expect");
    // A body is never read; what follows on the connection would be taken for the next request.
    if (!has_body(request)) return false;
    request.headers.erase("Connection");
    request.headers.emplace("Connection", "close");
    return true;
  }

  template <class Setup>
  bool process(BoundedStream& stream, bool last, bool& closed, Setup&& setup) {
    if constexpr (requires { process_request(stream, "", 0, "", 0, last, closed, setup); })  // 0.18
      return process_request(stream, "", 0, "", 0, last, closed, std::forward<Setup>(setup));
    else
      return process_request(stream, last, closed, std::forward<Setup>(setup));
  }

  HttpLimits limits_;
  Connections connections_;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
};

}  // namespace

struct HttpServer::State {
  State(std::function<Response(const Request&)> handler, const HttpLimits& limits)
      : server(std::move(handler), limits) {}
  Server server;
};

HttpServer::HttpServer(const Listener& listener, std::function<Response(const Request&)> handler,
                       const HttpLimits& limits)
    : state_(std::make_unique<State>(std::move(handler), limits)) {
  state_->server.run_on(listener.socket);
}

HttpServer::~HttpServer() = default;

}  // namespace pgsextant::web
