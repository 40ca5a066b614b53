-- The first schema. Times are microseconds since 1970 in UTC, 0 for none; what does
-- not expire has the highest integer in expires_at. Lists and nested records are JSON.
-- Rows that are issued all the time lie in the order of their keys (WITHOUT ROWID).

CREATE TABLE providers (
	id   TEXT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL
) STRICT;

CREATE TABLE channels (
	id             TEXT NOT NULL PRIMARY KEY,
	provider_id    TEXT NOT NULL REFERENCES providers (id),
	name           TEXT NOT NULL,
	description    TEXT NOT NULL,
	secrets        TEXT NOT NULL, -- sealed
	web            INTEGER NOT NULL,
	mobile         INTEGER NOT NULL,
	native_apps    TEXT NOT NULL,
	callbacks      TEXT NOT NULL,
	status         INTEGER NOT NULL,
	roles          TEXT NOT NULL,
	scopes         TEXT NOT NULL,
	bot            TEXT NOT NULL,
	id_token_alg   TEXT NOT NULL,
	second_factor  INTEGER NOT NULL,
	assertion_keys TEXT NOT NULL,
	privacy_url    TEXT NOT NULL,
	terms_url      TEXT NOT NULL,
	created_at     INTEGER NOT NULL,
	version        INTEGER NOT NULL
) STRICT;
CREATE INDEX channels_of ON channels (provider_id);

CREATE TABLE liff_apps (
	made                   INTEGER PRIMARY KEY AUTOINCREMENT,
	id                     TEXT NOT NULL UNIQUE,
	channel_id             TEXT NOT NULL REFERENCES channels (id),
	description            TEXT NOT NULL,
	view_type              TEXT NOT NULL,
	endpoint_url           TEXT NOT NULL,
	served_origins         TEXT NOT NULL,
	module_mode            INTEGER NOT NULL,
	qr_code                INTEGER NOT NULL,
	scopes                 TEXT NOT NULL,
	bot_prompt             TEXT NOT NULL,
	permanent_link_pattern TEXT NOT NULL,
	created_at             INTEGER NOT NULL,
	version                INTEGER NOT NULL
) STRICT;
CREATE INDEX liff_apps_of ON liff_apps (channel_id, made);

