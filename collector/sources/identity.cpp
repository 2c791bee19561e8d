// Who answers: changes only with a restart, a failover or an upgrade, but then everything else means something else.

#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"

namespace pgsextant::collector {
namespace {

constexpr QueryVariant identity_variants[] = {
    {130000, R"(
SELECT pg_catalog.current_database(),
       extract(epoch FROM pg_catalog.pg_postmaster_start_time()),
       pg_catalog.pg_is_in_recovery(),
       pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE'))"},
};
constexpr Query identity{"identity", identity_variants};

// Open to all by default, but some providers and hardening guides revoke it. Apart, since naming a function in a query
// is refused even where it would not be called.
constexpr QueryVariant control_data_variants[] = {
    {130000, "SELECT c.system_identifier FROM pg_catalog.pg_control_system() c"},
};
constexpr Query control_data{"control_data", control_data_variants};
constexpr const Query* queries[] = {&identity, &control_data};

void read(SourceRun& run) {
  const auto rows = run.rows(identity);
  RowReader row(rows, 0);
  ServerIdentity seen;
  seen.database = row.text();
  seen.started = row.time();
  seen.in_recovery = row.boolean();
  seen.version = run.server_version();
  if (row.boolean()) {
    // int8 in SQL, unsigned in the control file: the same 64 bits.
    seen.system_identifier = static_cast<std::uint64_t>(run.rows(control_data).integer(0, 0));
  } else {
    run.lacks(Outcome::denied, "the system identifier is not visible to this role");
  }
  run.change([seen](Snapshot& into) {
    auto identified = seen;
    identified.name = into.server.name;
    identified.cluster = into.server.cluster;
    into.server = identified;
  });
}

}  // namespace

const Source identity_source{
    .id = "identity",
    .description = "version, system identifier, start time and role (primary or standby) of the server",
    .lane = Lane::fast,
    .cadence = std::chrono::seconds(10),
    .queries = queries,
    .rights = "GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system() TO <role>;",
    .read = read,
};

}  // namespace pgsextant::collector
