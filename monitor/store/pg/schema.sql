-- Times are nanoseconds since 1970, as the program compares them; only leases
-- go by the clock of the database. Text is ordered by its bytes. Bodies are the
-- rows as every store encodes them.
CREATE TABLE meta    (version int NOT NULL, moved text NOT NULL DEFAULT '', alone boolean PRIMARY KEY DEFAULT true CHECK (alone));
CREATE TABLE lead    (fence bigint PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL,
  alone boolean NOT NULL DEFAULT true UNIQUE CHECK (alone));
CREATE TABLE daemon  (name text PRIMARY KEY, seen timestamptz NOT NULL, slots int NOT NULL, version text NOT NULL, config text NOT NULL);
CREATE TABLE feed    (id text COLLATE "C" PRIMARY KEY, sets smallint NOT NULL, body bytea NOT NULL) WITH (fillfactor=80);
CREATE INDEX feed_sets ON feed (id) WHERE sets <> 0;
CREATE TABLE known   (id text COLLATE "C" PRIMARY KEY, body bytea NOT NULL) WITH (fillfactor=80);
CREATE TABLE poll    (id text COLLATE "C" PRIMARY KEY, last bigint NOT NULL, success bigint NOT NULL, next bigint NOT NULL, polls bigint NOT NULL)
  WITH (fillfactor=70, autovacuum_vacuum_scale_factor=0.02);
CREATE TABLE item    (id bigint PRIMARY KEY, body bytea NOT NULL);
ALTER TABLE item ALTER body SET STORAGE EXTERNAL;
CREATE TABLE words   (last bigint PRIMARY KEY, stale boolean NOT NULL, filter bytea NOT NULL);
CREATE TABLE address (key bigint PRIMARY KEY, item bigint NOT NULL);
CREATE TABLE story   (id bigint PRIMARY KEY, last bigint NOT NULL, body bytea NOT NULL) WITH (fillfactor=80);
CREATE INDEX story_last ON story (last);
CREATE TABLE notice  (destination text COLLATE "C", key text COLLATE "C", state text COLLATE "C" NOT NULL, due bigint NOT NULL, created bigint NOT NULL,
  parent text COLLATE "C" NOT NULL, attempts int NOT NULL, rev bigint NOT NULL, at bigint NOT NULL, body bytea NOT NULL,
  PRIMARY KEY (destination, key)) WITH (fillfactor=80);
CREATE INDEX notice_due      ON notice (destination, due, created, key) WHERE state IN ('pending', 'unknown');
CREATE INDEX notice_inflight ON notice (destination, key) WHERE state = 'inflight';
CREATE INDEX notice_done     ON notice (at, destination, key) WHERE state NOT IN ('pending', 'unknown', 'inflight');
CREATE INDEX notice_state    ON notice (destination, state);
CREATE TABLE tell    (story bigint, destination text COLLATE "C", key text COLLATE "C", PRIMARY KEY (story, destination, key));
CREATE TABLE breaker (destination text COLLATE "C" PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE gap     (until bigint, feed text COLLATE "C", body bytea NOT NULL, PRIMARY KEY (until, feed));
CREATE TABLE day     (day int PRIMARY KEY, polls bigint NOT NULL, items bigint NOT NULL, fresh bigint NOT NULL, matched bigint NOT NULL, notices bigint NOT NULL);
CREATE TABLE slot    (digest text COLLATE "C" PRIMARY KEY, slot text NOT NULL);
CREATE TABLE silence (id text COLLATE "C" PRIMARY KEY, until bigint NOT NULL, body bytea NOT NULL);
CREATE TABLE note    (name text COLLATE "C" PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE sense   (key bytea PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE owed    (item bigint PRIMARY KEY, body bytea NOT NULL);
CREATE TABLE request (id text PRIMARY KEY, body bytea NOT NULL, asked timestamptz NOT NULL DEFAULT now(), done timestamptz, answer bytea);
CREATE INDEX request_open ON request (asked) WHERE done IS NULL;
INSERT INTO meta (version) VALUES (2);
INSERT INTO lead (fence, holder, until) VALUES (0, '', '-infinity');
CREATE UNLOGGED TABLE job    (id bigint PRIMARY KEY, wire int NOT NULL, body bytea NOT NULL) WITH (autovacuum_vacuum_scale_factor=0.02);
CREATE UNLOGGED TABLE result (id bigint PRIMARY KEY, body bytea NOT NULL) WITH (autovacuum_vacuum_scale_factor=0.02);
