BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'index','m0001_exposures','2026-11-23 01:28:41.847463+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'index','m0002_identity','2026-11-23 01:28:41.859478+00:00');
INSERT INTO "_sqlite_migrations" VALUES(3,'index','m0003_headcounts','2026-11-23 01:28:41.865569+00:00');
CREATE TABLE exposure (
            digest INTEGER NOT NULL,
            field_set_id INTEGER NOT NULL,
            PRIMARY KEY (digest, field_set_id)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "exposure" VALUES(-7568788976407419688,2);
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
INSERT INTO "identity" VALUES('store','ca02788cbc8e761d01949c20b82183c5');
CREATE TABLE piece_done (
            load_id INTEGER NOT NULL,
            piece INTEGER NOT NULL,
            PRIMARY KEY (load_id, piece)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "piece_done" VALUES(1,0);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
COMMIT;
