"""The catalogue's tables of breaches, of those who may act on them, and of work to be done."""

STORE = """
CREATE TABLE identity (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

BREACHES = """
CREATE TABLE breach (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    current_load INTEGER,
    added_at INTEGER,
    modified_at INTEGER
) STRICT;

CREATE TABLE switch (
    id INTEGER NOT NULL PRIMARY KEY,
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    load_id INTEGER,
    switched_at INTEGER NOT NULL,
    switched_by TEXT NOT NULL,
    reason TEXT
) STRICT;

CREATE INDEX switch_by_breach ON switch (breach_id, id);
"""

LOADS = """
CREATE TABLE load (
    id INTEGER NOT NULL PRIMARY KEY,
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    state TEXT NOT NULL CHECK (state IN ('running', 'complete', 'failed', 'pruned')),
    facts TEXT NOT NULL,
    manifest TEXT NOT NULL,
    manifest_sha256 TEXT NOT NULL,
    program TEXT NOT NULL,
    loaded_by TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    contents TEXT,
    tally TEXT,
    failure TEXT
) STRICT;

CREATE INDEX load_by_breach ON load (breach_id, id);

CREATE TABLE correction (
    id INTEGER NOT NULL PRIMARY KEY,
    load_id INTEGER NOT NULL REFERENCES load (id),
    facts TEXT NOT NULL,
    corrected_at INTEGER NOT NULL,
    corrected_by TEXT NOT NULL
) STRICT;

CREATE INDEX correction_by_load ON correction (load_id, id);

CREATE TABLE field_set (
    id INTEGER NOT NULL PRIMARY KEY,
    load_id INTEGER NOT NULL REFERENCES load (id),
    classes TEXT NOT NULL,
    via_alias INTEGER NOT NULL CHECK (via_alias IN (0, 1)),
    people INTEGER NOT NULL
) STRICT;

CREATE INDEX field_set_by_load ON field_set (load_id);
"""

ACCESS = """
CREATE TABLE api_key (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    limit_per_minute INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE operator (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;
"""

WORK = """
CREATE TABLE job (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    claimed_until INTEGER,
    ended_at INTEGER,
    failure TEXT
) STRICT;

CREATE INDEX job_by_due ON job (due_at) WHERE ended_at IS NULL;
"""

CHANGES = """
CREATE TABLE change (
    number INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('published', 'replaced', 'withdrawn', 'corrected', 'listed')),
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    title TEXT NOT NULL,
    reason TEXT,
    at INTEGER NOT NULL
) STRICT;
"""

REVIEWS = """
CREATE TABLE review (
    load_id INTEGER NOT NULL REFERENCES load (id),
    warning TEXT NOT NULL,
    accepted_by TEXT,
    accepted_at INTEGER,
    PRIMARY KEY (load_id, warning)
) STRICT, WITHOUT ROWID;

CREATE TABLE waiver (
    id INTEGER NOT NULL PRIMARY KEY,
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    load_id INTEGER,
    is_correction INTEGER NOT NULL CHECK (is_correction IN (0, 1)),
    waived_by TEXT NOT NULL,
    waived_at INTEGER NOT NULL
) STRICT;

CREATE INDEX waiver_by_breach ON waiver (breach_id, id);
"""

NAMES = """
CREATE INDEX breach_by_name ON breach (lower(name));
"""
