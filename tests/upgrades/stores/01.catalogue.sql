BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'catalogue','m0001_catalogue','2026-11-23 01:32:02.993370+00:00');
CREATE TABLE api_key (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    limit_per_minute INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
INSERT INTO "api_key" VALUES(1,'siem','bfaf3ccfbb9fd2de1fc209069e21d0469f86f44ffbc80366d1148b46ab05259c','lookup',1000,1795397528,NULL);
CREATE TABLE audit (
    id INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;
INSERT INTO "audit" VALUES(1,1795397525,'cli:root','publish','Shop');
INSERT INTO "audit" VALUES(2,1795397528,'cli:root','create key','key 1');
CREATE TABLE breach (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    current_load INTEGER,
    added_at INTEGER,
    modified_at INTEGER
) STRICT;
INSERT INTO "breach" VALUES(1,'Shop',1,1795397525,1795397525);
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
INSERT INTO "counter" VALUES('audit',2);
INSERT INTO "counter" VALUES('breach',1);
INSERT INTO "counter" VALUES('field_set',2);
INSERT INTO "counter" VALUES('generation',1);
INSERT INTO "counter" VALUES('job',1);
INSERT INTO "counter" VALUES('load',1);
INSERT INTO "counter" VALUES('switch',1);
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
INSERT INTO "identity" VALUES('created_at','1795397522');
INSERT INTO "identity" VALUES('is_demo','no');
INSERT INTO "identity" VALUES('known_answers','{"email-01": 248207941123631250, "email-02": -3142418919216402167, "email-03": 248207941123631250, "email-04": 2725649107231518883, "email-05": -3050778745035216376, "email-06": 5459327546851353130, "email-07": -1909212651349373710, "email-08": -3326785207012957284, "email-09": 8524087807024458526, "email-10": -1561662777959222932, "email-11": -270045667352638172, "email-12": 7542241972480658603, "email-13": 7791307934338086811, "email-14": 248866964845122298, "email-15": 248866964845122298, "email-16": -8626520343260841401, "email-17": -343232543746463575, "email-18": -343232543746463575, "email-19": 248207941123631250, "account-id": -5598977184338474746, "org-id": 4169836505353212601, "username": -5330315471606956652, "phone": -5147611019587107997}');
INSERT INTO "identity" VALUES('salt','');
INSERT INTO "identity" VALUES('store','c982631bccd6e3384d31e59f6584e488');
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
INSERT INTO "job" VALUES(1,'prune','{}',1795401125,0,NULL,NULL,NULL);
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
INSERT INTO "load" VALUES(1,1,'complete','{"name":"Shop","title":"Corner Shop","breach_date":"2026-03-14","description":"Someone copied the customer list.","domain":"","disclosed_date":null,"affected":null,"disclosure_url":null,"attribution":null,"logo_path":null,"held_by":null,"on_behalf_of":null,"who":null,"disclosed_classes":[],"not_exposed":null,"class_notes":{},"copy":"unknown","disclosure":"open","help":null,"advice":[],"translations":{},"is_verified":true,"is_fabricated":false,"is_sensitive":false,"is_retired":false,"is_spam_list":false,"is_malware":false,"is_subscription_free":false,"is_stealer_log":false}','
manifest: 1
name: Shop
title: Corner Shop
breach_date: 2026-03-14
description: Someone copied the customer list.
files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]
','cf71f7b0c560eac95ebc534b6c64f5309dba319b3deb3d34e2ca5b3d7bd196b8','breachcheck 0.1.0','cli:root',1795397525,1795397525,'{"mapped":["Email addresses","Names"],"kinds":["email"],"password_storage":"unknown"}','{"read":3,"indexed":3,"duplicates":0,"rejected":{},"people":3,"aliases":0,"coverage":{"Email addresses":3,"Names":2},"files":[{"name":"people.csv","outcome":"read","why":"","sha256":"cc63c399b5a1d3f8dc645f6a453765926b1d17c06b69f653a460353964c16cb9","bytes":70,"format":"csv","encoding":"utf-8","read":3,"indexed":3,"rejected":{},"classes":["Email addresses","Names"]}]}',NULL);
CREATE TABLE operator (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE switch (
    id INTEGER NOT NULL PRIMARY KEY,
    breach_id INTEGER NOT NULL REFERENCES breach (id),
    load_id INTEGER,
    switched_at INTEGER NOT NULL,
    switched_by TEXT NOT NULL,
    reason TEXT
) STRICT;
INSERT INTO "switch" VALUES(1,1,1,1795397525,'cli:root',NULL);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX switch_by_breach ON switch (breach_id, id);
CREATE INDEX load_by_breach ON load (breach_id, id);
CREATE INDEX correction_by_load ON correction (load_id, id);
CREATE INDEX field_set_by_load ON field_set (load_id);
CREATE INDEX job_by_due ON job (due_at) WHERE ended_at IS NULL;
COMMIT;
