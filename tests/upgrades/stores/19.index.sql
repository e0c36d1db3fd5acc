BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'index','m0001_exposures','2026-11-23 03:54:32.563905+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'index','m0002_identity','2026-11-23 03:54:32.575764+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'index','m0003_headcounts','2026-11-23 03:54:32.597023+00:00');
INSERT INTO "_sqlite_migrations" VALUES(4,'index','m0004_sealed_accounts','2026-11-23 03:54:32.602845+00:00');
CREATE TABLE exposure (
    digest INTEGER NOT NULL,
    field_set_id INTEGER NOT NULL,
    PRIMARY KEY (digest, field_set_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "exposure" VALUES(-3997199000185719173,1);
INSERT INTO "exposure" VALUES(-3799634505835546544,2);
CREATE TABLE headcount (
    digest INTEGER NOT NULL,
    field_set_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (digest, field_set_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "headcount" VALUES(6799548087766628453,1,1);
INSERT INTO "headcount" VALUES(6799548087766628453,2,2);
CREATE TABLE identity (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "identity" VALUES('store','97e0602c67c0aa0ee04c9743e6a7ebe7');
CREATE TABLE piece_done (
    load_id INTEGER NOT NULL,
    piece INTEGER NOT NULL,
    PRIMARY KEY (load_id, piece)
) STRICT, WITHOUT ROWID;
INSERT INTO "piece_done" VALUES(1,0);
CREATE TABLE sealed_account (
    domain INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    field_set_id INTEGER NOT NULL,
    base INTEGER NOT NULL,
    box BLOB NOT NULL,
    PRIMARY KEY (domain, digest, field_set_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX sealed_account_by_digest ON sealed_account (digest);
CREATE INDEX sealed_account_by_base ON sealed_account (base);
COMMIT;
