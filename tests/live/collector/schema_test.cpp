#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/live/collector/support.hpp"

namespace pgsextant::collector {
namespace {

using test::live_server;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SchemaLive : public testing::Test {
 protected:
  void SetUp() override {
    PGSEXTANT_NEEDS_SERVER();
    conninfo = live_server().make_database("schema_source");
    superuser.emplace(live_server().superuser("schema_source"));
  }

  const Index& index(const Probe& probe, std::string_view name) {
    const auto& all = probe.schema().indexes;
    const auto found = std::find_if(all.begin(), all.end(), [&](const Index& each) { return each.name == name; });
    if (found == all.end()) throw std::logic_error("no index " + std::string(name));
    return *found;
  }

  std::optional<pg::Conninfo> conninfo;
  std::optional<pg::Session> superuser;
};

TEST_F(SchemaLive, TablesAndColumnsAreThoseOfTheCatalog) {
  superuser->execute(R"(
    CREATE TABLE plain (id bigint PRIMARY KEY, gone int, name varchar(20) NOT NULL, at timestamptz, n numeric(10, 2),
                        tags text[], twice bigint GENERATED ALWAYS AS (id * 2) STORED);
    ALTER TABLE plain DROP COLUMN gone;
    CREATE UNLOGGED TABLE fast (id int);
    CREATE TABLE parent (id int) PARTITION BY RANGE (id);
    CREATE TABLE child PARTITION OF parent FOR VALUES FROM (0) TO (10);
    CREATE MATERIALIZED VIEW matter AS SELECT 1 AS one;
    CREATE VIEW seen AS SELECT 1 AS one;
    CREATE TEMPORARY TABLE passing (id int);
    INSERT INTO plain SELECT g, CASE WHEN g % 4 = 0 THEN 'four' ELSE 'n' || g END, NULL FROM generate_series(1, 1000) g;
    ANALYZE plain)");
  Probe probe(*conninfo);
  probe.must_run("schema");
  const auto& schema = probe.schema();
  EXPECT_EQ(schema.name, "schema_source");
  EXPECT_EQ(schema.database, probe.database());
  EXPECT_THAT(schema.search_path, ElementsAre("public"));
  EXPECT_THAT(schema.skipped, IsEmpty());
  ASSERT_EQ(schema.tables.size(), 5U);
  const auto* const plain = schema.table("public", "plain");
  ASSERT_NE(plain, nullptr);
  EXPECT_EQ(schema.table("", "plain"), plain);
  EXPECT_EQ(plain->tuples, 1000);
  EXPECT_EQ(plain->pages.value,
            superuser->query("SELECT relpages FROM pg_class WHERE relname = 'plain'").integer(0, 0));
  std::string columns;
  for (const auto& each : plain->columns)
    columns += std::to_string(each.number) + " " + each.name + " " + each.type + (each.not_null ? " not null" : "") +
               (each.generated ? " generated" : "") + "\n";
  EXPECT_EQ(columns,
            "1 id bigint not null\n3 name character varying(20) not null\n4 at timestamp with time zone\n5 n "
            "numeric(10,2)\n6 tags text[]\n7 twice bigint generated\n");
  EXPECT_EQ(schema.table("public", "fast")->persistence, 'u');
  EXPECT_EQ(schema.table("public", "fast")->tuples, -1);
  EXPECT_EQ(schema.table("public", "parent")->kind, 'p');
  EXPECT_FALSE(schema.table("public", "parent")->partition);
  EXPECT_TRUE(schema.table("public", "child")->partition);
  EXPECT_EQ(schema.table("public", "matter")->kind, 'm');
  EXPECT_EQ(schema.table("public", "seen"), nullptr);
}

TEST_F(SchemaLive, ColumnStatisticsAreThoseOfPgStats) {
  superuser->execute(R"(
    CREATE TABLE t (id int, status text);
    INSERT INTO t SELECT g, CASE WHEN g <= 900 THEN 'done' WHEN g <= 950 THEN 'open' END FROM generate_series(1, 1000) g;
    ANALYZE t)");
  Probe probe(*conninfo);
  probe.must_run("schema");
  const auto* const table = probe.schema().table("public", "t");
  const auto& status = table->column("status")->statistics;
  ASSERT_TRUE(status);
  // By hand: 50 of 1000 are null, 900 are the most common value, two values.
  EXPECT_NEAR(status->null_fraction, 0.05, 1e-6);
  EXPECT_NEAR(*status->top_frequency, 0.9, 1e-6);
  EXPECT_EQ(status->distinct, 2);
  EXPECT_EQ(status->average_width, 5) << "four letters and a header";
  const auto& id = table->column("id")->statistics;
  ASSERT_TRUE(id);
  EXPECT_EQ(id->distinct, -1) << "unique";
  EXPECT_NEAR(*id->correlation, 1, 1e-6);
  EXPECT_EQ(id->top_frequency, std::nullopt) << "no value is common";
}

TEST_F(SchemaLive, IndexesAreRebuiltAsPostgresqlPrintsThem) {
  superuser->execute(R"(
    CREATE EXTENSION IF NOT EXISTS plpgsql;
    CREATE TABLE orders (id int PRIMARY KEY, customer int, email text, total numeric, note text, at timestamptz, tags text[],
                         place point, a int, b int, UNIQUE (customer, id));
    CREATE INDEX i_plain ON orders (customer, at DESC, total NULLS FIRST, a DESC NULLS LAST);
    CREATE INDEX i_include ON orders (customer) INCLUDE (email, total);
    CREATE INDEX i_partial ON orders (at) WHERE note IS NULL AND total > 10;
    CREATE UNIQUE INDEX i_function ON orders (lower(email));
    CREATE INDEX i_operator ON orders ((a + b), id, (COALESCE(a, b)), (note || ')('));
    CREATE INDEX i_class ON orders (email text_pattern_ops);
    CREATE INDEX i_gin ON orders USING gin (tags);
    CREATE INDEX i_gist ON orders USING gist (place);
    CREATE INDEX i_brin ON orders USING brin (at);
    CREATE INDEX i_hash ON orders USING hash (email) WHERE (note = 'it''s (x');
    CREATE INDEX i_collation ON orders (email COLLATE "C", note))");
  Probe probe(*conninfo);
  probe.must_run("schema");
  const auto& all = probe.schema().indexes;
  EXPECT_EQ(all.size(), 13U);
  // The oracle: each definition, run as it is described, must come out the same from pg_get_indexdef().
  superuser->execute("CREATE TABLE copy (LIKE orders)");
  for (const auto& each : all) {
    auto definition = each.definition;
    definition.table = "copy";
    superuser->execute(create_statement(definition, each.name + "_copy", false));
    const auto rows = superuser->query(
        "SELECT replace(replace(pg_get_indexdef($1::regclass), $2, $3), 'ON public.copy ', 'ON public.orders '), "
        "pg_get_indexdef($3::regclass)",
        {each.name + "_copy", each.name + "_copy", each.name});
    EXPECT_EQ(rows.text(0, 0), rows.text(0, 1)) << each.name;
  }
  EXPECT_EQ(index(probe, "i_plain").definition.keys[1].column, "at");
  EXPECT_TRUE(index(probe, "i_plain").definition.keys[1].descending);
  EXPECT_TRUE(index(probe, "i_plain").definition.keys[1].nulls_first);
  EXPECT_THAT(index(probe, "i_include").definition.include, ElementsAre("email", "total"));
  EXPECT_EQ(index(probe, "i_partial").definition.predicate, "(note IS NULL) AND (total > (10)::numeric)");
  EXPECT_EQ(index(probe, "i_function").definition.keys[0].expression, "lower(email)");
  EXPECT_EQ(index(probe, "i_operator").definition.keys[0].expression, "a + b");
  EXPECT_EQ(index(probe, "i_class").definition.keys[0].operator_class, "text_pattern_ops");
  EXPECT_EQ(index(probe, "i_brin").definition.method, "brin");
  EXPECT_EQ(index(probe, "i_collation").definition.keys[0].expression, "email COLLATE pg_catalog.\"C\"");
  EXPECT_EQ(index(probe, "i_collation").definition.keys[1].column, "note");
  EXPECT_TRUE(index(probe, "orders_pkey").primary);
  EXPECT_TRUE(index(probe, "orders_pkey").constraint);
  EXPECT_TRUE(index(probe, "orders_customer_id_key").constraint);
  EXPECT_FALSE(index(probe, "orders_customer_id_key").primary);
  EXPECT_TRUE(index(probe, "i_function").unique);
  EXPECT_FALSE(index(probe, "i_function").constraint);
  EXPECT_TRUE(index(probe, "i_plain").valid);
}

TEST_F(SchemaLive, ForeignKeysSequencesAndStatisticsAreRead) {
  superuser->execute(R"(
    CREATE TABLE a (x int, y int, UNIQUE (x, y));
    CREATE TABLE b (id smallserial, p int, q int, CONSTRAINT pair FOREIGN KEY (q, p) REFERENCES a (y, x));
    CREATE TABLE c (id bigint GENERATED ALWAYS AS IDENTITY);
    CREATE SEQUENCE alone INCREMENT 5 MAXVALUE 1000;
    SELECT nextval('alone'), nextval('alone'), setval('b_id_seq', 32000);
    CREATE STATISTICS related (ndistinct, mcv) ON q, p FROM b)");
  Probe probe(*conninfo);
  probe.must_run("schema");
  const auto& schema = probe.schema();
  const auto oid = [&](const char* name) { return schema.table("public", name)->oid; };
  ASSERT_EQ(schema.foreign_keys.size(), 1U);
  EXPECT_EQ(schema.foreign_keys[0].name, "pair");
  EXPECT_EQ(schema.foreign_keys[0].table, oid("b"));
  EXPECT_EQ(schema.foreign_keys[0].referenced_table, oid("a"));
  EXPECT_THAT(schema.foreign_keys[0].columns, ElementsAre("q", "p"));
  EXPECT_THAT(schema.foreign_keys[0].referenced_columns, ElementsAre("y", "x"));

  ASSERT_EQ(schema.sequences.size(), 3U);
  const auto sequence = [&](std::string_view name) {
    return *std::find_if(schema.sequences.begin(), schema.sequences.end(),
                         [&](const auto& each) { return each.name == name; });
  };
  EXPECT_EQ(sequence("alone").last_value, 6);
  EXPECT_EQ(sequence("alone").increment, 5);
  EXPECT_EQ(sequence("alone").max_value, 1000);
  EXPECT_EQ(sequence("alone").table, Oid{});
  EXPECT_EQ(sequence("b_id_seq").last_value, 32000);
  EXPECT_EQ(sequence("b_id_seq").max_value, 32767);
  EXPECT_EQ(sequence("b_id_seq").table, oid("b"));
  EXPECT_EQ(sequence("b_id_seq").column, "id");
  EXPECT_EQ(sequence("b_id_seq").column_type, "smallint");
  EXPECT_EQ(sequence("c_id_seq").last_value, std::nullopt) << "never used";
  EXPECT_EQ(sequence("c_id_seq").table, oid("c"));

  ASSERT_EQ(schema.extended_statistics.size(), 1U);
  EXPECT_EQ(schema.extended_statistics[0].name, "related");
  EXPECT_EQ(schema.extended_statistics[0].table, oid("b"));
  EXPECT_THAT(schema.extended_statistics[0].columns, ElementsAre("p", "q")) << "in the order of the columns";
  EXPECT_EQ(schema.extended_statistics[0].kinds, "dm");
  EXPECT_THAT(schema.extensions, ElementsAre("pg_stat_statements", "plpgsql"));
}

TEST_F(SchemaLive, NothingIsReadAgainUntilSomethingChanges) {
  superuser->execute("CREATE TABLE t (id int, name text); CREATE INDEX t_id ON t (id)");
  Probe probe(*conninfo);
  const auto data = [&] {
    probe.must_run("schema");
    return probe.snapshot().schemas.at(0).data;
  };
  auto last = data();
  superuser->execute("INSERT INTO t VALUES (1, 'one')");
  superuser->execute("CREATE TEMPORARY TABLE passing (id int); DROP TABLE passing");
  EXPECT_EQ(data(), last) << "rows and temporary tables are no change";
  for (const auto* const change :
       {"ALTER TABLE t RENAME COLUMN name TO title", "ALTER TABLE t ALTER COLUMN title SET NOT NULL",
        "CREATE INDEX t_title ON t (title)", "DROP INDEX t_title",
        "ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES p (id)", "CREATE STATISTICS s ON id, title FROM t",
        "ALTER SCHEMA side RENAME TO aside", "ANALYZE t", "DROP TABLE t CASCADE"}) {
    if (std::string_view(change).find("REFERENCES") != std::string_view::npos) {
      superuser->execute("CREATE TABLE p (id int PRIMARY KEY); INSERT INTO p VALUES (1); CREATE SCHEMA side");
      last = data();
    }
    superuser->execute(change);
    const auto next = data();
    EXPECT_NE(next, last) << change;
    last = next;
    EXPECT_EQ(data(), last) << "read once after " << change;
  }
}

TEST_F(SchemaLive, ALockedTableIsNotWaitedForAndItsExpressionsAreNamed) {
  superuser->execute(R"(
    CREATE TABLE held (id serial PRIMARY KEY, email text, at int);
    CREATE INDEX held_email ON held (lower(email));
    CREATE INDEX held_at ON held (at) WHERE email IS NOT NULL;
    CREATE INDEX held_plain ON held (at);
    CREATE TABLE free (id int, email text);
    CREATE INDEX free_email ON free (lower(email)))");
  Probe probe(*conninfo);
  auto holder = application(*conninfo);
  holder.execute(
      "BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE; SELECT setval('held_id_seq', 7); ALTER SEQUENCE held_id_seq "
      "INCREMENT 2");
  const auto start = std::chrono::steady_clock::now();
  const auto report = probe.run("schema");
  const auto relations = probe.run("relations");
  const auto took = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.shown.outcome, Outcome::locked);
  EXPECT_EQ(relations.outcome, Outcome::ok);
  // One wait of 100 ms for the table (not one for each of its indexes), two for the sequence: in its batch, and alone.
  EXPECT_LT(took, 1s);
  EXPECT_EQ(superuser->query("SELECT count(*) FROM pg_locks WHERE NOT granted").integer(0, 0), 0);
  const auto& schema = probe.schema();
  std::vector<std::string> skipped;
  for (const auto& each : schema.skipped) skipped.push_back(each.object);
  EXPECT_THAT(skipped, ElementsAre("public.held_email", "public.held_at", "public.held_id_seq"));
  EXPECT_THAT(report.shown.message, HasSubstr("public.held_email"));
  std::vector<std::string> names;
  for (const auto& each : schema.indexes) names.push_back(each.name);
  EXPECT_THAT(names, ElementsAre("held_pkey", "held_plain", "free_email"));
  EXPECT_EQ(index(probe, "free_email").definition.keys[0].expression, "lower(email)");
  EXPECT_EQ(schema.table("public", "held")->columns.size(), 3U) << "the catalog needs no lock";
  EXPECT_EQ(probe.relations().tables.size(), 2U);

