#include "web/http/message.hpp"

#include <nlohmann/json.hpp>

#include "web/pages/pages.hpp"

namespace pgsextant::web {
namespace {

std::string_view title_of(int status) {
  switch (status) {
    case 400: return "Bad request";
    case 401: return "Not authorised";
    case 403: return "Not allowed";
    case 404: return "Not found";
    case 405: return "Method not allowed";
    case 408: return "Request too slow";
    case 414: return "Address too long";
    case 431: return "Request too large";
    case 500: return "Internal error";
    case 503: return "Not ready";
    default: return "Request refused";
  }
}

}  // namespace

const Headers& security_headers() {
  static const Headers headers = {
      {"Content-Security-Policy",
       "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
       "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Vary", "Accept-Encoding"},
  };
  return headers;
}

Response failure(int status, bool json, std::string_view detail) {
  Response response;
  response.status = status;
  response.headers = security_headers();
  response.headers.emplace_back("Cache-Control", "no-store");
  if (json) {
    const nlohmann::json problem = {
        {"type", "about:blank"}, {"title", title_of(status)}, {"status", status}, {"detail", detail}};
    response.content_type = "application/problem+json";
    response.body = problem.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  } else {
    response.content_type = "text/html; charset=utf-8";
    response.body = error_page(status, title_of(status), detail);
  }
  return response;
}

}  // namespace pgsextant::web
