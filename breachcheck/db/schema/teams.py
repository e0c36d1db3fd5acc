"""The catalogue's tables of what security teams watch, have proved, and do with their keys."""

WATCHLISTS = """
CREATE TABLE watchlist (
    id INTEGER NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    generation INTEGER,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (holder, name)
) STRICT;

CREATE TABLE watched_account (
    watchlist_id INTEGER NOT NULL REFERENCES watchlist (id) ON DELETE CASCADE,
    ref TEXT NOT NULL,
    digest INTEGER NOT NULL,
    base INTEGER,
    PRIMARY KEY (watchlist_id, ref, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX watched_account_by_digest ON watched_account (digest);

CREATE INDEX watched_account_by_base ON watched_account (base) WHERE base IS NOT NULL;

CREATE TABLE watch_finding (
    watchlist_id INTEGER NOT NULL,
    ref TEXT NOT NULL,
    digest INTEGER NOT NULL,
    breach TEXT NOT NULL,
    leaked TEXT,
    via_alias INTEGER NOT NULL CHECK (via_alias IN (0, 1)),
    PRIMARY KEY (watchlist_id, ref, digest, breach),
    FOREIGN KEY (watchlist_id, ref, digest) REFERENCES watched_account (watchlist_id, ref, digest)
        ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE watch_event (
    watchlist_id INTEGER NOT NULL REFERENCES watchlist (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('exposed', 'changed', 'withdrawn')),
    ref TEXT NOT NULL,
    breach TEXT NOT NULL,
    title TEXT NOT NULL,
    leaked TEXT NOT NULL,
    via_alias INTEGER NOT NULL CHECK (via_alias IN (0, 1)),
    severity INTEGER NOT NULL,
    at INTEGER NOT NULL,
    acknowledged_at INTEGER,
    PRIMARY KEY (watchlist_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX watch_event_by_subject ON watch_event (watchlist_id, ref, breach, number);
"""

DOMAINS = """
CREATE TABLE domain_claim (
    key_id INTEGER NOT NULL REFERENCES api_key (id),
    domain TEXT NOT NULL,
    begun_at INTEGER NOT NULL,
    way TEXT CHECK (way IN ('dns', 'file', 'meta', 'mail')),
    proved_at INTEGER,
    checked_at INTEGER,
    next_check_at INTEGER,
    failing_since INTEGER,
    code_hash TEXT,
    code_expires_at INTEGER,
    PRIMARY KEY (key_id, domain)
) STRICT, WITHOUT ROWID;

CREATE INDEX domain_claim_by_check ON domain_claim (next_check_at);
"""

SENSITIVE_WATCHING = """
ALTER TABLE watchlist ADD COLUMN rights TEXT NOT NULL DEFAULT '';

ALTER TABLE watched_account ADD COLUMN domains TEXT NOT NULL DEFAULT '';

ALTER TABLE watch_finding ADD COLUMN is_sensitive INTEGER NOT NULL DEFAULT 0 CHECK (is_sensitive IN (0, 1));

ALTER TABLE watch_event ADD COLUMN is_sensitive INTEGER NOT NULL DEFAULT 0 CHECK (is_sensitive IN (0, 1));
"""

KEYS = """
ALTER TABLE api_key ADD COLUMN expires_at INTEGER;

ALTER TABLE api_key ADD COLUMN former_hash TEXT;

ALTER TABLE api_key ADD COLUMN former_until INTEGER;

CREATE UNIQUE INDEX api_key_by_former_hash ON api_key (former_hash);

CREATE TABLE key_use (
    key_id INTEGER NOT NULL REFERENCES api_key (id),
    minute INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (key_id, minute, endpoint, outcome)
) STRICT, WITHOUT ROWID;

CREATE INDEX key_use_by_minute ON key_use (minute);
"""
