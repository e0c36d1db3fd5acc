"""The SQLite schema as numbered migrations, one set a file. Forward only; one that has landed is never edited."""

from sqlite_utils import Database, Migrations

INDEX = Migrations("index")
CATALOGUE = Migrations("catalogue")


def _run(db: Database, statements: str) -> None:
    """Each statement by itself: ``executescript`` would commit the migration's transaction."""
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


@INDEX()
def m0001_exposures(db: Database) -> None:
    _run(
        db,
        """
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
        """,
    )


@INDEX()
def m0002_identity(db: Database) -> None:
    _run(
        db,
        """
        CREATE TABLE identity (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """,
    )


@INDEX()
def m0003_headcounts(db: Database) -> None:
    _run(
        db,
        """
        CREATE TABLE headcount (
            digest INTEGER NOT NULL,
            field_set_id INTEGER NOT NULL,
            number INTEGER NOT NULL,
            PRIMARY KEY (digest, field_set_id)
        ) STRICT, WITHOUT ROWID;
        """,
    )


@INDEX()
def m0004_sealed_accounts(db: Database) -> None:
    _run(
        db,
        """
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
        """,
    )


_STORE = """
CREATE TABLE identity (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""

_BREACHES = """
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

_LOADS = """
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

_ACCESS = """
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

_WORK = """
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


@CATALOGUE()
def m0001_catalogue(db: Database) -> None:
    for statements in (_STORE, _BREACHES, _LOADS, _ACCESS, _WORK):
        _run(db, statements)


@CATALOGUE()
def m0002_suppressions(db: Database) -> None:
    _run(
        db,
        """
        CREATE TABLE suppression (
            digest INTEGER NOT NULL PRIMARY KEY,
            level TEXT NOT NULL CHECK (level IN ('hide', 'forget', 'erase')),
            created_at INTEGER NOT NULL
        ) STRICT;
        """,
    )


@CATALOGUE()
def m0003_mails(db: Database) -> None:
    _run(
        db,
        """
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
        """,
    )


@CATALOGUE()
def m0004_owner_links(db: Database) -> None:
    _run(
        db,
        """
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
        """,
    )


@CATALOGUE()
def m0005_subscribers(db: Database) -> None:
    _run(
        db,
        """
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
        """,
    )


@CATALOGUE()
def m0006_owners(db: Database) -> None:
    _run(
        db,
        """
        ALTER TABLE owner_link ADD COLUMN base INTEGER;

        CREATE TABLE ticked_step (
            digest INTEGER NOT NULL,
            step TEXT NOT NULL,
            PRIMARY KEY (digest, step)
        ) STRICT, WITHOUT ROWID;
        """,
    )


@CATALOGUE()
def m0007_changes(db: Database) -> None:
    """What happened before there was this table stands in ``switch`` and ``correction``, and is entered from there."""
    _run(
        db,
        """
        CREATE TABLE change (
            number INTEGER NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL CHECK (kind IN ('published', 'replaced', 'withdrawn', 'corrected', 'listed')),
            breach_id INTEGER NOT NULL REFERENCES breach (id),
            title TEXT NOT NULL,
            reason TEXT,
            at INTEGER NOT NULL
        ) STRICT;

        WITH moment AS (
            SELECT switch.id AS id, 0 AS is_correction, switch.breach_id AS breach_id, switch.load_id AS load_id,
                lag(switch.load_id) OVER (PARTITION BY switch.breach_id ORDER BY switch.id) AS before,
                switch.switched_at AS at, switch.reason AS reason
            FROM switch
            UNION ALL
            SELECT correction.id, 1, load.breach_id, correction.load_id, correction.load_id,
                correction.corrected_at, NULL
            FROM correction
            JOIN load ON load.id = correction.load_id
        )
        INSERT INTO change (number, kind, breach_id, title, reason, at)
        SELECT row_number() OVER (ORDER BY moment.at, moment.is_correction, moment.id),
            CASE
                WHEN is_correction THEN 'corrected'
                WHEN load_id IS NULL THEN 'withdrawn'
                WHEN shown.contents LIKE '%"kinds":[]%' THEN iif(before IS NULL, 'listed', 'corrected')
                WHEN before IS NULL OR former.contents LIKE '%"kinds":[]%' THEN 'published'
                ELSE 'replaced'
            END,
            moment.breach_id, coalesce(json_extract(shown.facts, '$.title'), json_extract(former.facts, '$.title'), ''),
            moment.reason, moment.at
        FROM moment
        LEFT JOIN load AS shown ON shown.id = moment.load_id
        LEFT JOIN load AS former ON former.id = moment.before;

        INSERT INTO counter (name, value)
        SELECT 'change', count(*)
        FROM change;
        """,
    )


@CATALOGUE()
def m0008_watchlists(db: Database) -> None:
    _run(
        db,
        """
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
        """,
    )


@CATALOGUE()
def m0009_domains(db: Database) -> None:
    _run(
        db,
        """
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
        """,
    )
