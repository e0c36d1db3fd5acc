"""The catalogue's tables of webhooks."""

WEBHOOKS = """
CREATE TABLE webhook (
    id INTEGER NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('watchlist', 'domain', 'catalogue')),
    subject TEXT NOT NULL,
    sealed BLOB NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    source INTEGER NOT NULL,
    position INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    disabled_at INTEGER,
    UNIQUE (holder, name)
) STRICT;

CREATE TABLE webhook_message (
    webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    span TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'delivered', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    formed_at INTEGER NOT NULL,
    tried_at INTEGER,
    next_try_at INTEGER NOT NULL,
    noted_at INTEGER NOT NULL,
    status INTEGER,
    failure TEXT,
    PRIMARY KEY (webhook_id, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_message_by_state ON webhook_message (state, webhook_id, number);

CREATE TABLE webhook_number (
    webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    breach TEXT NOT NULL,
    title TEXT NOT NULL,
    load_id INTEGER NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (webhook_id, breach)
) STRICT, WITHOUT ROWID;
"""

CLAIMS = """
ALTER TABLE webhook_message ADD COLUMN claimed_by TEXT NOT NULL DEFAULT '';

ALTER TABLE webhook_message ADD COLUMN claimed_until INTEGER NOT NULL DEFAULT 0;
"""
