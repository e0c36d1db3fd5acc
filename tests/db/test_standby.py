"""A standby beside PostgreSQL: asking goes on where the primary is killed, writing where the standby is promoted."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient

from breachcheck.config import Config
from breachcheck.disclosure import PUBLIC
from breachcheck.doctor import place_checks
from breachcheck.errors import CouldNotCheck, LoadError, StoreReadOnly, StoreUnavailable
from breachcheck.services import Services, open_services
from breachcheck.suppressions import Level
from breachcheck.web.app import create_app
from tests import engines, patience, servers
from tests.engines import Postgres
from tests.patience import eventually
from tests.servers import Server
from tests.stores import SHOP, facts, held_breach, new_store, published_breach

ENGINES = ("postgres",)
ANN, BOB = "ann@example.com", "bob@example.com"
ROUNDS = 10
WORST_S = 0.25
BUSY = 3
"""Where others use the machine too, a question may take so many times as long as the longest of just before."""
OFTEN = ("wal_retrieve_retry_interval=100ms",)


@dataclass
class Pair:
    """A primary, the standby that follows it, and what makes stores on the primary."""

    primary: Server
    standby: Server
    makes: Postgres

    def opened(self, folder: Path) -> Services:
        """A store with one breach on both, opened with a URL that names both, the primary last."""
        with engines.on(self.makes):
            made = new_store(folder, mail="outbox", lookups_a_minute=0)
        published_breach(made, SHOP, {ANN: ["Email addresses"]})
        made.close()
        self.catch_up()
        return open_services(replace(made.config, database=self.url(made.config)))

    def url(self, settings: Config) -> str:
        one, both = self.primary.folder, f"{self.standby.folder},{self.primary.folder}"
        return (settings.database or "").replace(f"host={one}", f"host={both}")

    def catch_up(self) -> None:
        """Wait until the standby has all that the primary has."""
        at = told(self.primary, "SELECT pg_current_wal_lsn()::text")
        assert eventually(lambda: told(self.standby, f"SELECT pg_last_wal_replay_lsn() >= '{at}'"))


@contextmanager
def a_pair(folder: Path) -> Iterator[Pair]:
    with (
        servers.running(*servers.QUICK) as primary,
        servers.running(*servers.QUICK, *OFTEN, primary=primary) as standby,
    ):
        yield Pair(primary, standby, Postgres(primary, folder))


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Iterator[Pair]:
    with a_pair(tmp_path_factory.mktemp("pair")) as pair:
        yield pair


@pytest.fixture
def both(pair: Pair, tmp_path) -> Iterator[Services]:
    with closing(pair.opened(tmp_path / "both")) as store:
        yield store


@contextmanager
def killed(pair: Pair) -> Iterator[None]:
    """The primary is dead for the length of the block."""
    pair.primary.kill()
    try:
        yield
    finally:
        follow(pair)
        pair.primary.start()
        pair.catch_up()


def lag(pair: Pair) -> None:
    """What the primary does from now on the standby does not, for a while."""
    told(pair.standby, "SELECT pg_wal_replay_pause()::text")


def follow(pair: Pair) -> None:
    told(pair.standby, "SELECT pg_wal_replay_resume()::text")


def told(server: Server, statement: str) -> object:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        return connection.execute(statement).fetchone()[0]


def found(store: Services, account: str = ANN) -> list[str]:
    return [one.breach.name for one in store.lookup.ask(account, PUBLIC).exposures]


def servers_found(store: Services) -> list[tuple[str, str]]:
    return [(one.severity, one.what) for one in place_checks.of_servers(store.config)]


@dataclass
class Asker(threading.Thread):
    """Asks without a pause, until it is over."""

    ask: Callable[[], bool]
    worst_s: float = 0.0
    asked: int = 0
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.over = threading.Event()

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        while not self.over.is_set():
            began = time.monotonic()
            try:
                is_right = self.ask()
            except CouldNotCheck as error:
                self.failed.append(str(error))
            else:
                self.failed += [] if is_right else ["a wrong answer"]
            self.worst_s = max(self.worst_s, time.monotonic() - began)
            self.asked += 1
            time.sleep(0.002)


def worst_while_killed(pair: Pair, store: Services, *askings: Callable[[], bool]) -> tuple[float, float]:
    """How long the slowest of all questions took, none of which failed, before the primary was killed, and then."""
    askers = [Asker(ask) for ask in askings]
    for one in askers:
        one.start()
    time.sleep(0.3)
    before = [(one.worst_s, one.asked) for one in askers]
    with killed(pair):
        time.sleep(0.3)
        assert eventually(lambda: store.databases.catalogue_db.source().is_copy)
        for one in askers:
            one.over.set()
            one.join()
    assert [one.failed for one in askers] == [[] for _ in askers]
    assert all(one.asked > asked for one, (_, asked) in zip(askers, before, strict=True))
    return max(worst_s for worst_s, _ in before), max(one.worst_s for one in askers)


def by_program(client: FlaskClient, key: str) -> bool:
    asked = client.post("/api/v1/lookup", json={"account": ANN}, headers={"Authorization": f"Bearer {key}"})
    return asked.status_code == 200 and asked.json["status"] == "exposed"


def by_page(client: FlaskClient) -> bool:
    return SHOP.title in client.post("/", data={"account": ANN}, follow_redirects=True).text


class TestKilled:
    def test_a_killed_primary_is_noticed_by_nobody_who_asks(self, pair, both):
        key = both.api_keys.create("tests", ["lookup"], limit_per_minute=0)[1]
        app = create_app(both)
        askings = (
            lambda: found(both) == ["Shop"],
            lambda: found(both, BOB) == [],
            lambda: by_program(app.test_client(), key),
            lambda: by_page(app.test_client()),
        )
        for _ in range(ROUNDS):  # none may fail in any; the time of the first that nobody disturbs is what counts
            before, then = worst_while_killed(pair, both, *askings)
            if then < max(WORST_S, BUSY * before):
                break
            assert eventually(lambda: not both.databases.catalogue_db.source().is_copy)

        assert then < max(WORST_S, BUSY * before)

    def test_what_would_write_is_refused_in_words_and_changes_nothing(self, pair, both):
        with killed(pair):
            assert found(both) == ["Shop"]
            with pytest.raises(StoreReadOnly, match="only a standby of it answers"):
                both.opt_outs.opt_out(both.digester.of_address(ANN), Level.HIDE)
            with pytest.raises(StoreReadOnly):
                both.operators.add("ann", "a long password of hers")
            assert found(both) == ["Shop"]

        assert eventually(lambda: both.opt_outs.opt_out(both.digester.of_address(ANN), Level.HIDE))
        assert found(both) == []

    def test_pages_and_programs_are_told_what_cannot_be_saved(self, pair, both):
        headers = {"Authorization": f"Bearer {both.api_keys.create('tests', ['watch'])[1]}"}
        client = create_app(both).test_client()
        pair.catch_up()
        with killed(pair):
            page = client.post("/owner/ask/hide", data={"account": ANN})
            told = client.put("/api/v1/watchlists/staff", json=[{"ref": "e1", "account": ANN}], headers=headers)

        assert (page.status_code, told.status_code) == (503, 503)
        assert "<title>We could not save that" in page.text
        assert (told.json["reason"], told.json["detail"].partition(":")[0]) == ("store_read_only", "Nothing was saved")

    def test_an_answer_says_as_of_when_the_primary_was_last_heard_of(self, pair, both):
        found(both)
        heard_at = time.time()
        with killed(pair):
            time.sleep(1.1)
            assert both.lookup.ask(ANN, PUBLIC).checked.as_of <= heard_at
        assert eventually(lambda: both.lookup.ask(ANN, PUBLIC).checked.as_of > heard_at)

    def test_calls_that_were_counted_meanwhile_are_written_later(self, pair, both):
        key = both.api_keys.create("tests", ["lookup"])[0]
        pair.catch_up()
        with killed(pair):
            found(both)
            both.use_counter.count(key.id, "lookup", "exposed")
            with pytest.raises(StoreUnavailable):
                both.use_counter.flush()

        assert eventually(lambda: both.use_counter.flush() or True)
        assert [one.calls for one in both.key_uses.of_key(key.id, since=0, step_s=60)] == [1]

    def test_a_program_that_starts_meanwhile_answers_too(self, pair, both):
        with killed(pair), closing(open_services(both.config)) as later:
            assert found(later) == ["Shop"]
            assert later.lookup.ask(ANN, PUBLIC).checked.as_of <= time.time()

    def test_a_program_whose_url_names_a_standby_alone_answers_and_cannot_write(self, pair, both):
        alone = (both.config.database or "").replace(f",{pair.primary.folder}", "")
        with closing(open_services(replace(both.config, database=alone))) as reader:
            assert found(reader) == ["Shop"]
            with pytest.raises(StoreReadOnly):
                reader.operators.add("ann", "a long password of hers")

    def test_a_primary_that_has_fallen_silent_is_given_up_for_the_standby(self, pair, both):
        found(both)
        pair.primary.signal(signal.SIGSTOP)
        try:
            with patience.in_earnest():
                assert eventually(lambda: found(both) == ["Shop"])
            assert both.databases.catalogue_db.source().is_copy
        finally:
            pair.primary.signal(signal.SIGCONT)
        assert eventually(lambda: not both.databases.catalogue_db.source().is_copy)


class TestDoctor:
    def test_it_names_the_primary_and_how_far_the_standby_is(self, pair, both):
        expected = [
            ("fine", f"{pair.standby.folder} is a standby, 0 bytes of log behind."),
            ("fine", f"{pair.primary.folder} is the primary."),
        ]

        assert eventually(lambda: servers_found(both) == expected)  # now and then the primary has something to write

    def test_a_primary_that_is_away_is_a_problem(self, pair, both):
        with killed(pair):
            found = servers_found(both)

        assert [how for how, _ in found] == ["fine", "warning", "problem"]
        assert f"{pair.primary.folder} does not answer" in found[1][1]
        assert found[2][1] == "None can be written to: look-ups may go on, and nothing else does."


class TestBehind:
    def test_a_standby_that_lacks_what_was_seen_published_never_says_not_found(self, pair, both):
        lag(pair)
        published_breach(both, facts(name="Forum", title="Forum"), {BOB: ["Email addresses"]})
        assert found(both, BOB) == ["Forum"]
        with killed(pair):
            with pytest.raises(StoreUnavailable, match="it has to catch up"):
                found(both, BOB)
            follow(pair)
            assert eventually(lambda: found(both, BOB) == ["Forum"])

    def test_a_standby_answers_with_what_it_has_to_who_saw_no_more(self, pair, both):
        lag(pair)
        published_breach(both, facts(name="Forum", title="Forum"), {BOB: ["Email addresses"]})
        with killed(pair), closing(open_services(both.config)) as later:
            answer = later.lookup.ask(BOB, PUBLIC)
        assert (answer.exposures, answer.checked.breaches) == ((), 1)


class TestPromoted:
    @pytest.fixture
    def pair(self, tmp_path_factory) -> Iterator[Pair]:
        """One of its own: it is never again what it was."""
        with a_pair(tmp_path_factory.mktemp("promoted")) as pair:
            yield pair

    def test_a_promoted_standby_is_written_to_and_what_was_replaced_is_not(self, pair, both):
        begun = held_breach(both, facts(name="Forum", title="Forum"), {BOB: ["Email addresses"]})
        history = both.loads.history()
        pair.catch_up()
        pair.primary.kill()
        assert found(both) == ["Shop"]

        pair.standby.promote()
        assert eventually(lambda: both.publishing.publish(begun, by="tests") or True)
        assert found(both, BOB) == ["Forum"]
        with pytest.raises(LoadError, match="promoted while this was loaded"):
            both.loads.require_history(history)

        pair.primary.start()
        pair.standby.kill()
        with pytest.raises(StoreUnavailable):
            found(both)
