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
