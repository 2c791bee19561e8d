-- "pgsx" in ASCII: tells our files from those of other programs.
PRAGMA application_id = 1885827960;

CREATE TABLE server (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE vital (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Times are microseconds since 1970, UTC. Clustered by what charts read: one server, a range of time.
CREATE TABLE sample (
  server INTEGER NOT NULL REFERENCES server,
  time INTEGER NOT NULL,
  vital INTEGER NOT NULL REFERENCES vital,
  value REAL NOT NULL,
  PRIMARY KEY (server, time, vital)
) STRICT, WITHOUT ROWID;

CREATE TABLE tracked (
  server INTEGER NOT NULL REFERENCES server,
  type INTEGER NOT NULL,  -- 0 finding, 1 recommendation
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  open INTEGER NOT NULL,
  muted INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (server, type, key)
) STRICT, WITHOUT ROWID;
