-- While loading nothing has to survive a crash. Undone by 80_serving.sql, before the standby is made. ALTER SYSTEM
-- refuses to share a transaction, hence one step each.
-- step
ALTER SYSTEM SET fsync = off;
-- step
ALTER SYSTEM SET full_page_writes = off;
-- step
ALTER SYSTEM SET autovacuum = off;
-- step
ALTER SYSTEM SET max_wal_size = '8GB';
-- step
ALTER SYSTEM SET wal_recycle = off;
-- step
SELECT pg_reload_conf();
