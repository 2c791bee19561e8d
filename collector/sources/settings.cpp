// The server's settings, without those that may hold a credential.

#include <algorithm>

#include "collector/row_reader.hpp"
#include "collector/sources/registry.hpp"

namespace pgsextant::collector {
namespace {

// Never read, whatever the role may see:
// * commands (archive_command, restore_command, ssl_passphrase_command, …): object stores' keys stand in them;
// * connection strings and recovery targets (primary_conninfo, recovery_target_…): passwords, and names of people's
// own;
// * anything that is called secret, password, passphrase, token, key or credential, files and switches included;
// * settings with a dot, which belong to extensions and applications (app.settings.jwt_secret is a common one), but for
//   the modules of PostgreSQL's own that say how it is watched and how it warms up.
// What came with our own session's start-up (statement_timeout, jit, …) is not the server's: left out too.
// Settings that only pg_read_all_settings may see have no row for others.
constexpr QueryVariant setting_variants[] = {
    {130000, R"(
SELECT s.name, s.setting, s.unit, s.vartype, s.source, s.pending_restart
  FROM pg_catalog.pg_settings s
 WHERE s.name !~* '(_command|conninfo|secret|passw|passphrase|token|_key|credential)'
   AND s.name NOT LIKE 'recovery\_target%'
   AND (s.name NOT LIKE '%.%' OR s.name ~ '^(auto_explain|hypopg|pg_prewarm|pg_stat_statements|plpgsql)\.')
   AND s.source NOT IN ('client', 'session'))"},
};
constexpr Query settings{"settings", setting_variants};

constexpr QueryVariant right_variants[] = {
    {130000, "SELECT pg_catalog.pg_has_role('pg_read_all_settings', 'USAGE')"},
};
constexpr Query right{"right", right_variants};
constexpr const Query* queries[] = {&settings, &right};

void read(SourceRun& run) {
  const auto rows = run.rows(settings);
  Settings seen;
  seen.entries.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    RowReader row(rows, i);
    Setting setting;
    setting.name = row.text();
    setting.value = row.text();
    setting.unit = row.text();
    setting.type = row.text();
    setting.source = row.text();
    setting.pending_restart = row.boolean();
    seen.entries.push_back(std::move(setting));
  }
  std::sort(seen.entries.begin(), seen.entries.end(),
            [](const Setting& a, const Setting& b) { return a.name < b.name; });
  if (!run.rows(right).boolean(0, 0)) run.lacks(Outcome::denied, "some settings are hidden from this role");
  run.put(&Snapshot::settings, std::move(seen));
}

}  // namespace

const Source settings_source{
    .id = "settings",
    .description = "settings, without commands, connection strings and whatever may hold a credential",
    .cadence = std::chrono::hours(1),
    .queries = queries,
    .rights = "GRANT pg_monitor TO <role>; (or pg_read_all_settings)",
    .read = read,
};

}  // namespace pgsextant::collector
