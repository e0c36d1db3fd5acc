"""PostgreSQL behind the seam: what is refused, in which words, and how soon who waits is let go."""

import os
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from breachcheck import config, services
from breachcheck.config import Config
from breachcheck.db import schema
from breachcheck.db.base import Database
from breachcheck.db.postgres_hosts import hosts_of
from breachcheck.db.postgres_lending import Lent
from breachcheck.db.postgres_link import has_something_to_read, place_of, translated
from breachcheck.db.postgres_schema import spelled
from breachcheck.errors import (
    ConfigError,
    InvalidRequest,
    SchemaMismatch,
    StoreDamaged,
    StoreExists,
    StoreNotFound,
    StoreUnavailable,
)
from breachcheck.services import Services
from tests import engines, patience, servers
from tests.engines import Postgres
from tests.patience import eventually
from tests.stores import SHOP, new_store, published_breach

ENGINES = ("postgres",)
PLACES = 12
URL = "postgresql://ann:{}@db.example:5433/breaches"


@pytest.fixture(scope="module")
def own_server(tmp_path_factory) -> Iterator[Postgres]:
    """One that may be stopped and killed."""
    with servers.running(f"max_connections={PLACES}", "superuser_reserved_connections=1") as server:
        yield Postgres(server, tmp_path_factory.mktemp("own"))


@pytest.fixture
def shaken(own_server: Postgres, tmp_path) -> Iterator[Services]:
    """A store on it, with one breach."""
    with engines.on(own_server):
        store = new_store(tmp_path / "shaken")
        published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]})
        yield store
        store.close()


def asked(store: Services) -> list[int]:
    return list(store.index.field_sets_of(store.digester.of_address("ann@example.com")))


def damage(store: Services, statement: str) -> None:
    with psycopg.connect(store.config.database or "", autocommit=True) as connection:
        connection.execute(statement)


def without(settings: Config, name: str) -> Config:
    return replace(settings, database=(settings.database or "").replace(name, "nowhere"))


class TestWords:
    @pytest.mark.parametrize("secret", ["s3cr3t", "p%40ss%3Aword", "%2F%23%3F"])
    def test_no_part_of_a_password_is_in_what_is_told_of_a_database(self, secret):
        assert place_of(URL.format(secret)) == "the database breaches on db.example:5433"

    @pytest.mark.parametrize("secret", ["p@ss", "p/ss", "12/ss", "p#ss", "p?ss", "p:ss@x"])
    def test_a_password_that_could_be_taken_for_something_else_is_refused_unquoted(self, secret, tmp_path):
        with pytest.raises(ConfigError, match="%40") as refused:
            config.read(tmp_path, {"BREACHCHECK_DATABASE": URL.format(secret)})
        assert "ss" not in str(refused.value).replace("password", "").replace("address", "")

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql:///breaches",
            "postgres://db.example/breaches?sslmode=verify-full",
            "postgresql://ann@one.example,two.example:5433/breaches?target_session_attrs=any",
            "postgresql://ann@[::1]:5432/breaches",
            "postgresql://%2Fvar%2Frun%2Fpostgresql/breaches",
        ],
    )
    def test_every_way_to_name_a_server_is_taken(self, url, tmp_path):
        assert config.read(tmp_path, {"BREACHCHECK_DATABASE": url}).database == url

    @pytest.mark.parametrize(
        ("url", "places"),
        [
            ("postgresql:///breaches", [""]),
            ("postgresql://ann@one.example:5433/breaches", [""]),
            ("postgresql://ann:s3cr3t@one.example,two.example:5433/breaches", ["one.example", "two.example:5433"]),
            ("postgresql://ann@/breaches?host=/run/one,/run/two&port=5433", ["/run/one:5433", "/run/two:5433"]),
            ("postgresql://ann@/breaches?hostaddr=192.0.2.1,192.0.2.2", ["192.0.2.1", "192.0.2.2"]),
        ],
    )
    def test_each_server_that_a_url_names_is_reached_by_itself(self, url, places):
        assert [host.place for host in hosts_of(url)] == places
        assert "s3cr3t" not in repr(hosts_of(url))

    def test_settings_that_are_shown_do_not_show_it(self, tmp_path):
        read = config.read(tmp_path, {"BREACHCHECK_DATABASE": URL.format("s3cr3t")})

        assert read.database == URL.format("s3cr3t")
        assert "s3cr3t" not in repr(read)

    def test_a_server_that_is_not_there_is_named_without_the_password(self, tmp_path):
        gone = f"postgresql://ann:s3cr3t@/breaches?host={tmp_path}"
        with pytest.raises(StoreUnavailable, match="The database breaches on") as refused:
            services.open_services(config.read(tmp_path, {"BREACHCHECK_DATABASE": gone}))

        assert "s3cr3t" not in str(refused.value)
        assert refused.value.__cause__ is None

    def test_another_engine_is_refused(self, tmp_path):
        with pytest.raises(ConfigError, match="postgresql://"):
            config.read(tmp_path, {"BREACHCHECK_DATABASE": "mysql://ann@db.example/breaches"})

    def test_parameters_are_found_and_texts_and_signs_left_alone(self):
        sql = "SELECT ':a', x::text, y % 2 FROM t WHERE a = :a AND b LIKE ':b %' AND c = :c_1"

        assert translated(sql) == (
            "SELECT ':a', x::text, y %% 2 FROM t WHERE a = %(a)s AND b LIKE ':b %%' AND c = %(c_1)s"
        )

    def test_nothing_of_sqlite_is_left_in_what_it_is_told(self):
        every = "".join(
            text for described in (schema.INDEX, schema.CATALOGUE) for text in described.migrations.values()
        )

        assert not {"STRICT", "ROWID", "BLOB", "INTEGER"} & set(spelled(every).replace(",", " ").split())


