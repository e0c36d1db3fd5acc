BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'index','m0001_exposures','2026-11-23 01:28:36.589794+00:00');
INSERT INTO "_sqlite_migrations" VALUES(2,'index','m0002_identity','2026-11-23 01:28:36.595318+00:00');
CREATE TABLE exposure (
            digest INTEGER NOT NULL,
            field_set_id INTEGER NOT NULL,
            PRIMARY KEY (digest, field_set_id)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "exposure" VALUES(-7568788976407419688,2);
INSERT INTO "exposure" VALUES(-3997199000185719173,1);
INSERT INTO "exposure" VALUES(-3799634505835546544,2);
CREATE TABLE identity (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
INSERT INTO "identity" VALUES('store','30a17036c257242c613d675322ae4a63');
CREATE TABLE piece_done (
            load_id INTEGER NOT NULL,
            piece INTEGER NOT NULL,
            PRIMARY KEY (load_id, piece)
        ) STRICT, WITHOUT ROWID;
INSERT INTO "piece_done" VALUES(1,0);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
COMMIT;
