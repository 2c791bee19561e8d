#include "pg/conninfo.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace pgsextant::pg {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Every test starts with none of libpq's environment variables set.
class ConninfoTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* const name : {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGPASSFILE",
                                   "PGSERVICE", "PGOPTIONS", "PGSSLMODE", "PGCONNECT_TIMEOUT", "PGSERVICEFILE"}) {
      ::unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
    }
  }
  void TearDown() override { SetUp(); }
  static void set(const char* name, const std::string& value) {
    ::setenv(name, value.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
  }
};

struct Accepted {
  const char* text;
  const char* host;
  const char* port;
  const char* database;
  const char* user;
};

TEST_F(ConninfoTest, ReadsWhatLibpqReads) {
  const Accepted table[] = {
      {"host=db1 port=6432 dbname=shop user=monitor", "db1", "6432", "shop", "monitor"},
      {"host = db1  dbname = shop user=m", "db1", "5432", "shop", "m"},
      {"dbname='my shop' user='o\\'brien' host=h", "h", "5432", "my shop", "o'brien"},
      {"dbname='back\\\\slash' user=u host=h", "h", "5432", "back\\slash", "u"},
      {"postgresql://monitor@db1:6432/shop", "db1", "6432", "shop", "monitor"},
      {"postgres://monitor@db1/shop?connect_timeout=3", "db1", "5432", "shop", "monitor"},
      {"postgresql://u:p%40ss@[::1]:5433/d", "::1", "5433", "d", "u"},
      {"postgresql://u@a:1,b:2/d", "a,b", "1,2", "d", "u"},
      {"postgresql:///d?host=/run/postgresql&user=u", "/run/postgresql", "5432", "d", "u"},
      {"host=/tmp/sockets user=u", "/tmp/sockets", "5432", "u", "u"},
      {"host=a,b port=5432 user=u dbname=d", "a,b", "5432", "d", "u"},
      {"user=ünïcode dbname=d host=h", "h", "5432", "d", "ünïcode"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.text);
    const auto parsed = Conninfo::parse(row.text);
    ASSERT_TRUE(parsed.ok()) << parsed.failure().message;
    EXPECT_EQ(parsed->value("host"), row.host);
    EXPECT_EQ(parsed->value("port"), row.port);
    EXPECT_EQ(parsed->value("dbname"), row.database);
    EXPECT_EQ(parsed->value("user"), row.user);
  }
}

struct Rejected {
  const char* text;
  const char* because;
};

TEST_F(ConninfoTest, RejectsWithoutRepeatingValues) {
  const Rejected table[] = {
      {"hunter2", "keyword=value"},
      {"host=db1 hunter2", "keyword=value"},
      {"host=db1 password='hunter2", "no closing quote"},
      {"hots=db1 password=hunter2", "did you mean host?"},
      {"host=db1 pasword=hunter2", "did you mean password?"},
      {"host=db1 password=my hunter2=x", "unknown keyword at character 22"},
      {"postgresql://u:hunter2@[::1/d", "IPv6"},
      {"postgresql://u:hunter2@[::1]x/d", "after the host"},
      {"postgresql://u:hunter2%zz@h/d", "percent-encoded"},
      {"postgresql://u:hunter2%00@h/d", "percent-encoded"},
      {"postgresql://u:hunter2@h/d?sslmod=require", "did you mean sslmode?"},
      {"postgresql://u:hunter2@h/d?sslmode", "has no \"=\""},
      {"postgresql://u:hunter2@h/d?sslmode=a=b", "more than one \"=\""},
      {"host=db1 port=hunter2", "port is not a number"},
      {"host=db1 port=0 password=hunter2", "port is not a number"},
      {"host=db1 port=65536 password=hunter2", "port is not a number"},
      {"host=a,b port=1,hunter2", "port is not a number"},
  };
  for (const auto& row : table) {
    SCOPED_TRACE(row.text);
    const auto parsed = Conninfo::parse(row.text);
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.failure().outcome, Outcome::invalid_input);
    EXPECT_THAT(parsed.failure().message, HasSubstr(row.because));
    EXPECT_THAT(parsed.failure().message, Not(HasSubstr("hunter2")));
    EXPECT_THAT(parsed.failure().hint, Not(HasSubstr("hunter2")));
    EXPECT_FALSE(parsed.failure().hint.empty());
  }
}

TEST_F(ConninfoTest, RejectsAZeroByte) {
  using namespace std::string_view_literals;
  EXPECT_FALSE(Conninfo::parse("host=db1\0 host=db2"sv).ok());
}

TEST_F(ConninfoTest, DisplayHoldsNoSecret) {
  const auto text = Conninfo::parse("postgresql://monitor:hunter2@db1:5432/shop?sslpassword=hunter2")->display();
  EXPECT_EQ(text, "shop on db1:5432 as monitor");
  EXPECT_EQ(Conninfo::parse("host=a,b port=1,2 user=u dbname=d")->display(), "d on a:1,b:2 as u");
  EXPECT_EQ(Conninfo::parse("host=a,b user=u dbname=d")->display(), "d on a:5432,b:5432 as u");
  EXPECT_EQ(Conninfo::parse("hostaddr=192.0.2.1 user=u")->display(), "u on 192.0.2.1:5432 as u");
  EXPECT_EQ(Conninfo::parse("user=u dbname=d")->display(), "d on local socket:5432 as u");
}

