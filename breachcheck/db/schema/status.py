"""The catalogue's tables of how the site is."""

PERFORMANCE = """
CREATE TABLE performance (
    step INTEGER NOT NULL CHECK (step IN (60, 3600, 86400)),
    since INTEGER NOT NULL,
    what TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (step, since, what)
) STRICT, WITHOUT ROWID;
"""

INCIDENTS = """
CREATE TABLE incident (
    id INTEGER NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    resolved_at INTEGER
) STRICT;

CREATE TABLE incident_update (
    incident_id INTEGER NOT NULL REFERENCES incident (id),
    number INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('investigating', 'identified', 'monitoring', 'resolved')),
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (incident_id, number)
) STRICT, WITHOUT ROWID;
"""