  holder.execute("COMMIT");
  probe.must_run("schema");
  EXPECT_THAT(probe.schema().skipped, IsEmpty());
  EXPECT_EQ(index(probe, "held_email").definition.keys[0].expression, "lower(email)");
  EXPECT_EQ(index(probe, "held_at").definition.predicate, "email IS NOT NULL");
  EXPECT_EQ(probe.schema().sequences.at(0).last_value, 7);

  holder.execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE");
  superuser->execute("CREATE TABLE another (id int)");
  EXPECT_EQ(probe.run("schema").shown.outcome, Outcome::locked);
  EXPECT_EQ(index(probe, "held_email").definition.keys[0].expression, "lower(email)") << "as it was read before";
  EXPECT_EQ(probe.schema().skipped.size(), 2U);
}

TEST_F(SchemaLive, ManyLockedTablesCostABoundedWait) {
  for (int i = 0; i < 25; ++i) {
    const auto name = "t" + std::to_string(i);
    superuser->execute("CREATE TABLE " + name + " (a text); CREATE INDEX ON " + name + " (lower(a))");
  }
  auto holder = application(*conninfo);
  std::string lock = "BEGIN";
  for (int i = 0; i < 25; ++i) lock += "; LOCK TABLE t" + std::to_string(i);
  holder.execute(lock);
  Probe probe(*conninfo);
  const auto start = std::chrono::steady_clock::now();
  probe.run("schema");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s) << "ten waits of 100 ms";
  EXPECT_EQ(probe.schema().skipped.size(), 25U);
}

