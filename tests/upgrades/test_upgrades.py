"""Stores of every schema that ever landed, made by the programs of then: each is upgraded and answers right."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from breachcheck import config, key_files
from breachcheck.db import schema
from breachcheck.db.sqlite_upkeep import SqliteUpkeep
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import SchemaMismatch
from breachcheck.services import Services, open_services
from breachcheck.suppressions import Level
from tests.stores import new_store
from tests.upgrades.make import ANN, BOB, CLEO, KEY, STORES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAMES = sorted(path.name.partition(".")[0] for path in STORES.glob("*.catalogue.sql"))
FIRST = NAMES[0]
MIGRATIONS = "_sqlite_migrations"
UPGRADE = """
import os, signal, sys
from pathlib import Path
from sqlite_utils import Database
from breachcheck import config
from breachcheck.db.sqlite_store import SqliteStore

left, execute = int(sys.argv[2]), Database.execute

def execute_or_die(self, *arguments):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(self, *arguments)

Database.execute = execute_or_die
SqliteStore(config.read(Path(sys.argv[1]))).migrate()
"""


def kept_store(name: str, data: Path) -> Path:
    """The kept store *name* as its program left it, in the folder *data*."""
    data.mkdir(mode=0o700)
    for part in ("index", "catalogue"):
        with closing(sqlite3.connect(data / f"{part}.db")) as connection:
            connection.executescript((STORES / f"{name}.{part}.sql").read_text(encoding="utf-8"))
            connection.execute("PRAGMA journal_mode = WAL")
        (data / f"{part}.db").chmod(0o600)
    for key in ("index", "app"):
        key_files.write_key_file(data / f"{key}.key", KEY)
    for key in ("receipt", "mail", "seal"):
        if knows(data, f"{key}_key_answer") or key == "receipt":
            key_files.write_key_file(data / f"{key}.key", KEY)
    return data


def knows(data: Path, name: str) -> bool:
    with closing(sqlite3.connect(data / "catalogue.db")) as connection:
        return bool(connection.execute("SELECT 1 FROM identity WHERE name = ?", (name,)).fetchall())


def opened(data: Path) -> Services:
    return open_services(config.read(data, {}))


def leaked(store: Services, account: str) -> list[set[str]]:
    return [set(one.leaked) for one in store.lookup.ask(account, PUBLIC).exposures]


def shape_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table and index, column by column."""
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'")]
        return {
            name: [row[1:] for row in connection.execute(f"PRAGMA table_xinfo({name})")]
            + [row[2:] for row in connection.execute(f"PRAGMA foreign_key_list({name})")]
            + list(connection.execute(f"PRAGMA index_xinfo({name})"))
            for name in sorted(names)
        }


def shapes_of(data: Path) -> list[dict[str, list[tuple[object, ...]]]]:
    return [shape_of(data / part) for part in ("index.db", "catalogue.db")]


@pytest.fixture(scope="module")
def new_shapes(tmp_path_factory):
    """Of a store that this program made."""
    data = tmp_path_factory.mktemp("new") / "data"
    new_store(data).close()
    return shapes_of(data)


def changes_of(data: Path) -> set[str]:
    found: set[str] = set()
    for part in ("index", "catalogue"):
        with closing(sqlite3.connect(data / f"{part}.db")) as connection:
            found |= {row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations")}
    return found


@pytest.mark.parametrize("name", NAMES)
class TestEachKeptStore:
    def test_it_answers_as_it_did(self, name, tmp_path):
        store = opened(kept_store(name, tmp_path / "data"))

        assert leaked(store, ANN) == [{"Email addresses", "Names"}]
        assert leaked(store, BOB) == [{"Email addresses"}]
        assert leaked(store, "nobody@example.org") == []
        store.close()

    def test_who_opted_out_stays_so(self, name, tmp_path):
        store = opened(kept_store(name, tmp_path / "data"))
        cleo = store.digester.of_address(CLEO)

        opted_out = 'INSERT INTO "suppression"' in (STORES / f"{name}.catalogue.sql").read_text(encoding="utf-8")

        assert (store.suppressions.level_of(cleo) is Level.FORGET) is opted_out
        assert bool(leaked(store, CLEO)) is not opted_out
        store.close()

    def test_it_has_the_shape_of_a_new_one(self, name, tmp_path, new_shapes):
        opened(kept_store(name, tmp_path / "data")).close()

        assert shapes_of(tmp_path / "data") == new_shapes

    def test_it_goes_on_being_used(self, name, tmp_path):
        store = opened(kept_store(name, tmp_path / "data"))

        store.opt_outs.opt_out(store.digester.of_address(ANN), Level.HIDE)
        store.publishing.withdraw("Shop", by="tests")

        assert store.breaches.get("Shop").current_load is None
        assert SqliteUpkeep(store.config).faults() == []
        store.close()


def test_most_of_the_kept_stores_hold_an_opt_out():
    assert sum('INTO "suppression"' in path.read_text(encoding="utf-8") for path in STORES.iterdir()) > 8


@pytest.mark.parametrize("statement", [1, 4, 7, 12, 20, 30, 45])
def test_an_upgrade_that_was_killed_leaves_a_store_of_before_or_after_a_change_and_goes_on(tmp_path, statement):
    data = kept_store(FIRST, tmp_path / "data")
    before = changes_of(data)

    done = subprocess.run([sys.executable, "-c", UPGRADE, data, str(statement)], cwd=ROOT, check=False)

    assert done.returncode == -signal.SIGKILL
    assert_whole_changes_alone(data, before, tmp_path)
    store = opened(data)
    assert leaked(store, ANN) == [{"Email addresses", "Names"}]
    store.close()


def assert_whole_changes_alone(data: Path, before: set[str], tmp_path: Path) -> None:
    """What the store says it has is what it has: its tables are those of a store with these changes and no others."""
    assert before <= changes_of(data)
    for part, described in (("index", schema.INDEX), ("catalogue", schema.CATALOGUE)):
        with closing(sqlite3.connect(data / f"{part}.db")) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations")]
        again = tmp_path / f"{part}-again.db"
        with closing(sqlite3.connect(again)) as connection:
            for name in described.migrations:
                if name in names:
                    connection.executescript(described.migrations[name])
        ours = {name: shape for name, shape in shape_of(data / f"{part}.db").items() if MIGRATIONS not in name}
        assert ours == shape_of(again)


def test_the_program_of_before_refuses_what_was_upgraded_in_words(tmp_path):
    data = kept_store(NAMES[-1], tmp_path / "data")
    with closing(sqlite3.connect(data / "catalogue.db")) as connection, connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('catalogue', 'm9999_new', '2099')"
        )

    with pytest.raises(SchemaMismatch, match="made by a newer breachcheck"):
        opened(data)
