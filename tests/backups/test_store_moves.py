"""Moves: a whole store from one engine to the other, and a copy that is none opens nowhere."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from breachcheck import addresses, config, services
from breachcheck.backups import store_moves
from breachcheck.config import Config
from breachcheck.db import schema
from breachcheck.db.schema.tables import tables_of
from breachcheck.digests import Digest
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import MoveFault, SchemaMismatch, StoreExists
from breachcheck.services import Services, open_services
from breachcheck.suppressions import Level
from ingest.loading import only_load
from tests.cli.commands import ROOT, breachcheck, environment
from tests.engines import Postgres
from tests.stores import LOADED_AT, SHOP, held_breach, new_store, published_breach

ANN, BOB, EVE = "ann@example.com", "bob+shop@example.com", "eve@example.com"
PEOPLE = {ANN: ["Email addresses", "Names"], BOB: ["Email addresses"], EVE: ["Email addresses"]}
SECRET = "s3cr3t"

MOVE_AND_BE_KILLED = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from breachcheck import config
from breachcheck.backups import store_moves
from breachcheck.db import rows
from tests import patience

patience.have_stores_wait()
rows.NUMBERS_A_PAGE = 2
left = int(sys.argv[3])

def killed(stage, _rows):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

files = replace(config.read(Path(sys.argv[1])), database=None)
database = replace(files, database=sys.argv[2])
store_moves.move(*((files, database) if sys.argv[4] == "out" else (database, files)), killed)
"""


def nobody_told(_stage: str, _rows: int) -> None:
    """Progress of no interest."""


@pytest.fixture
def database(postgres: Postgres) -> Any:
    """The URL of an empty database."""
    url = postgres.server.make("moved")
    yield url
    postgres.server.drop("moved")


@pytest.fixture
def files(tmp_path: Path) -> Config:
    """A store in SQLite that has something in most kinds of tables."""
    with closing(new_store(tmp_path / "data")) as store:
        fill(store)
        return store.config


def another_store(tmp_path: Path) -> Config:
    """One with a name and keys of its own."""
    other = config.read(tmp_path / "other", {})
    services.init(other)
    return other


def fill(store: Services) -> None:
    published_breach(store, SHOP, PEOPLE)
    held_breach(store, SHOP, {ANN: ["Phone numbers"]})
    outermost = np.array([-(2**63), -1, 2**63 - 1], dtype=np.int64)
    store.databases.index_db.insert_new("exposure", ("digest", "field_set_id"), (outermost, np.full(3, 77)))
    store.opt_outs.opt_out(store.digester.of_address(addresses.canonical(EVE)), Level.HIDE)
    for number, name in enumerate(["", "Zürich", "a:b 'c' %s", "🦔"] * 30):
        store.databases.catalogue_db.execute(
            """
            INSERT INTO subscriber (id, digest, sealed, language, created_at)
            VALUES (:id, :id, :sealed, :language, 0)
            """,
            {"id": number, "sealed": bytes([0, 255, number]), "language": name},
        )


def answers(settings: Config) -> list[Any]:
    """What the store says of everyone, and of every digest."""
    everyone = (*PEOPLE, "bob@example.com", "nobody@example.com")
    with closing(open_services(settings)) as store:
        asked = [store.lookup.ask(account, PUBLIC) for account in everyone]
        digests = [Digest(row["digest"]) for row in store.databases.index_db.query("SELECT digest FROM exposure")]
        found = store.index.field_sets_of_many(sorted(digests))
    return [[(one.breach.name, one.leaked, one.via_alias) for one in answer.exposures] for answer in asked] + [found]


def in_database(files: Config, url: str) -> Config:
    return replace(files, database=url)


def emptied(files: Config) -> Config:
    """The folder with its keys, and no store."""
    for path in (*files.data.glob("index.db*"), *files.data.glob("catalogue.db*")):
        path.unlink()
    return files


def move_and_be_killed(files: Config, url: str, after: int, direction: str) -> int:
    program = [sys.executable, "-c", MOVE_AND_BE_KILLED, files.data, url, str(after), direction]
    return subprocess.run(program, env=environment(), cwd=ROOT, check=False).returncode


@pytest.mark.parametrize("described", [schema.INDEX, schema.CATALOGUE], ids=lambda one: one.name)
def test_every_table_and_column_of_a_store_is_known(files, described):
    path = files.index_path if described is schema.INDEX else files.catalogue_path
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        made = {}
        for (name,) in names:
            if not name.startswith(("_", "sqlite_")):
                columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
                key = [one[1] for one in sorted(columns, key=lambda one: one[5]) if one[5]]
                made[name] = ([one[1] for one in columns], key)

    assert {one.name: (list(one.columns), list(one.key)) for one in tables_of(described)} == made


def test_a_store_answers_the_same_in_a_database_and_back_in_files(files, database):
    before = answers(files)
    there = in_database(files, database)
    gone = store_moves.move(files, there, nobody_told)
    moved = answers(there)
    back = store_moves.move(there, emptied(files), nobody_told)

    assert before == moved == answers(files)
    assert gone.rows == back.rows
    assert (gone.rows["subscriber"], gone.rows["switch"]) == (120, 1)