TEST_F(ConninfoTest, TheStringWinsOverTheEnvironment) {
  set("PGHOST", "from-environment");
  set("PGPORT", "7000");
  set("PGOPTIONS", "-c geqo=off");
  const auto parsed = Conninfo::parse("host=from-string user=u");
  EXPECT_EQ(parsed->value("host"), "from-string");
  EXPECT_EQ(parsed->value("port"), "7000");
  EXPECT_EQ(parsed->value("options"), "-c geqo=off");
  EXPECT_EQ(parsed->value("application_name"), "");
  EXPECT_EQ(parsed->value("no_such_keyword"), "");
}

TEST_F(ConninfoTest, ServiceFilesAreRead) {
  const auto file =
      std::filesystem::temp_directory_path() / ("pgsextant-unit-" + std::to_string(::getpid()) + ".service");
  std::ofstream(file) << "[shop]\nhost=db7\nport=6543\nuser=monitor\ndbname=shop\n";
  set("PGSERVICEFILE", file.string());
  const auto parsed = Conninfo::parse("service=shop dbname=other");
  EXPECT_EQ(parsed->value("host"), "db7");
  EXPECT_EQ(parsed->value("port"), "6543");
  EXPECT_EQ(parsed->value("dbname"), "other");
  EXPECT_EQ(parsed->display(), "other on db7:6543 as monitor");
  std::filesystem::remove(file);
}

TEST_F(ConninfoTest, WithReplacesOneKeywordAndKeepsTheRest) {
  const auto base = Conninfo::parse("postgresql://u:se'cr\\et@db1/shop?options=-c%20geqo%3Doff");
  ASSERT_TRUE(base.ok());
  const auto other = base->with_database("it's \\ a \"name\"");
  EXPECT_EQ(other.value("dbname"), "it's \\ a \"name\"");
  EXPECT_EQ(other.value("password"), "se'cr\\et");
  EXPECT_EQ(other.value("options"), "-c geqo=off");
  EXPECT_EQ(other.with("host", "db2").value("host"), "db2");
  EXPECT_TRUE(Conninfo::parse(other.text()).ok());
  // A database may be called like a connection string; it must not become one.
  const auto hostile = base->with_database("host=evil password=x");
  EXPECT_EQ(hostile.value("host"), "db1");
  EXPECT_EQ(hostile.value("dbname"), "host=evil password=x");
}

struct Redacted {
  const char* message;
  const char* shown;
};

TEST(Redact, RemovesCredentials) {
  const Redacted table[] = {
      {"host=db1 password=hunter2 user=u", "host=db1 password=*** user=u"},
      {"password='hun ter\\'2' user=u", "password=*** user=u"},
      {"PASSWORD = hunter2", "PASSWORD = ***"},
      {"sslpassword=hunter2", "sslpassword=***"},
      {"PGPASSWORD=hunter2 psql", "PGPASSWORD=*** psql"},
      {"postgresql://monitor:hunter2@db1/shop", "postgresql://monitor:***@db1/shop"},
      {"see postgres://u:hu@nt/er2@db1:5432/d now", "see postgres://u:***@db1:5432/d now"},
      {"postgresql://u@db1/d?password=hunter2&sslmode=require", "postgresql://u@db1/d?password=***&sslmode=require"},
      {"s3://key:hunter2@bucket", "s3://key:***@bucket"},
      {"CREATE ROLE x PASSWORD 'hunter2' LOGIN", "CREATE ROLE x PASSWORD *** LOGIN"},
      {"{\"password\": \"hunter2\", \"user\": \"u\"}", "{\"password\": ***, \"user\": \"u\"}"},
      {"verifier SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:a2V5 here", "verifier *** here"},
      {"CREATE ROLE x PASSWORD E'hun\\'ter''2' LOGIN", "CREATE ROLE x PASSWORD *** LOGIN"},
      {"CREATE ROLE x PASSWORD NULL", "CREATE ROLE x PASSWORD NULL"},
      {"password=", "password="},
      {"password=hunter2;next", "password=***;next"},
      {"postgresql://db1/d?a=b@c", "postgresql://db1/d?a=b@c"},
      {"md50123456789abcdef0123456789abcdef", "***"},
      {"password authentication failed for user \"monitor\"", "password authentication failed for user \"monitor\""},
      {"postgresql://u@db1:5432/d", "postgresql://u@db1:5432/d"},
      {"connection to server at \"db1\", port 5432 failed", "connection to server at \"db1\", port 5432 failed"},
      {"", ""},
  };
  for (const auto& row : table) EXPECT_EQ(redact(row.message), row.shown);
}

TEST(Redact, BoundsWhatItReads) {
  const std::string long_message = "password='" + std::string(1'000'000, 'x');
  EXPECT_EQ(redact(long_message), "password=***");
}

}  // namespace
}  // namespace pgsextant::pg
