#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "pg/private_server.hpp"
#include "pg/process.hpp"

namespace pgsextant::pg {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here calls setenv
  return value == nullptr ? "" : value;
}

bool holds_a_server(const fs::path& bin) {
  const auto runs = [&](const char* program) { return ::access((bin / program).c_str(), X_OK) == 0; };
  return runs("initdb") && runs("postgres") && runs("pg_basebackup");
}

/// "postgres (PostgreSQL) 15.18 (Debian …)", "… 19beta1"; 0 when it does not say.
int major_version(const fs::path& bin) {
  const auto answer = run({(bin / "postgres").string(), "--version"}, ProcessOptions{});
  constexpr std::string_view before = "(PostgreSQL) ";
  const auto at = answer.output.find(before);
  int major = 0;
  if (answer.exit_status != 0 || at == std::string::npos) return 0;
  const char* const begin = answer.output.c_str() + at + before.size();
  std::from_chars(begin, answer.output.c_str() + answer.output.size(), major);
  return major;
}

/// Every PARENT/<prefix>*/bin.
std::vector<fs::path> versions_below(const fs::path& parent, std::string_view prefix) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent, ignored)) {
    if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path() / "bin");
  }
  return found;
}

std::vector<fs::path> candidates() {
  if (const auto chosen = environment("PGSEXTANT_PG_BIN"); !chosen.empty()) return {chosen};
  auto found = versions_below("/usr/lib/postgresql", "");
  for (auto& bin : versions_below("/usr", "pgsql-")) found.push_back(std::move(bin));
  const auto path = environment("PATH");
  for (std::string_view rest = path; !rest.empty();) {
    const auto colon = rest.find(':');
    found.emplace_back(rest.substr(0, colon));
    rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
  }
  return found;
}

}  // namespace

std::vector<Installation> find_installations() {
  std::vector<Installation> found;
  for (const auto& bin : candidates()) {
    if (!holds_a_server(bin)) continue;
    const int major = major_version(bin);
    const bool known = std::any_of(found.begin(), found.end(), [&](const auto& other) { return other.major == major; });
    if (major > 0 && !known) found.push_back({major, bin});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.major > b.major; });
  return found;
}

}  // namespace pgsextant::pg