@pytest.mark.parametrize("after", [1, 2, 4, 9])
def test_a_move_that_is_killed_leaves_no_store_and_goes_on_where_it_stopped(files, database, after):
    before = answers(files)
    there = in_database(files, database)

    assert move_and_be_killed(files, database, after, "out") == -signal.SIGKILL
    with pytest.raises(SchemaMismatch, match="unfinished copy"):
        open_services(there)
    copied: dict[str, int] = {}
    told = store_moves.move(files, there, copied.__setitem__)

    assert answers(there) == before
    assert copied.get("Copying exposure", 0) == max(0, told.rows["exposure"] - 2 * after)


def test_a_move_back_that_is_killed_leaves_no_store_and_goes_on(files, database):
    before = answers(files)
    there = in_database(files, database)
    store_moves.move(files, there, nobody_told)

    assert move_and_be_killed(emptied(files), database, 3, "back") == -signal.SIGKILL
    with pytest.raises(SchemaMismatch, match="unfinished copy"):
        open_services(files)
    store_moves.move(there, files, nobody_told)

    assert answers(files) == before


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM breachcheck_index.exposure WHERE digest < 0",
        "DELETE FROM breachcheck_catalogue.counter WHERE name = 'load'",
        "UPDATE breachcheck_catalogue.load SET facts = facts || ' '",
    ],
)
def test_a_copy_that_lost_or_changed_a_row_becomes_no_store(files, database, postgres, damage):
    move_and_be_killed(files, database, 30, "out")
    postgres.damage(database, damage)

    with pytest.raises(MoveFault, match="is not what the store is"):
        store_moves.move(files, in_database(files, database), nobody_told)
    with pytest.raises(SchemaMismatch, match="unfinished copy"):
        open_services(in_database(files, database))


def test_what_is_changed_while_it_is_copied_makes_no_store(files, database):
    with closing(open_services(files)) as store:

        def change(stage: str, _rows: int) -> None:
            if stage == "Copying load":
                store.publishing.withdraw("Shop", by="tests")

        with pytest.raises(MoveFault, match="changed meanwhile"):
            store_moves.move(files, in_database(files, database), change)
    with pytest.raises(MoveFault, match="as it was before"):
        store_moves.move(files, in_database(files, database), nobody_told)


def test_where_a_store_is_it_stays_as_it_is(files, database, tmp_path):
    other_files = another_store(tmp_path)
    there = in_database(files, database)
    store_moves.move(other_files, in_database(other_files, database), nobody_told)

    for source, target in ((files, there), (in_database(other_files, database), files)):
        with pytest.raises(StoreExists, match="nothing was changed"):
            store_moves.move(source, target, nobody_told)


def test_an_unfinished_copy_of_another_store_is_left_alone(files, database, tmp_path):
    other_files = another_store(tmp_path)
    move_and_be_killed(files, database, 1, "out")

    with pytest.raises(MoveFault, match="copy of another store"):
        store_moves.move(other_files, in_database(other_files, database), nobody_told)


def test_a_store_into_which_something_is_loaded_is_not_copied(files, database):
    with closing(open_services(files)) as store:
        store.loads.start(
            store.breaches.id_of("Shop"), SHOP, manifest="", sha256="", program="test", by="tests", at=LOADED_AT
        )

    with pytest.raises(MoveFault, match="A load runs"):
        store_moves.move(files, in_database(files, database), nobody_told)


def test_at_the_terminal_it_says_what_to_do_next_and_never_a_password(files, database):
    url = database.replace("tests@", f"tests:{SECRET}@")
    outcomes = [
        breachcheck("migrate-store", files.data, url),
        breachcheck("check", ANN, data=files.data, BREACHCHECK_DATABASE=url),
        breachcheck("migrate-store", files.data, url),
        breachcheck("migrate-store", url, files.data),
        breachcheck("migrate-store", files.data, files.data),
        breachcheck("migrate-store", files.data / "nowhere", url),
    ]

    assert [one.status for one in outcomes] == [0, 1, 2, 2, 2, 2]
    assert str(files.data / "index.key") in outcomes[0].out
    assert "BREACHCHECK_DATABASE" in outcomes[0].out
    assert not (files.data / "nowhere").exists()
    assert outcomes[0].err.startswith("Copying exposure: 8 rows\n")
    assert SECRET not in "".join(one.out + one.err for one in outcomes)


def test_json_tells_how_many_rows_there_were_of_each_table(files, database):
    told = breachcheck("migrate-store", "--json", files.data, database).json

    assert told["tables"]["subscriber"] == 120
    assert told["rows"] == sum(told["tables"].values())


def test_while_a_load_holds_the_folder_nothing_is_copied(files, database):
    with only_load(files.data, lambda: None):
        refused = breachcheck("migrate-store", files.data, database)

    assert (refused.status, refused.out) == (2, "")
    assert "A load runs in this data folder" in refused.err
