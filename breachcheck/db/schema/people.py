"""The catalogue's tables of what people asked for: to be hidden, mailed, told."""

SUPPRESSIONS = """
CREATE TABLE suppression (
    digest INTEGER NOT NULL PRIMARY KEY,
    level TEXT NOT NULL CHECK (level IN ('hide', 'forget', 'erase')),
    created_at INTEGER NOT NULL
) STRICT;
"""

MAILS = """
CREATE TABLE mail (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'written', 'parked')),
    is_urgent INTEGER NOT NULL CHECK (is_urgent IN (0, 1)),
    sealed BLOB,
    load_id INTEGER,
    queued_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    not_after INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    ended_at INTEGER,
    failure TEXT
) STRICT;

CREATE INDEX mail_by_state ON mail (state, is_urgent, not_before, id);
"""

OWNER_LINKS = """
CREATE TABLE mail_request (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    person TEXT NOT NULL,
    digest INTEGER,
    browser TEXT,
    sealed BLOB,
    asked_at INTEGER NOT NULL,
    mailed_at INTEGER
) STRICT;

CREATE UNIQUE INDEX mail_request_open ON mail_request (kind, person) WHERE mailed_at IS NULL;

CREATE INDEX mail_request_by_person ON mail_request (person, kind, mailed_at);

CREATE TABLE mail_stop (
    person TEXT NOT NULL PRIMARY KEY,
    stopped_at INTEGER NOT NULL
) STRICT;

CREATE TABLE owner_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    browser TEXT,
    code_hash TEXT NOT NULL,
    digest INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX owner_link_by_browser ON owner_link (browser);
"""

SUBSCRIBERS = """
CREATE TABLE pending_subscriber (
    token_hash TEXT NOT NULL PRIMARY KEY,
    digest INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    language TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE subscriber (
    id INTEGER NOT NULL PRIMARY KEY,
    digest INTEGER NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE telling (
    id INTEGER NOT NULL PRIMARY KEY,
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    load_id INTEGER,
    is_correction INTEGER NOT NULL CHECK (is_correction IN (0, 1)),
    what_went_wrong TEXT NOT NULL,
    what_is_right TEXT NOT NULL,
    told_by TEXT NOT NULL,
    begun_at INTEGER NOT NULL
) STRICT;

CREATE TABLE notification (
    id INTEGER NOT NULL PRIMARY KEY,
    subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    load_id INTEGER NOT NULL,
    classes TEXT NOT NULL,
    mail_id INTEGER NOT NULL,
    told_at INTEGER,
    UNIQUE (subscriber_id, breach_id, classes)
) STRICT;

CREATE INDEX notification_by_mail ON notification (mail_id);

CREATE INDEX notification_by_breach ON notification (breach_id);
"""

SIGNED_OUT = """
CREATE TABLE ended_session (
    session TEXT NOT NULL PRIMARY KEY,
    forget_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE telling ADD COLUMN translations TEXT NOT NULL DEFAULT '{}';
"""

OWNERS = """
ALTER TABLE owner_link ADD COLUMN base INTEGER;

CREATE TABLE ticked_step (
    digest INTEGER NOT NULL,
    step TEXT NOT NULL,
    PRIMARY KEY (digest, step)
) STRICT, WITHOUT ROWID;
"""

CLAIMS = """
ALTER TABLE mail ADD COLUMN claimed_by TEXT NOT NULL DEFAULT '';

ALTER TABLE mail ADD COLUMN claimed_until INTEGER NOT NULL DEFAULT 0;
"""
