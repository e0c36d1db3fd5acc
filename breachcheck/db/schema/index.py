"""The tables of the index: one constant a migration."""

EXPOSURES = """
CREATE TABLE exposure (
    digest INTEGER NOT NULL,
    field_set_id INTEGER NOT NULL,
    PRIMARY KEY (digest, field_set_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE piece_done (
    load_id INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    PRIMARY KEY (load_id, piece)
) STRICT, WITHOUT ROWID;
"""

IDENTITY = """
CREATE TABLE identity (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

HEADCOUNTS = """
CREATE TABLE headcount (
    digest INTEGER NOT NULL,
    field_set_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (digest, field_set_id)
) STRICT, WITHOUT ROWID;
"""

CHECKSUMS = """
ALTER TABLE piece_done ADD COLUMN checksum TEXT NOT NULL DEFAULT '';
"""

SEALED_ACCOUNTS = """
CREATE TABLE sealed_account (
    domain INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    field_set_id INTEGER NOT NULL,
    base INTEGER NOT NULL,
    box BLOB NOT NULL,
    PRIMARY KEY (domain, digest, field_set_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sealed_account_by_digest ON sealed_account (digest);

CREATE INDEX sealed_account_by_base ON sealed_account (base);
"""
