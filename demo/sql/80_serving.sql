-- From loading to serving: statistics, the visibility map, roles and extensions.
-- From here on a crash may cost nothing: a commit waits for its WAL, and for all that was written before it.
-- step
SET synchronous_commit = on;
-- step
DROP SCHEMA load CASCADE;

-- step vacuum and analyze
VACUUM (ANALYZE);
-- step checkpoint
CHECKPOINT;
-- step
ALTER SYSTEM RESET ALL;
-- step
SELECT pg_reload_conf();

-- step roles and extensions
CREATE EXTENSION pg_stat_statements;
-- The shop's own role has no password: it comes through the socket only.
CREATE ROLE shop_app LOGIN;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO shop_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO shop_app;
DO $$
BEGIN
  -- The password comes with the session, so that no text of a statement holds it.
  EXECUTE format('CREATE ROLE pgsextant_monitor LOGIN PASSWORD %L', current_setting('shop.monitor_password'));
  GRANT pg_monitor TO pgsextant_monitor;
  IF current_setting('server_version_num')::integer >= 140000 THEN
    GRANT pg_read_all_data TO pgsextant_monitor;
  ELSE  -- 13 has no such role
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO pgsextant_monitor;
  END IF;
  IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'hypopg') THEN
    CREATE EXTENSION hypopg;
  END IF;
END $$;
