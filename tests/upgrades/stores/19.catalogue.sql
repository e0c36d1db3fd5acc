BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'catalogue','m0001_catalogue','2026-11-23 03:54:32.667847+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'catalogue','m0002_suppressions','2026-11-23 03:54:32.674475+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'catalogue','m0003_mails','2026-11-23 03:54:32.683329+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'catalogue','m0004_owner_links','2026-11-23 03:54:32.684358+00:00');
INSERT INTO "_sqlite_migrations" VALUES(5,'catalogue','m0005_subscribers','2026-11-23 03:54:32.691123+00:00');
INSERT INTO "_sqlite_migrations" VALUES(6,'catalogue','m0006_owners','2026-11-23 03:54:32.699565+00:00');
INSERT INTO "_sqlite_migrations" VALUES(7,'catalogue','m0007_changes','2026-11-23 03:54:32.712554+00:00');
INSERT INTO "_sqlite_migrations" VALUES(8,'catalogue','m0008_watchlists','2026-11-23 03:54:32.719962+00:00');
INSERT INTO "_sqlite_migrations" VALUES(9,'catalogue','m0009_domains','2026-11-23 03:54:32.731423+00:00');
INSERT INTO "_sqlite_migrations" VALUES(10,'catalogue','m0010_webhooks','2026-11-23 03:54:32.742975+00:00');
INSERT INTO "_sqlite_migrations" VALUES(11,'catalogue','m0011_keys','2026-11-23 03:54:32.752896+00:00');
INSERT INTO "_sqlite_migrations" VALUES(12,'catalogue','m0012_signed_out','2026-11-23 03:54:32.759229+00:00');
INSERT INTO "_sqlite_migrations" VALUES(13,'catalogue','m0014_reviews','2026-11-23 03:54:32.762442+00:00');
INSERT INTO "_sqlite_migrations" VALUES(14,'catalogue','m0016_names','2026-11-23 03:54:32.777881+00:00');
INSERT INTO "_sqlite_migrations" VALUES(15,'catalogue','m0020_sensitive_watching','2026-11-23 03:54:32.788845+00:00');
INSERT INTO "_sqlite_migrations" VALUES(16,'catalogue','m0021_claims','2026-11-23 03:54:32.798075+00:00');
INSERT INTO "_sqlite_migrations" VALUES(17,'catalogue','m0023_performance','2026-11-23 03:54:32.819565+00:00');
INSERT INTO "_sqlite_migrations" VALUES(18,'catalogue','m0024_incidents','2026-11-23 03:54:32.827542+00:00');
CREATE TABLE api_key (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    limit_per_minute INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
, expires_at INTEGER, former_hash TEXT, former_until INTEGER) STRICT;
INSERT INTO "api_key" VALUES(1,'siem','27f1a974a95ea6790666f7d43ed188a499219901265b43160d5c3ad620efeb70','lookup',1000,1795406087,NULL,NULL,NULL,NULL);
CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1795406079,'cli:root','publish','Shop');
INSERT INTO "audit" VALUES(2,1795406082,'cli:root','suppress (forget)','one address');
INSERT INTO "audit" VALUES(3,1795406087,'cli:root','create key','key 1');
CREATE TABLE breach (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    current_load INTEGER,
    added_at INTEGER,
    modified_at INTEGER
) STRICT;
INSERT INTO "breach" VALUES(1,'Shop',1,1795406079,1795406079);
CREATE TABLE change (
    number INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('published', 'replaced', 'withdrawn', 'corrected', 'listed')),
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    title TEXT NOT NULL,
    reason TEXT,
    at INTEGER NOT NULL
) STRICT;
INSERT INTO "change" VALUES(1,'published',1,'Corner Shop',NULL,1795406079);
CREATE TABLE correction (
    id INTEGER NOT NULL PRIMARY KEY,
    load_id INTEGER NOT NULL REFERENCES load (id),
    facts TEXT NOT NULL,
    corrected_at INTEGER NOT NULL,
    corrected_by TEXT NOT NULL
) STRICT;
CREATE TABLE counter (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "counter" VALUES('api_key',1);
INSERT INTO "counter" VALUES('audit',3);
INSERT INTO "counter" VALUES('breach',1);
INSERT INTO "counter" VALUES('change',1);
INSERT INTO "counter" VALUES('field_set',2);
INSERT INTO "counter" VALUES('generation',2);
INSERT INTO "counter" VALUES('job',2);
INSERT INTO "counter" VALUES('load',1);
INSERT INTO "counter" VALUES('switch',1);
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
CREATE TABLE ended_session (
    session TEXT NOT NULL PRIMARY KEY,
    forget_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE field_set (
    id INTEGER NOT NULL PRIMARY KEY,
    load_id INTEGER NOT NULL REFERENCES load (id),
    classes TEXT NOT NULL,
    via_alias INTEGER NOT NULL CHECK (via_alias IN (0, 1)),
    people INTEGER NOT NULL
) STRICT;
INSERT INTO "field_set" VALUES(1,1,'["Email addresses"]',0,1);
INSERT INTO "field_set" VALUES(2,1,'["Email addresses", "Names"]',0,2);
CREATE TABLE identity (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "identity" VALUES('addresses_version','1');
INSERT INTO "identity" VALUES('app_key_answer','5c758b785ce4a4ba7e1fdb72701c9c43c1ef2ff989c0b4aa443da845179c0670');
INSERT INTO "identity" VALUES('created_at','1795406072');
INSERT INTO "identity" VALUES('is_demo','no');
INSERT INTO "identity" VALUES('known_answers','{"email-01": 248207941123631250, "email-02": -3142418919216402167, "email-03": 248207941123631250, "email-04": 2725649107231518883, "email-05": -3050778745035216376, "email-06": 5459327546851353130, "email-07": -1909212651349373710, "email-08": -3326785207012957284, "email-09": 8524087807024458526, "email-10": -1561662777959222932, "email-11": -270045667352638172, "email-12": 7542241972480658603, "email-13": 7791307934338086811, "email-14": 248866964845122298, "email-15": 248866964845122298, "email-16": -8626520343260841401, "email-17": -343232543746463575, "email-18": -343232543746463575, "email-19": 248207941123631250, "account-id": -5598977184338474746, "org-id": 4169836505353212601, "username": -5330315471606956652, "phone": -5147611019587107997}');
INSERT INTO "identity" VALUES('mail_key_answer','5c758b785ce4a4ba7e1fdb72701c9c43c1ef2ff989c0b4aa443da845179c0670');
INSERT INTO "identity" VALUES('salt','');
INSERT INTO "identity" VALUES('seal_key_answer','5c758b785ce4a4ba7e1fdb72701c9c43c1ef2ff989c0b4aa443da845179c0670');
INSERT INTO "identity" VALUES('store','97e0602c67c0aa0ee04c9743e6a7ebe7');
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
INSERT INTO "job" VALUES(1,'prune','{}',1795409679,0,NULL,NULL,NULL);
INSERT INTO "job" VALUES(2,'forget','{"since": 1795406082}',1795406082,0,NULL,NULL,NULL);
CREATE TABLE key_use (
    key_id INTEGER NOT NULL REFERENCES api_key (id),
    minute INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    outcome TEXT NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (key_id, minute, endpoint, outcome)
) STRICT, WITHOUT ROWID;
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
INSERT INTO "load" VALUES(1,1,'complete','{"name":"Shop","title":"Corner Shop","breach_date":"2026-03-14","description":"Someone copied the customer list.","language":"en","domain":"","disclosed_date":null,"affected":null,"disclosure_url":null,"attribution":null,"logo_path":null,"held_by":null,"on_behalf_of":null,"who":null,"disclosed_classes":[],"not_exposed":null,"class_notes":{},"copy":"unknown","disclosure":"open","help":null,"advice":[],"translations":{},"is_verified":true,"is_fabricated":false,"is_sensitive":false,"is_retired":false,"is_spam_list":false,"is_malware":false,"is_subscription_free":false,"is_stealer_log":false}','
manifest: 1
name: Shop
title: Corner Shop
breach_date: 2026-03-14
description: Someone copied the customer list.
files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]
','cf71f7b0c560eac95ebc534b6c64f5309dba319b3deb3d34e2ca5b3d7bd196b8','breachcheck 0.1.0','cli:root',1795406078,1795406079,'{"mapped":["Email addresses","Names"],"kinds":["email"],"password_storage":"unknown"}','{"read":3,"indexed":3,"duplicates":0,"rejected":{},"people":3,"aliases":0,"domains":1,"organisations":0,"sealed":{},"coverage":{"Email addresses":3,"Names":2},"files":[{"name":"people.csv","outcome":"read","why":"","sha256":"cc63c399b5a1d3f8dc645f6a453765926b1d17c06b69f653a460353964c16cb9","bytes":70,"format":"csv","encoding":"utf-8","read":3,"indexed":3,"rejected":{},"classes":["Email addresses","Names"]}],"part":null,"warnings":[]}',NULL);
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
, claimed_by TEXT NOT NULL DEFAULT '', claimed_until INTEGER NOT NULL DEFAULT 0) STRICT;
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
CREATE TABLE mail_stop (
    person TEXT NOT NULL PRIMARY KEY,
    stopped_at INTEGER NOT NULL
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
CREATE TABLE operator (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE owner_link (
    token_hash TEXT NOT NULL PRIMARY KEY,
    browser TEXT,
    code_hash TEXT NOT NULL,
    digest INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
, base INTEGER) STRICT;
CREATE TABLE pending_subscriber (
    token_hash TEXT NOT NULL PRIMARY KEY,
    digest INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    language TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE performance (
    step INTEGER NOT NULL CHECK (step IN (60, 3600, 86400)),
    since INTEGER NOT NULL,
    what TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (step, since, what)
) STRICT, WITHOUT ROWID;
CREATE TABLE review (
    load_id INTEGER NOT NULL REFERENCES load (id),
    warning TEXT NOT NULL,
    accepted_by TEXT,
    accepted_at INTEGER,
    PRIMARY KEY (load_id, warning)
) STRICT, WITHOUT ROWID;
CREATE TABLE subscriber (
    id INTEGER NOT NULL PRIMARY KEY,
    digest INTEGER NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    language TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE suppression (
    digest INTEGER NOT NULL PRIMARY KEY,
    level TEXT NOT NULL CHECK (level IN ('hide', 'forget', 'erase')),
    created_at INTEGER NOT NULL
) STRICT;
INSERT INTO "suppression" VALUES(-7568788976407419688,'forget',1795406082);
CREATE TABLE switch (
    id INTEGER NOT NULL PRIMARY KEY,
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    load_id INTEGER,
    switched_at INTEGER NOT NULL,
    switched_by TEXT NOT NULL,
    reason TEXT
) STRICT;
INSERT INTO "switch" VALUES(1,1,1,1795406079,'cli:root',NULL);
CREATE TABLE telling (
    id INTEGER NOT NULL PRIMARY KEY,
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    load_id INTEGER,
    is_correction INTEGER NOT NULL CHECK (is_correction IN (0, 1)),
    what_went_wrong TEXT NOT NULL,
    what_is_right TEXT NOT NULL,
    told_by TEXT NOT NULL,
    begun_at INTEGER NOT NULL
, translations TEXT NOT NULL DEFAULT '{}') STRICT;
CREATE TABLE ticked_step (
    digest INTEGER NOT NULL,
    step TEXT NOT NULL,
    PRIMARY KEY (digest, step)
) STRICT, WITHOUT ROWID;
CREATE TABLE waiver (
    id INTEGER NOT NULL PRIMARY KEY,
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    load_id INTEGER,
    is_correction INTEGER NOT NULL CHECK (is_correction IN (0, 1)),
    waived_by TEXT NOT NULL,
    waived_at INTEGER NOT NULL
) STRICT;
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
    acknowledged_at INTEGER, is_sensitive INTEGER NOT NULL DEFAULT 0 CHECK (is_sensitive IN (0, 1)),
    PRIMARY KEY (watchlist_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE watch_finding (
    watchlist_id INTEGER NOT NULL,
    ref TEXT NOT NULL,
    digest INTEGER NOT NULL,
    breach TEXT NOT NULL,
    leaked TEXT,
    via_alias INTEGER NOT NULL CHECK (via_alias IN (0, 1)), is_sensitive INTEGER NOT NULL DEFAULT 0 CHECK (is_sensitive IN (0, 1)),
    PRIMARY KEY (watchlist_id, ref, digest, breach),
    FOREIGN KEY (watchlist_id, ref, digest) REFERENCES watched_account (watchlist_id, ref, digest)
        ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE watched_account (
    watchlist_id INTEGER NOT NULL REFERENCES watchlist (id) ON DELETE CASCADE,
    ref TEXT NOT NULL,
    digest INTEGER NOT NULL,
    base INTEGER, domains TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (watchlist_id, ref, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE watchlist (
    id INTEGER NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    generation INTEGER,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL, rights TEXT NOT NULL DEFAULT '',
    UNIQUE (holder, name)
) STRICT;
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
    failure TEXT, claimed_by TEXT NOT NULL DEFAULT '', claimed_until INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (webhook_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE webhook_number (
    webhook_id INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    breach TEXT NOT NULL,
    title TEXT NOT NULL,
    load_id INTEGER NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (webhook_id, breach)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX switch_by_breach ON switch (breach_id, id);
CREATE INDEX load_by_breach ON load (breach_id, id);
CREATE INDEX correction_by_load ON correction (load_id, id);
CREATE INDEX field_set_by_load ON field_set (load_id);
CREATE INDEX job_by_due ON job (due_at) WHERE ended_at IS NULL;
CREATE INDEX mail_by_state ON mail (state, is_urgent, not_before, id);
CREATE UNIQUE INDEX mail_request_open ON mail_request (kind, person) WHERE mailed_at IS NULL;
CREATE INDEX mail_request_by_person ON mail_request (person, kind, mailed_at);
CREATE INDEX owner_link_by_browser ON owner_link (browser);
CREATE INDEX notification_by_mail ON notification (mail_id);
CREATE INDEX notification_by_breach ON notification (breach_id);
CREATE INDEX watched_account_by_digest ON watched_account (digest);
CREATE INDEX watched_account_by_base ON watched_account (base) WHERE base IS NOT NULL;
CREATE INDEX watch_event_by_subject ON watch_event (watchlist_id, ref, breach, number);
CREATE INDEX domain_claim_by_check ON domain_claim (next_check_at);
CREATE INDEX webhook_message_by_state ON webhook_message (state, webhook_id, number);
CREATE UNIQUE INDEX api_key_by_former_hash ON api_key (former_hash);
CREATE INDEX key_use_by_minute ON key_use (minute);
CREATE INDEX waiver_by_breach ON waiver (breach_id, id);
CREATE INDEX breach_by_name ON breach (lower(name));
COMMIT;
