"""A load that is killed, wherever that hits it, shows nothing, loses nothing and is in nobody's way."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from breachcheck import config
from breachcheck.addresses import Domain, canonical
from breachcheck.batch_lookup import Question
from breachcheck.disclosure import PUBLIC
from breachcheck.errors import StoreUnavailable
from breachcheck.services import open_services
from breachcheck.suppressions import Level
from ingest import attempts, loading, patience, pipeline, writing
from ingest import manifest as manifests
from tests import engines, servers
from tests.cli.commands import environment
from tests.engines import ENGINES as ENGINES
from tests.engines import Postgres
from tests.ingest.loads import Silent
from tests.stores import new_store

ROOT = Path(__file__).parents[2]
PEOPLE = 5000
FEW = 3000
ROWS_A_PIECE = 250
DOMAIN = Domain("example.com")
LOAD = """
import os, signal, sys
from pathlib import Path
from breachcheck import config
from breachcheck.services import open_services
from ingest import manifest, pipeline, writing
from tests import patience

patience.have_stores_wait()
writing.ROWS_A_PIECE = int(sys.argv[5])
stage, count = sys.argv[3], int(sys.argv[4])

class Killer:
    def update(self, now, records, bytes_done, bytes_total):
        global count
        if records and now.startswith(stage):
            count -= 1
            if count == 0:
                os.kill(os.getpid(), signal.SIGKILL)