TEST_F(SchemaLive, WithoutSelectDefinitionsAreThereAndStatisticsAreNamedAsMissing) {
  superuser->execute(R"(
    CREATE TABLE t (id serial, name text);
    CREATE INDEX ON t (lower(name)) WHERE id > 5;
    INSERT INTO t (name) SELECT 'n' FROM generate_series(1, 10);
    ANALYZE t)");
  Probe probe(live_server().make_monitor("schema_monitor", "x", "schema_source"));
  const auto report = probe.run("schema");
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.shown.outcome, Outcome::denied);
  EXPECT_THAT(report.shown.message, HasSubstr("column statistics of 1 tables and values of 1 sequences"));
  EXPECT_THAT(report.shown.hint, HasSubstr("pg_read_all_data"));
  ASSERT_EQ(probe.schema().tables.size(), 1U);
  EXPECT_EQ(probe.schema().tables[0].column("name")->statistics, std::nullopt);
  EXPECT_EQ(probe.schema().sequences.at(0).last_value, std::nullopt);
  EXPECT_EQ(probe.schema().indexes.at(0).definition.keys[0].expression, "lower(name)");
  EXPECT_EQ(probe.run("schema").shown.outcome, Outcome::denied) << "still said when nothing has changed";
}

class RelationsLive : public SchemaLive {};

