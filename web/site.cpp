#include "web/site.hpp"

#include <charconv>
#include <exception>

#include "web/api/api.hpp"
#include "web/http/access.hpp"
#include "web/http/static_files.hpp"
#include "web/pages/pages.hpp"
#include "web/readiness.hpp"
#include "web/url.hpp"

namespace pgsextant::web {
namespace {

using Path = std::vector<std::string>;

Response text(int status, std::string body, std::string type = "text/plain; charset=utf-8") {
  Response response;
  response.status = status;
  response.content_type = std::move(type);
  response.body = std::move(body);
  return response;
}

Response html(std::string body) { return text(200, std::move(body), "text/html; charset=utf-8"); }

Response no_such_server(bool json) {
  return failure(404, json, "No server of that name is watched. The list of servers has the names.");
}

std::optional<QueryId> query_id(std::string_view text) {
  QueryId id;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, id.value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return id;
}

/// Security headers on everything, and nothing kept by caches unless the answer says so.
Response complete(Response response) {
  if (response.header("Content-Security-Policy").empty())
    response.headers.insert(response.headers.end(), security_headers().begin(), security_headers().end());
  if (response.header("Cache-Control").empty()) response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

Response Site::respond(const Request& request) const {
  const bool json = request.target.starts_with("/api/");
  try {
    return complete(route(request, json));
  } catch (const std::exception&) {
    return failure(500, json, "The answer could not be put together. The log of pgsextant may say more.");
  }
}

bool Site::may_read(const Request& request) const {
  return options_.token.empty() || authorized(request.authorization, options_.token);
}

Response Site::route(const Request& request, bool json) const {
  if (request.method != "GET" && request.method != "HEAD") {
    Response refused = failure(405, json, "This server only answers GET and HEAD: it changes nothing.");
    refused.headers.emplace_back("Allow", "GET, HEAD");
    return refused;
  }
  if (loopback_ && !loopback_host(request.host))
    return failure(
        403, json,
        "The Host header does not name this machine's loopback. A proxy in front must send Host: localhost.");
  const auto path = split_path(request.target);
  if (!path) return failure(400, json, "The address is malformed.");

  // Orchestrators probe without credentials; these two tell them nothing else.
  if (*path == Path{"healthz"}) return text(200, "ok\n");
  if (*path == Path{"readyz"}) return ready(request);
  if (!may_read(request)) {
    Response refused = failure(401, json, "Send the token as a bearer token, or as the password with any user name.");
    refused.headers.emplace_back("WWW-Authenticate", R"(Basic realm="pgsextant", charset="UTF-8")");
    return refused;
  }
  if (*path == Path{"metrics"})
    return text(200, render_metrics(board_, options_, clock_.now()), "text/plain; version=0.0.4; charset=utf-8");
  if (path->size() == 2 && path->front() == "static") {
    auto file = static_file(path->back(), request);
    return file ? std::move(*file) : failure(404, json, "There is no such file.");
  }
  return json ? api(*path) : page(*path);
}

Response Site::ready(const Request& request) const {
  const Readiness readiness = assess_readiness(board_.servers());
  return text(readiness.ready ? 200 : 503, may_read(request) ? readiness.detail : readiness.summary);
}

Response Site::page(const Path& path) const {
  if (path.empty()) {
    const auto servers = board_.servers();
    if (servers.size() != 1) return html(render_servers_page(servers, clock_.now()));
    Response redirect;
    redirect.status = 302;
    redirect.headers.emplace_back("Location", server_path(servers.front().snapshot->server.name));
    return redirect;
  }
  if (path.front() != "servers" || path.size() == 3 || path.size() > 4)
    return failure(404, false, "There is no such page.");
  if (path.size() == 1) return html(render_servers_page(board_.servers(), clock_.now()));
  const auto report = board_.server(path[1]);
  if (!report) return no_such_server(false);
  if (path.size() == 2) return html(render_server_page(*report, store_, clock_.now()));
  const auto query = path[2] == "statements" ? query_id(path[3]) : std::nullopt;
  auto found = query ? render_statement_page(*report, *query, clock_.now()) : std::nullopt;
  if (!found) return failure(404, false, "No statement with that queryid is known: it may have been evicted or reset.");
  return html(std::move(*found));
}

Response Site::api(const Path& path) const {
  if (path.size() < 3 || path.size() > 4 || path[1] != "v1" || path[2] != "servers")
    return failure(404, true, "There is no such resource. Start at /api/v1/servers.");
  if (path.size() == 3) return text(200, servers_json(board_.servers()), "application/json");
  const auto report = board_.server(path[3]);
  return report ? text(200, server_json(*report, store_), "application/json") : no_such_server(true);
}

}  // namespace pgsextant::web
