#include "web/server.hpp"

#include "web/http/http_server.hpp"
#include "web/http/listen.hpp"
#include "web/site.hpp"

namespace pgsextant::web {
namespace {

class RunningServer final : public Server {
 public:
  RunningServer(Listener listener, const WebOptions& options, const Board& board, store::Store& store,
                const Clock& clock)
      : listener_(std::move(listener)),
        site_(options, listener_.loopback, board, store, clock),
        http_(listener_, [this](const Request& request) { return site_.respond(request); }) {}

  [[nodiscard]] int port() const override { return listener_.port; }
  [[nodiscard]] std::string url() const override { return listener_.url; }

 private:
  Listener listener_;
  Site site_;
  HttpServer http_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const WebOptions& options, const Board& board, store::Store& store,
                                              const Clock& clock) {
  auto listener = listen_on(options.address, options.port, !options.token.empty());
  if (!listener) return listener.failure();
  return std::unique_ptr<Server>(std::make_unique<RunningServer>(*std::move(listener), options, board, store, clock));
}

}  // namespace pgsextant::web
