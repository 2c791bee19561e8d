#include "collector/source.hpp"

#include <algorithm>
#include <charconv>

#include "core/index_definition.hpp"

namespace pgsextant::collector {
namespace {

constexpr QueryVariant server_clock_variants[] = {
    {130000, "SELECT extract(epoch FROM pg_catalog.clock_timestamp())"},
};

constexpr QueryVariant installed_extension_variants[] = {
    {130000, R"(
SELECT e.extversion, n.nspname
  FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
 WHERE e.extname = $1)"},
};

/// "1.10" is 110; what is no such version is 0, older than any variant.
std::int32_t version_number(std::string_view text) {
  std::int32_t major = 0;
  std::int32_t minor = 0;
  const auto* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, major);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return 0;
  const auto second = std::from_chars(first.ptr + 1, end, minor);
  if (second.ec != std::errc{} || minor > 99) return 0;
  return major * 100 + minor;
}

std::string replaced(std::string_view text, std::string_view what, std::string_view with) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto found = std::min(text.find(what, at), text.size());
    result.append(text.substr(at, found - at));
    if (found < text.size()) result.append(with);
    at = found + what.size();
  }
  return result;
}

[[noreturn]] void unsupported(std::string message, std::string hint) {
  throw pg::Error({Outcome::unsupported, std::move(message), std::move(hint)}, "");
}

}  // namespace

const Query server_clock{"server_clock", server_clock_variants};
const Query installed_extension{"installed_extension", installed_extension_variants};

const QueryVariant* variant_for(const Query& query, std::int32_t version) {
  const auto found = std::find_if(query.variants.begin(), query.variants.end(),
                                  [&](const QueryVariant& variant) { return variant.minimum <= version; });
  return found == query.variants.end() ? nullptr : &*found;
}

SourceRun::SourceRun(const Source& source, pg::Session& session, const Snapshot& last, Memory& memory,
                     RunContext context)
    : source_(source), session_(session), last_(last), memory_(memory), context_(context) {}

pg::Rows SourceRun::rows(const Query& query, std::initializer_list<std::optional<std::string>> parameters) {
  return timed(text(query), std::span(parameters.begin(), parameters.size()));
}

std::string SourceRun::text(const Query& query) {
  if (source_.extension.empty()) {
    const auto* const variant = variant_for(query, session_.server_version());
    if (variant == nullptr) unsupported("PostgreSQL before 13 is not supported", "");
    return std::string(variant->sql);
  }
  const auto& installed = extension();
  const auto* const variant = variant_for(query, installed.version);
  if (variant == nullptr) {
    const std::string name(source_.extension);
    unsupported("the installed version of extension " + name + " is too old", "ALTER EXTENSION " + name + " UPDATE;");
  }
  return replaced(variant->sql, "@extschema@", installed.schema);
}

/// Looked up at every run: extensions are updated and moved while we watch.
const SourceRun::Extension& SourceRun::extension() {
  if (extension_) return *extension_;
  const std::string name(source_.extension);
  const std::optional<std::string> parameters[] = {name};
  const auto rows = timed(installed_extension.variants.front().sql, parameters);
  if (rows.empty())
    unsupported("extension " + name + " is not installed in the database that we connect to",
                "shared_preload_libraries = '" + name + "' in postgresql.conf, a restart, then CREATE EXTENSION " +
                    name + "; in this database");
  extension_ = Extension{version_number(rows.text(0, 0)), quote_identifier(rows.text(0, 1))};
  return *extension_;
}

pg::Rows SourceRun::timed(std::string_view sql, std::span<const std::optional<std::string>> parameters) {
  const auto start = std::chrono::steady_clock::now();
  const auto charge = [&] {
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    cost_ += std::max(std::chrono::nanoseconds::zero(), took - context_.round_trip);
  };
  try {
    auto rows = session_.query(sql, parameters);
    charge();
    return rows;
  } catch (const pg::Error&) {
    charge();
    throw;
  }
}

void SourceRun::lacks(Outcome outcome, std::string message, std::string hint) {
  if (hint.empty() && outcome == Outcome::denied) hint = source_.rights;
  if (!shortfall_) {
    shortfall_ = Shortfall{outcome, std::move(message), std::move(hint)};
    return;
  }
  shortfall_->message += "; " + message;
  if (shortfall_->hint.empty()) shortfall_->hint = std::move(hint);
}

}  // namespace pgsextant::collector