CREATE TABLE persons (
	made           INTEGER PRIMARY KEY AUTOINCREMENT,
	id             TEXT NOT NULL UNIQUE,
	handle         TEXT NOT NULL,
	email          TEXT NOT NULL,
	email_key      TEXT NOT NULL, -- in lower case
	email_unshared INTEGER NOT NULL,
	password_hash  TEXT NOT NULL, -- argon2id in PHC form
	display_name   TEXT NOT NULL,
	picture        TEXT NOT NULL,
	status_message TEXT NOT NULL,
	language       TEXT NOT NULL,
	note           TEXT NOT NULL,
	profile_plus   TEXT NOT NULL,
	created_at     INTEGER NOT NULL,
	version        INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX persons_handle ON persons (handle) WHERE handle <> '';
CREATE UNIQUE INDEX persons_email ON persons (email_key) WHERE email_key <> '';

CREATE TABLE friendships (
	person_id TEXT NOT NULL,
	bot_id    TEXT NOT NULL,
	status    INTEGER NOT NULL,
	PRIMARY KEY (person_id, bot_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE user_ids (
	provider_id TEXT NOT NULL,
	user_id     TEXT NOT NULL,
	person_id   TEXT NOT NULL,
	PRIMARY KEY (provider_id, user_id),
	UNIQUE (person_id, provider_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
	hash       BLOB NOT NULL PRIMARY KEY,
	person_id  TEXT NOT NULL,
	auth_time  INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_of ON sessions (person_id);
CREATE INDEX sessions_end ON sessions (expires_at);

CREATE TABLE login_transactions (
	hash       BLOB NOT NULL PRIMARY KEY,
	browser    BLOB NOT NULL,
	request    TEXT NOT NULL,
	person_id  TEXT NOT NULL,
	amr        TEXT NOT NULL,
	auth_time  INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	used       INTEGER NOT NULL
) STRICT;
CREATE INDEX login_transactions_end ON login_transactions (expires_at);

CREATE TABLE grants (
	person_id          TEXT NOT NULL,
	channel_id         TEXT NOT NULL,
	scopes             TEXT NOT NULL,
	consented_at       INTEGER NOT NULL,
	email_consented_at INTEGER NOT NULL,
	email              TEXT NOT NULL,
	PRIMARY KEY (person_id, channel_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX grants_to ON grants (channel_id);

CREATE TABLE codes (
	id         BLOB NOT NULL PRIMARY KEY,
	hash       BLOB NOT NULL,
	channel_id TEXT NOT NULL,
	request    TEXT NOT NULL,
	person_id  TEXT NOT NULL,
	amr        TEXT NOT NULL,
	auth_time  INTEGER NOT NULL,
	user_id    TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	expires_at INTEGER NOT NULL,
	used       INTEGER NOT NULL,
	revoked    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX codes_of ON codes (person_id, channel_id);
CREATE INDEX codes_end ON codes (expires_at);

CREATE TABLE access_tokens (
	id         BLOB NOT NULL PRIMARY KEY,
	hash       BLOB NOT NULL,
	channel_id TEXT NOT NULL,
	person_id  TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	origin     INTEGER NOT NULL,
	liff_id    TEXT NOT NULL,
	refresh_id BLOB NOT NULL, -- zero bytes: none
	family_id  BLOB,          -- the first refresh token of the rotation; NULL: none
	issued_at  INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	revoked_at INTEGER NOT NULL,
	cause      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_tokens_of ON access_tokens (person_id, channel_id);
CREATE INDEX access_tokens_family ON access_tokens (family_id) WHERE family_id IS NOT NULL;
CREATE INDEX access_tokens_end ON access_tokens (expires_at);

CREATE TABLE refresh_tokens (
	id         BLOB NOT NULL PRIMARY KEY,
	hash       BLOB NOT NULL,
	channel_id TEXT NOT NULL,
	person_id  TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	scopes     TEXT NOT NULL,
	origin     INTEGER NOT NULL,
	family_id  BLOB NOT NULL, -- the first refresh token of the rotation
	issued_at  INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	revoked_at INTEGER NOT NULL,
	cause      TEXT NOT NULL,
	used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_of ON refresh_tokens (person_id, channel_id);
CREATE INDEX refresh_tokens_family ON refresh_tokens (family_id);
CREATE INDEX refresh_tokens_end ON refresh_tokens (expires_at);

CREATE TABLE channel_tokens (
	id         BLOB NOT NULL PRIMARY KEY,
	hash       BLOB NOT NULL,
	channel_id TEXT NOT NULL,
	kind       INTEGER NOT NULL,
	key_id     TEXT NOT NULL,
	issued_at  INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	revoked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_tokens_of ON channel_tokens (channel_id, kind, issued_at, id) WHERE revoked_at = 0;
CREATE INDEX channel_tokens_end ON channel_tokens (expires_at);

CREATE TABLE assertions (
	digest     BLOB NOT NULL PRIMARY KEY, -- SHA-256 of channel and jti
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX assertions_end ON assertions (expires_at);

CREATE TABLE admin_tokens (
	id         TEXT NOT NULL PRIMARY KEY,
	name       TEXT NOT NULL,
	hash       BLOB NOT NULL UNIQUE,
	once       INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX admin_tokens_end ON admin_tokens (expires_at);

CREATE TABLE password_links (
	person_id  TEXT NOT NULL PRIMARY KEY, -- the last link counts
	hash       BLOB NOT NULL UNIQUE,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX password_links_end ON password_links (expires_at);

-- Failed logins: until when those of an account or an address count.
CREATE TABLE failures (
	id         BLOB NOT NULL PRIMARY KEY,
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX failures_end ON failures (expires_at);

CREATE TABLE key_ring (
	id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
	version INTEGER NOT NULL,
	keys    TEXT NOT NULL -- sealed
) STRICT;

CREATE TABLE counters (
	name TEXT NOT NULL PRIMARY KEY,
	last INTEGER NOT NULL
) STRICT;
INSERT INTO counters (name, last) VALUES ('event', 0);

CREATE TABLE events (
	seq        INTEGER NOT NULL PRIMARY KEY,
	request_id TEXT NOT NULL,
	event      TEXT NOT NULL
) STRICT;
CREATE INDEX events_of ON events (request_id);