class TestAStore:
    def test_it_is_made_once(self, store):
        with pytest.raises(StoreExists, match="nothing was changed"):
            services.init(replace(store.config, data=store.config.data / "another"))

    def test_without_one_it_is_said_how_to_make_it(self, postgres, tmp_path):
        url = postgres.server.make("empty")

        with pytest.raises(StoreNotFound, match=r"no store in the database empty.*breachcheck init"):
            services.open_services(config.read(tmp_path, {"BREACHCHECK_DATABASE": url}))
        postgres.server.drop("empty")

    def test_a_database_that_is_not_there_is_said(self, store):
        with pytest.raises(StoreUnavailable, match="does not exist"):
            services.open_services(without(store.config, "store_"))

    def test_of_two_that_begin_at_once_one_makes_the_store(self, postgres, tmp_path):
        url, ended = postgres.server.make("contested"), []

        def begin(name: str) -> None:
            try:
                services.init(config.read(tmp_path / name, {"BREACHCHECK_DATABASE": url}))
                ended.append(name)
            except StoreExists:
                ended.append("refused")

        both = [threading.Thread(target=begin, args=(name,)) for name in ("one", "other")]
        for each in both:
            each.start()
        for each in both:
            each.join()

        (made,) = [name for name in ended if name != "refused"]
        services.open_services(config.read(tmp_path / made, {"BREACHCHECK_DATABASE": url})).close()
        postgres.server.drop("contested")

    def test_half_of_it_is_refused(self, store):
        damage(store, "DROP SCHEMA breachcheck_index CASCADE")

        with pytest.raises(StoreDamaged, match=r"breachcheck_index is gone.*backup"):
            services.open_services(store.config)

    def test_one_of_a_newer_program_is_refused(self, store):
        damage(store, "INSERT INTO breachcheck_index._migration VALUES ('m9999_later', 'x')")

        with pytest.raises(SchemaMismatch, match=r"newer breachcheck \(m9999_later\)"):
            services.open_services(store.config)
        damage(store, "DELETE FROM breachcheck_index._migration WHERE name = 'm9999_later'")

    def test_one_of_an_older_program_is_upgraded_when_it_is_opened(self, store):
        latest = list(schema.INDEX.migrations)[-1]
        damage(store, f"DELETE FROM breachcheck_index._migration WHERE name = '{latest}'")
        damage(store, "ALTER TABLE breachcheck_index.piece_done DROP COLUMN checksum")
        services.open_services(store.config).close()

        assert store.databases[0].query("SELECT name FROM _migration ORDER BY name DESC")[0]["name"] == latest
        assert ("piece_done", "checksum") in columns_in_postgres(store, "breachcheck_index")

    def test_an_emptied_one_is_never_made_into_a_store_that_finds_nobody(self, store):
        damage(store, "DROP SCHEMA breachcheck_index CASCADE; CREATE SCHEMA breachcheck_index")

        with pytest.raises((StoreDamaged, StoreUnavailable), match="backup"):
            services.open_services(store.config)

    def test_another_in_its_place_is_unavailable_and_not_empty(self, postgres, store, tmp_path):
        published_breach(store, SHOP, {"ann@example.com": ["Email addresses"]})
        name = str(conninfo_to_dict(store.config.database or "")["dbname"])
        postgres.server.drop(name)
        services.init(config.read(tmp_path / "other", {"BREACHCHECK_DATABASE": postgres.server.make(name)}))

        with pytest.raises(StoreUnavailable, match="start the program again"):
            asked(store)
        postgres.server.drop(name)

    def test_a_character_that_it_cannot_keep_is_said(self, store):
        with pytest.raises(InvalidRequest, match="NUL"):
            store.breaches.get("Shop\0")

    def test_both_engines_have_the_same_tables_and_columns(self, store, tmp_path):
        sqlite = tmp_path / "sqlite"
        services.init(config.read(sqlite, {}))
        made = [set(columns_in_sqlite(sqlite / name)) for name in ("index.db", "catalogue.db")]

        assert [columns_in_postgres(store, name) for name in ("breachcheck_index", "breachcheck_catalogue")] == made

    def test_a_transaction_whose_error_was_passed_over_is_not_taken_for_done(self, store):
        db = store.databases[1]

        with pytest.raises(StoreUnavailable, match="try again"):
            enter_twice(db)
        assert db.query("SELECT name FROM counter WHERE name = 'one'") == []