TEST_F(RelationsLive, CountersGrowByWhatWasDone) {
  {
    auto session = application(*conninfo);
    session.execute("CREATE TABLE t (id int PRIMARY KEY, note text); ALTER TABLE t SET (autovacuum_enabled = off)");
  }
  await(*superuser,
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client "
        "backend'");
  Probe probe(*conninfo);
  const auto table = Oid{static_cast<std::uint32_t>(superuser->query("SELECT 't'::regclass::oid").integer(0, 0))};
  const auto index = Oid{static_cast<std::uint32_t>(superuser->query("SELECT 't_pkey'::regclass::oid").integer(0, 0))};
  probe.must_run("relations");
  const auto before = probe.relations();
  {
    auto session = application(*conninfo);
    session.execute("INSERT INTO t SELECT g, 'x' FROM generate_series(1, 1000) g");
    session.execute("UPDATE t SET note = 'y' WHERE id <= 10");
    session.execute("DELETE FROM t WHERE id > 995");
    session.execute("SET enable_seqscan = off; SET enable_bitmapscan = off");
    for (int i = 0; i < 7; ++i) session.query("SELECT note FROM t WHERE id = 500");
    session.execute("SET enable_seqscan = on; SET enable_indexscan = off");
    for (int i = 0; i < 3; ++i) session.query("SELECT count(note) FROM t");
  }
  // Backends report when they end, VACUUM at once: in this order, or what was reported last counts twice.
  await(*superuser, "SELECT n_tup_ins = 1000 AND n_tup_del = 5 FROM pg_stat_user_tables WHERE relname = 't'");
  superuser->execute("VACUUM ANALYZE t");
  await(*superuser, "SELECT vacuum_count = 1 AND analyze_count = 1 FROM pg_stat_user_tables WHERE relname = 't'");
  probe.must_run("relations");
  const auto& was = before.tables.at(table);
  const auto& now = probe.relations().tables.at(table);
  EXPECT_EQ(now.inserted - was.inserted, 1000);
  EXPECT_EQ(now.updated - was.updated, 10);
  EXPECT_EQ(now.deleted - was.deleted, 5);
  EXPECT_EQ(now.live, 995);
  EXPECT_EQ(now.dead, 0);
  EXPECT_GE(now.seq_scans - was.seq_scans, 3);
  EXPECT_EQ(now.vacuums, 1);
  EXPECT_EQ(now.analyzes, 1);
  EXPECT_EQ(now.autovacuums, 0);
  EXPECT_NE(now.last_vacuum, std::nullopt);
  EXPECT_EQ(now.last_autovacuum, std::nullopt);
  EXPECT_GE(probe.relations().indexes.at(index).scans - before.indexes.at(index).scans, 7);
  const auto rows = superuser->query(
      "SELECT seq_scan, seq_tup_read, s.idx_scan, n_tup_hot_upd, heap_blks_hit, heap_blks_read, idx_blks_hit, "
      "age(relfrozenxid), extract(epoch FROM last_analyze), i.idx_scan, i.idx_tup_read FROM pg_stat_user_tables s JOIN "
      "pg_statio_user_tables USING (relid) JOIN pg_class c ON c.oid = relid JOIN pg_stat_user_indexes i USING (relid) "
      "WHERE s.relname = 't'");
  EXPECT_EQ(now.seq_scans, rows.integer(0, 0));
  EXPECT_EQ(now.seq_rows, rows.integer(0, 1));
  EXPECT_EQ(now.index_scans, rows.integer(0, 2));
  EXPECT_EQ(now.hot_updated, rows.integer(0, 3));
  EXPECT_EQ(now.heap_hit.value, rows.integer(0, 4));
  EXPECT_EQ(now.heap_read.value, rows.integer(0, 5));
  EXPECT_EQ(now.index_hit.value, rows.integer(0, 6));
  EXPECT_NEAR(static_cast<double>(now.frozen_xid_age), rows.real(0, 7), 50);
  EXPECT_EQ(now.last_analyze, rows.maybe_epoch(0, 8));
  EXPECT_EQ(probe.relations().indexes.at(index).scans, rows.integer(0, 9));
  EXPECT_EQ(probe.relations().indexes.at(index).rows_read, rows.integer(0, 10));
}

TEST_F(RelationsLive, APartitionedTableHasNoAge) {
  superuser->execute(
      "CREATE TABLE parent (id int) PARTITION BY RANGE (id); CREATE TABLE child PARTITION OF parent DEFAULT");
  Probe probe(*conninfo);
  probe.must_run("relations");
  for (const auto& [oid, counters] : probe.relations().tables)
    EXPECT_LT(counters.frozen_xid_age, 1'000'000) << oid.value;
}

}  // namespace
}  // namespace pgsextant::collector
