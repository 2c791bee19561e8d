#pragma once
// A request and its answer as values, so that everything behind the socket is tested without one.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgsextant::web {

struct Request {
  std::string method = "GET";
  std::string target = "/";                        ///< as sent: path and query, still encoded
  std::string host, authorization, if_none_match;  ///< headers; empty when absent
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Response {
  int status = 200;
  std::string content_type;
  std::string body;
  Headers headers;  ///< besides Content-Type and Content-Length

  /// The value of the first header of that name, empty when absent.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    for (const auto& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
};

/// What every answer carries: a strict content security policy and its companions.
const Headers& security_headers();

/// An error for people or, where `json` is set, for programs (RFC 9457). `detail` says what to do; never internals.
Response failure(int status, bool json, std::string_view detail);

}  // namespace pgsextant::web