class TestFaults:
    @pytest.fixture(autouse=True)
    def _in_earnest(self) -> Iterator[None]:
        with patience.in_earnest():
            yield

    def test_a_server_that_has_fallen_silent_lets_everyone_go_and_heals(self, own_server, shaken):
        assert asked(shaken)
        own_server.server.signal(signal.SIGSTOP)
        began = time.monotonic()
        try:
            for ask in (asked, lambda store: store.catalogue.generation()):
                with pytest.raises(StoreUnavailable):
                    ask(shaken)
        finally:
            took = time.monotonic() - began
            own_server.server.signal(signal.SIGCONT)

        assert took < 20  # without the watch nobody would come back at all
        assert eventually(lambda: asked(shaken))

    def test_what_one_process_of_it_has_fallen_silent_over_another_is_asked(self, shaken):
        (row,) = shaken.databases[0].query("SELECT pg_backend_pid() AS process")
        os.kill(row["process"], signal.SIGSTOP)
        try:
            assert eventually(lambda: asked(shaken))
        finally:
            os.kill(row["process"], signal.SIGCONT)

    def test_a_server_that_lets_nobody_in_is_asked_by_who_is_in(self, own_server, shaken):
        before = asked(shaken)
        lets_people_in = own_server.server.processes()[0]
        os.kill(lets_people_in, signal.SIGSTOP)
        try:
            threads = [threading.Thread(target=asked, args=[shaken]) for _ in range(4)]
            for one in threads:
                one.start()
            answers = [asked(shaken) for _ in range(200)]
        finally:
            os.kill(lets_people_in, signal.SIGCONT)
        for one in threads:
            one.join()

        assert answers == [before] * 200

    def test_a_statement_that_takes_long_is_left_alone(self, shaken):
        assert eventually(lambda: shaken.databases[0].query("SELECT pg_sleep(2.5)"))

    def test_nobody_is_let_go_who_sees_the_server_get_on_although_it_answers_no_other(self, own_server, shaken):
        db = shaken.databases[0]
        with db._writing() as lent, db._lending.asking(lent) as note_progress:
            own_server.server.signal(signal.SIGSTOP)
            try:
                was_let_go = eventually(partial(_is_let_go, lent, note_progress), patience_s=1.6)
            finally:
                own_server.server.signal(signal.SIGCONT)

        assert not was_let_go

    def test_after_a_killed_server_is_back_so_are_the_answers(self, own_server, shaken):
        before = asked(shaken)
        own_server.server.kill()
        with pytest.raises(StoreUnavailable):
            asked(shaken)
        own_server.server.start()

        assert eventually(lambda: asked(shaken) == before)

    def test_a_server_that_is_known_to_be_away_keeps_nobody_waiting(self, own_server, shaken):
        asked(shaken)
        own_server.server.kill()
        began = time.monotonic()
        for _ in range(40):
            with pytest.raises(StoreUnavailable):
                asked(shaken)
        took = time.monotonic() - began
        own_server.server.start()

        assert took < 20  # forty times the second that each would wait for itself
        assert eventually(lambda: asked(shaken))

    def test_a_server_without_a_place_for_us_is_unavailable_until_there_is_one(self, shaken):
        damage(shaken, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        crowd: list[psycopg.Connection[object]] = []
        assert eventually(lambda: is_full(shaken.config.database or "", crowd))
        with pytest.raises(StoreUnavailable):
            asked(shaken)
        for one in crowd:
            one.close()

        assert eventually(lambda: asked(shaken))

    def test_more_threads_than_connections_are_all_answered(self, shaken):
        answers: list[bool] = []
        threads = [
            threading.Thread(target=lambda: answers.append(eventually(lambda: asked(shaken)))) for _ in range(40)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()

        assert len(answers) == 40
        assert all(answers)

    def test_a_server_that_ends_in_a_transaction_leaves_nothing_of_it(self, own_server, shaken):
        db = shaken.databases[1]
        with pytest.raises(StoreUnavailable):
            enter_and_kill(db, own_server.server)

        assert eventually(lambda: db.query("SELECT name FROM counter WHERE name IN ('one', 'two')") == [])

    def test_what_a_program_saw_published_the_next_sees_at_once(self, shaken):
        with closing(services.open_services(shaken.config)) as other:
            before = len(other.catalogue.published().breaches)
            shaken.publishing.withdraw("Shop", by="tests")
            assert (before, len(other.catalogue.published().breaches)) == (1, 0)


def columns_in_sqlite(path: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for table in tables:
            if not table.startswith(("_", "sqlite_")):
                yield from ((table, column[1]) for column in connection.execute(f"PRAGMA table_info({table})"))


def columns_in_postgres(store: Services, namespace: str) -> set[tuple[str, str]]:
    rows = store.databases[1].query(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = :namespace",
        {"namespace": namespace},
    )
    return {(row["table_name"], row["column_name"]) for row in rows if not row["table_name"].startswith("_")}


def enter_twice(db: Database) -> None:
    """And pass over that it cannot be."""
    with db.transaction():
        db.execute("INSERT INTO counter (name, value) VALUES ('one', 1)")
        with pytest.raises(psycopg.IntegrityError):
            db.execute("INSERT INTO counter (name, value) VALUES ('one', 1)")


def enter_and_kill(db: Database, server: servers.Server) -> None:
    with db.transaction():
        db.execute("INSERT INTO counter (name, value) VALUES ('one', 1)")
        server.kill()
        server.start()
        db.execute("INSERT INTO counter (name, value) VALUES ('two', 2)")


def is_full(url: str, crowd: list[psycopg.Connection[object]]) -> bool:
    """Whether *crowd* has every place that there is, with one more where another has left it by now."""
    with suppress(psycopg.OperationalError):
        crowd.append(psycopg.connect(url))
    return len(crowd) == PLACES


def _is_let_go(lent: Lent, note_progress: Callable[[], None]) -> bool:
    note_progress()
    return has_something_to_read(lent.session)
