#include "pg/server_errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pgsextant::pg {
namespace {

using testing::HasSubstr;
using testing::Not;

const Target over_tcp{"shop on db1:5432 as monitor", "shop", "monitor", "db1", "5432"};
const Target by_socket{"shop on /run/postgresql:5432 as monitor", "shop", "monitor", "/run/postgresql", "5432"};

// The messages are those of libpq 15 and PostgreSQL 15, captured with PQERRORS_VERBOSE.
TEST(ConnectError, FindsSqlstateAndPrimaryMessage) {
  const auto error = read_connect_error(
      "connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01: password authentication failed for user "
      "\"monitor\"\nLOCATION:  auth_failed, auth.c:331\n");
  EXPECT_EQ(error.sqlstate, "28P01");
  EXPECT_EQ(error.primary, "password authentication failed for user \"monitor\"");
}

TEST(ConnectError, ReadsOtherLanguages) {
  const auto error = read_connect_error(
      "connection to server at \"db1\" (192.0.2.1), port 5432 failed: SCHWERWIEGEND:  3D000: Datenbank »shop« "
      "existiert "
      "nicht\nORT:  InitPostgres, postinit.c:1036\n");
  EXPECT_EQ(error.sqlstate, "3D000");
  EXPECT_THAT(describe_connect_failure(error, over_tcp).message, HasSubstr("database shop does not exist"));
}

TEST(ConnectError, OfSeveralHostsTheLastOneThatAnsweredCounts) {
  const auto error = read_connect_error(
      "connection to server at \"a\", port 5432 failed: Connection refused\n\tIs the server running on that host?\n"
      "connection to server at \"b\", port 5432 failed: FATAL:  57P03: the database system is starting up\n"
      "LOCATION:  ProcessStartupPacket, postmaster.c:2360\n");
  EXPECT_EQ(error.sqlstate, "57P03");
}

struct Case {
  const char* sqlstate;
  const char* primary;
  Outcome outcome;
  const char* message;
  const char* hint;
};

TEST(ConnectFailure, SaysWhatHappenedAndWhatToDo) {
  const Case table[] = {
      {"28P01", "password authentication failed for user \"monitor\"", Outcome::denied, "password of role monitor",
       "~/.pgpass"},
      {"28000", R"(no pg_hba.conf entry for host "192.0.2.9", user "monitor", database "shop", no encryption)",
       Outcome::denied, "no pg_hba.conf entry", "host  shop  monitor  <address of this machine>/32  scram-sha-256"},
      {"28000", "role \"monitor\" does not exist", Outcome::denied, "role \"monitor\" does not exist",
       "CREATE ROLE \"monitor\" LOGIN"},
      {"28000", "role \"monitor\" is not permitted to log in", Outcome::denied, "not permitted to log in", "LOGIN"},
      {"42501", "permission denied for database \"shop\"", Outcome::denied, "permission denied",
       R"(GRANT CONNECT ON DATABASE "shop" TO "monitor")"},
      {"3D000", "database \"shop\" does not exist", Outcome::unavailable, "database shop does not exist",
       "psql -l -h db1"},
      {"53300", "sorry, too many clients already", Outcome::unavailable, "no connection left", "max_connections"},
      {"57P03", "the database system is starting up", Outcome::unavailable, "starting up", "wait"},
      {"57P01", "terminating connection due to administrator command", Outcome::unavailable, "terminating",
       "shutting down"},
      {"08P01", "unsupported startup parameter: options", Outcome::unsupported, "pooler refuses start-up options",
       "ignore_startup_parameters = options"},
      {"", "connection to server at \"db1\" (192.0.2.1), port 5432 failed: Connection refused", Outcome::unavailable,
       "nothing accepts connections at db1:5432", "pg_isready -h db1 -p 5432"},
      {"", "could not translate host name \"db1\" to address: Name or service not known", Outcome::unavailable,
       "name of host db1 cannot be resolved", "getent hosts db1"},
      {"", "timeout expired", Outcome::timeout, "no answer while connecting", "firewall"},
      {"", "connection to server at \"db1\", port 5432 failed: Connection timed out", Outcome::timeout, "no answer",
       "firewall"},
      {"", "connection to server at \"db1\", port 5432 failed: fe_sendauth: no password supplied", Outcome::denied,
       "asks for a password", "db1:5432:*:monitor:<password>"},
      {"", "connection to server at \"db1\", port 5432 failed: server does not support SSL, but SSL was required",
       Outcome::unavailable, "does not support SSL", "ssl = on"},
      {"", "definition of service \"x\" not found", Outcome::invalid_input, "definition of service", "pg_service.conf"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(std::string(row.sqlstate) + " " + row.primary);
    const auto failure = describe_connect_failure({row.sqlstate, row.primary}, over_tcp);
    EXPECT_EQ(failure.outcome, row.outcome);
    EXPECT_THAT(failure.message, HasSubstr("shop on db1:5432 as monitor"));
    EXPECT_THAT(failure.message, HasSubstr(row.message));
    EXPECT_THAT(failure.hint, HasSubstr(row.hint));
  }
}

TEST(ConnectFailure, NamesTheSocket) {
  const auto failure = describe_connect_failure(
      {"", "connection to server on socket \"/run/postgresql/.s.PGSQL.5432\" failed: No such file or directory"},
      by_socket);
  EXPECT_THAT(failure.message, HasSubstr("the socket in /run/postgresql"));
  EXPECT_THAT(describe_connect_failure({"28000", "no pg_hba.conf entry for …"}, by_socket).hint,
              HasSubstr("local  shop  monitor"));
}

TEST(ConnectFailure, QuotesHostileRoleNamesInSql) {
  Target target = over_tcp;
  target.role = "a\"; DROP TABLE x; --";
  const auto failure = describe_connect_failure({"28000", "role does not exist"}, target);
  EXPECT_THAT(failure.hint, HasSubstr("CREATE ROLE \"a\"\"; DROP TABLE x; --\" LOGIN"));
}

TEST(QueryFailure, OutcomeComesFromSqlstate) {
  const std::pair<const char*, Outcome> table[] = {
      {"42501", Outcome::denied},        {"28000", Outcome::denied},        {"57014", Outcome::timeout},
      {"55P03", Outcome::locked},        {"40P01", Outcome::locked},        {"40001", Outcome::locked},
      {"42883", Outcome::unsupported},   {"42P01", Outcome::unsupported},   {"42703", Outcome::unsupported},
      {"42704", Outcome::unsupported},   {"3F000", Outcome::unsupported},   {"0A000", Outcome::unsupported},
      {"55000", Outcome::unsupported},   {"08006", Outcome::unavailable},   {"57P01", Outcome::unavailable},
      {"57P03", Outcome::unavailable},   {"53300", Outcome::unavailable},   {"53200", Outcome::unavailable},
      {"58030", Outcome::unavailable},   {"3D000", Outcome::unavailable},   {"", Outcome::unavailable},
      {"42601", Outcome::invalid_input}, {"22P02", Outcome::invalid_input}, {"25006", Outcome::invalid_input},
      {"XX000", Outcome::invalid_input},
  };
  for (const auto& [sqlstate, outcome] : table) EXPECT_EQ(outcome_of(sqlstate), outcome) << sqlstate;
}

struct Masked {
  const char* sqlstate;
  const char* primary;
  const char* shown;
};

TEST(QueryFailure, HidesDataAndKeepsNames) {
  const std::string hidden = "the server reported an error whose text may hold data and is not shown";
  const Masked table[] = {
      {"42P01", "relation \"public.orders\" does not exist", "relation \"public.orders\" does not exist"},
      {"42501", "permission denied for table orders", "permission denied for table orders"},
      {"22P02", "invalid input syntax for type integer: \"hunter2\"", "invalid input syntax for type integer: \"…\""},
      {"22P02", R"(invalid input syntax for type integer: "hun"ter2")",
       R"(invalid input syntax for type integer: "…")"},
      {"42601", "syntax error at or near \"hunter2\"", "syntax error at or near \"…\""},
      {"42601", "unterminated quoted string at or near \"'hunter2\"", "unterminated quoted string at or near \"…\""},
      {"22008", "date/time field value out of range: \"hunter2\"", "date/time field value out of range: \"…\""},
      {"XX000", "odd text 'hunter2' here", "odd text '…' here"},
      {"XX000", "cut off \"hunter2", "cut off …"},
      {"22012", "division by zero", "division by zero"},
      {"22P02", "invalid input syntax for type integer: \"one\nhunter2\"", "invalid input syntax for type integer: …"},
      {"P0001", "hunter2", hidden.c_str()},
      {"22P02", "ungültige Eingabesyntax für Typ integer: »hunter2«", hidden.c_str()},
      {"42501", "password=hunter2 is no name", "password=*** is no name"},
  };
  for (const auto& row : table) {
    EXPECT_EQ(mask_literals(row.sqlstate, row.primary), row.shown);
    EXPECT_THAT(mask_literals(row.sqlstate, row.primary), Not(HasSubstr("hunter2")));
  }
}

TEST(QueryFailure, HintsAtTheMissingGrantOrLibrary) {
  EXPECT_THAT(describe_query_failure({"42501", "permission denied for function pg_ls_waldir"}, over_tcp).hint,
              HasSubstr("GRANT pg_monitor TO \"monitor\""));
  EXPECT_THAT(
      describe_query_failure({"55000", "pg_stat_statements must be loaded via shared_preload_libraries"}, over_tcp)
          .hint,
      HasSubstr("postgresql.conf"));
  EXPECT_THAT(describe_query_failure({"42P01", "relation \"x\" does not exist"}, over_tcp).message,
              HasSubstr("(SQLSTATE 42P01)"));
}

}  // namespace
}  // namespace pgsextant::pg