services = open_services(config.read(Path(sys.argv[1])))
print("ready", flush=True)
pipeline.run(manifest.read(Path(sys.argv[2])), services, progress=Killer(), by="tests")
"""


def described(folder, first, last):
    """A manifest of the people from *first* to *last*."""
    lines = [f"person{number}@example.com,Name {number % 3 or ''}\n" for number in range(first, last)]
    (folder / "people.csv").write_text("email,name\n" + "".join(lines), encoding="utf-8")
    path = folder / "breach.yaml"
    path.write_text(
        "manifest: 1\nname: Shop\ntitle: Shop\nbreach_date: 2026-03-14\ndescription: A breach.\n"
        "files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def data(tmp_path):
    """A data folder in which person 0 is published, and nobody else."""
    services = new_store(tmp_path / "data", own_domains=DOMAIN)
    pipeline.run(manifests.read(described(tmp_path, 0, 1)), services, progress=Silent(), by="tests")
    services.close()
    return tmp_path / "data"


def start(data, manifest, stage="never", count=0):
    return subprocess.Popen(
        [sys.executable, "-c", LOAD, data, manifest, stage, str(count), str(ROWS_A_PIECE)],
        cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def reopened(data):
    return open_services(config.read(data, {}))


def is_exposed(services, number):
    return bool(services.lookup.ask(f"person{number}@example.com", PUBLIC).exposures)


def exposed_in(services):
    """The numbers of everybody who is found."""
    questions = [Question(f"person{number}@example.com") for number in range(PEOPLE)]
    answers = services.batch_lookup.ask(questions, PUBLIC)
    return {number for number, answer in enumerate(answers) if answer.exposures}


def assert_domain_is_told(services, people):
    """The whole domain is counted and sealed as its people are: by what is published, and nothing else."""
    answer, accounts = services.domain_lookup.all_of(DOMAIN)
    assert (answer.people, len(accounts.exposures)) == (people, people)


def is_published(data):
    """Whether the second load came as far as its switch."""
    services = reopened(data)
    try:
        return services.breaches.get("Shop").current_load != 1
    finally:
        services.close()


def assert_whole(data):
    services = reopened(data)
    try:
        assert exposed_in(services) == set(range(1, PEOPLE))
        assert_domain_is_told(services, PEOPLE - 1)
    finally:
        services.close()


def assert_untouched_and_loadable(data, manifest):
    services = reopened(data)
    try:
        assert is_exposed(services, 0)
        assert not any(is_exposed(services, number) for number in range(1, PEOPLE, 249))
        assert_domain_is_told(services, 1)
        outcome = pipeline.run(manifests.read(manifest), services, progress=Silent(), by="tests")
        assert outcome.tally.people == PEOPLE - 1
        assert not is_exposed(services, 0)
        assert all(is_exposed(services, number) for number in range(1, PEOPLE, 249))
        assert_domain_is_told(services, PEOPLE - 1)
        assert "running" not in [load.state for load in services.loads.of_breach(services.breaches.get("Shop").id)]
    finally:
        services.close()


@pytest.mark.parametrize(
    ("stage", "count"), [("Reading", 1), ("Writing", 1), ("Writing", 2), ("Writing", 9), ("Writing", 20)]
)
def test_a_load_killed_at_a_stage_is_invisible_and_the_next_one_succeeds(tmp_path, data, stage, count):
    manifest = described(tmp_path, 1, PEOPLE)
    killed = start(data, manifest, stage, count)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL

    assert_untouched_and_loadable(data, manifest)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_load_killed_at_any_moment_is_invisible_or_whole(tmp_path, data, seed):
    manifest = described(tmp_path, 1, PEOPLE)
    with start(data, manifest) as killed:
        killed.stdout.readline()
        time.sleep(random.Random(seed).uniform(0, 0.4))
        killed.kill()

    # Where the kill came after the switch, the load is published, and then whole.
    if is_published(data):
        assert_whole(data)
    else:
        assert_untouched_and_loadable(data, manifest)


class Shaken(Silent):
    """Kills the server when a share of the writing is done. When the load waits for it, it *comes_back*."""

    def __init__(self, services, server, *, comes_back):
        super().__init__()
        self._services, self._server, self._comes_back = services, server, comes_back
        self.entered = {}

    def update(self, stage, records, bytes_done, bytes_total):
        super().update(stage, records, bytes_done, bytes_total)
        if stage == "Waiting for the database" and self._comes_back:
            self._comes_back = False
            self._server.start()
        if [one.startswith("Writing") for one, *_ in self.heard].count(True) == 9 and not self.entered:
            self.entered = pieces_of(self._services)
            self._server.kill()


def pieces_of(services):
    """When each piece of the second load was entered, as PostgreSQL counts what it does."""
    rows = services.databases.index_db.query(
        "SELECT piece, CAST(xmin AS text) AS entered FROM piece_done WHERE load_id = 2"
    )
    return {row["piece"]: row["entered"] for row in rows}


def load_again(services, manifest, progress=None):
    return pipeline.run(manifests.read(manifest), services, progress=progress or Silent(), by="tests")


@pytest.mark.engines("postgres")
class TestALoadThatWasCutOff:
    @pytest.fixture(autouse=True)
    def _in_small_pieces(self, monkeypatch):
        monkeypatch.setattr(writing, "ROWS_A_PIECE", ROWS_A_PIECE)

    @pytest.fixture
    def cut_off(self, tmp_path, data):
        """A load of everybody, killed with some of its pieces in the store."""
        manifest = described(tmp_path, 1, PEOPLE)
        start(data, manifest, "Writing", 9).communicate()
        services = reopened(data)
        yield services, manifest
        services.close()

    def test_is_gone_on_with_and_what_it_has_entered_is_not_sent_again(self, data, cut_off):
        services, manifest = cut_off
        before = pieces_of(services)
        outcome = load_again(services, manifest)

        after = pieces_of(services)
        assert outcome.load_id == 2
        assert len(before) >= 7
        assert len(after) > len(before)
        assert {piece: after[piece] for piece in before} == before
        assert_whole(data)

    def test_shows_only_what_its_files_hold_by_now_and_nobody_who_was_forgotten(self, tmp_path, cut_off):
        services, manifest = cut_off
        before = pieces_of(services)
        described(tmp_path, 1, PEOPLE - 3)  # three people less; of the pieces cut alike most are as they were
        forgotten = [3, 4, 5]
        services.opt_outs.opt_out_all(
            {services.digester.of_address(canonical(f"person{one}@example.com")): Level.FORGET for one in forgotten}
        )
        outcome = load_again(services, manifest)

        after = pieces_of(services)
        anew = [piece for piece in before if after[piece] != before[piece]]
        there = exposed_in(services)
        assert len(before) >= 7
        assert len(anew) <= 6
        assert there == set(range(1, PEOPLE - 3)) - set(forgotten)
        assert outcome.tally.people == len(there)
        assert_domain_is_told(services, len(there))

    def test_is_begun_anew_with_another_manifest(self, tmp_path, data):
        manifest, services = described(tmp_path, 1, 2), reopened(data)
        with loading.only_load(data, lambda: None) as lock:
            lock.note(attempts.label(services, attempts.start(manifests.read(manifest), services, "tests")))
        manifest.write_text(manifest.read_text().replace("title: Shop", "title: The Shop"))
        outcome = load_again(services, manifest)
        state = services.loads.get(2).state
        services.close()

        assert (outcome.load_id, state) == (3, "failed")


@pytest.fixture(scope="module")
def own_server(tmp_path_factory):
    """One that may be killed."""
    with servers.running(*servers.QUICK) as server:
        yield Postgres(server, tmp_path_factory.mktemp("own"))


@pytest.mark.engines("sqlite")
class TestAServerThatDies:
    """While a load runs, with some of its pieces entered."""

    @pytest.fixture
    def services(self, own_server, tmp_path, monkeypatch):
        monkeypatch.setattr(writing, "ROWS_A_PIECE", 150)
        with engines.on(own_server):
            services = new_store(tmp_path / "data", own_domains=DOMAIN)
            load_again(services, described(tmp_path, 0, 1))
            yield services
            services.close()

    def test_and_comes_back_lets_the_load_go_on_by_itself(self, own_server, tmp_path, services):
        progress = Shaken(services, own_server.server, comes_back=True)
        outcome = load_again(services, described(tmp_path, 1, FEW), progress)

        assert progress.entered
        assert progress.entered.items() <= pieces_of(services).items()
        assert (outcome.load_id, outcome.is_published, outcome.tally.people) == (2, True, FEW - 1)
        assert exposed_in(services) == set(range(1, FEW))

    def test_and_stays_away_ends_the_load_which_the_next_one_goes_on_with(
        self, own_server, tmp_path, services, monkeypatch
    ):
        monkeypatch.setattr(patience, "ABSENCE_S", 0.5)
        manifest = described(tmp_path, 1, FEW)
        progress = Shaken(services, own_server.server, comes_back=False)
        with pytest.raises(StoreUnavailable):
            load_again(services, manifest, progress)
        own_server.server.start()
        outcome = load_again(services, manifest)

        assert progress.entered
        assert progress.entered.items() <= pieces_of(services).items()
        assert outcome.load_id == 2
        assert exposed_in(services) == set(range(1, FEW))
