"""Opt-outs: what they delete stays deleted, whatever is loaded, published or cut off afterwards."""

import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from breachcheck import addresses, opt_outs
from breachcheck.digests import Digest
from breachcheck.disclosure import OPERATOR, OWNER, PUBLIC
from breachcheck.errors import StoreUnavailable
from breachcheck.services import Services, open_services
from breachcheck.suppressions import Level
from ingest import worker
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, held_breach, published_breach

ANN, TAGGED = "ann@example.com", "ann+shop@example.com"
BOB = "bob@example.com"
EMAIL = "Email addresses"
NAMES = "Names"


class PowerCut(Exception):
    """The program ended here."""


class Lost:
    """An index that cannot be written any more."""

    def forget(self, _digests):
        raise PowerCut


@pytest.fixture
def ann(store: Services) -> Digest:
    return store.digester.of_address(addresses.canonical(ANN))


def audited(store: Services) -> list[tuple[str, str]]:
    return [(entry.action, entry.subject) for entry in store.audit.latest()]


def cut_off(store: Services, digest: Digest, level: Level) -> None:
    """An opt-out whose program ended before it deleted anything."""
    store.opt_outs._index = Lost()
    with pytest.raises(PowerCut):
        store.opt_outs.opt_out(digest, level)
    store.opt_outs._index = store.index


def test_hiding_deletes_nothing_and_can_be_undone(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    store.opt_outs.opt_out(ann, Level.HIDE)
    hidden = store.lookup.ask(ANN, PUBLIC).status

    assert store.opt_outs.show_again(ann)
    assert (hidden, store.lookup.ask(ANN, PUBLIC).status) == ("not_found", "exposed")


def test_forgetting_deletes_the_digest_from_every_load(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    published_breach(store, SHOP, {ANN: [EMAIL, NAMES], TAGGED: [EMAIL], BOB: [EMAIL]})
    held_breach(store, SHOP, {ANN: [EMAIL]})

    assert store.opt_outs.opt_out(ann, Level.FORGET) is Level.FORGET
    assert store.index.field_sets_of(ann) == []
    assert store.lookup.ask(BOB, PUBLIC).status == "exposed"


def test_a_list_of_opt_outs_is_taken_as_each_would_be(store, ann, monkeypatch):
    monkeypatch.setattr(opt_outs, "AT_ONCE", 2)
    published_breach(store, SHOP, {ANN: [EMAIL]})
    bob = store.digester.of_address(addresses.canonical(BOB))
    store.opt_outs.opt_out(bob, Level.FORGET)

    store.opt_outs.opt_out_all({ann: Level.FORGET, bob: Level.HIDE, Digest(1): Level.HIDE})

    assert store.suppressions.all() == {ann: Level.FORGET, bob: Level.FORGET, Digest(1): Level.HIDE}
    assert store.index.field_sets_of(ann) == []


def test_what_is_forgotten_cannot_be_shown_again(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    store.opt_outs.opt_out(ann, Level.FORGET)

    assert not store.opt_outs.show_again(ann)
    assert store.opt_outs.level_of(ann) is Level.FORGET


def test_who_was_never_hidden_need_not_be_shown_again(store, ann):
    assert not store.opt_outs.show_again(ann)


def test_a_level_is_raised_and_never_lowered(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    store.opt_outs.opt_out(ann, Level.HIDE)
    store.opt_outs.opt_out(ann, Level.FORGET)

    assert store.opt_outs.opt_out(ann, Level.HIDE) is Level.FORGET
    assert store.lookup.ask(ANN, OWNER).status == "not_found"


@pytest.mark.parametrize("before", [None, Level.HIDE, Level.FORGET])
def test_erasing_leaves_nothing_at_all(store, ann, before):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    if before:
        store.opt_outs.opt_out(ann, before)

    assert store.opt_outs.opt_out(ann, Level.ERASE) is Level.ERASE
    assert store.index.field_sets_of(ann) == []
    assert store.suppressions.all() == {}
    assert store.lookup.ask(ANN, PUBLIC).status == "not_found"


def test_a_later_load_brings_back_who_was_erased_and_nobody_else(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    store.opt_outs.opt_out(ann, Level.ERASE)
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})

    assert store.lookup.ask(ANN, PUBLIC).status == "exposed"


def test_publishing_removes_who_was_forgotten_since_the_load_began(store, ann):
    load_id = held_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    store.suppressions.add(ann, Level.FORGET, at=int(time.time()))  # and the power went
    store.publishing.publish(load_id, by="tests")

    assert store.index.field_sets_of(ann) == []


def test_rolling_back_removes_who_was_forgotten_since_that_load_began(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    published_breach(store, SHOP, {BOB: [EMAIL]})
    store.suppressions.add(ann, Level.FORGET, at=int(time.time()))  # and the power went
    store.publishing.roll_back("Shop", by="tests")

    assert store.index.field_sets_of(ann) == []


def test_whoever_is_hidden_stays_in_what_is_published(store, ann):
    store.opt_outs.opt_out(ann, Level.HIDE)
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})

    assert store.lookup.ask(ANN, OWNER).status == "exposed"
    assert store.lookup.ask(ANN, OPERATOR).status == "not_found"


@pytest.mark.parametrize("level", [Level.FORGET, Level.ERASE])
def test_what_a_crash_cut_off_shows_nothing_and_a_job_finishes_it(store, ann, level):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    cut_off(store, ann, level)
    meanwhile = store.lookup.ask(ANN, OWNER).status
    while worker.run_one(store):
        pass

    assert meanwhile == "not_found"
    assert store.index.field_sets_of(ann) == []
    assert store.opt_outs.level_of(ann) is (Level.FORGET if level is Level.FORGET else None)
    assert store.jobs.failed() == []


def test_asking_again_carries_out_what_was_cut_off(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    store.suppressions.add(ann, Level.FORGET, at=int(time.time()) - 60)  # and then the program ended
    store.opt_outs.opt_out(ann, Level.FORGET)

    assert store.index.field_sets_of(ann) == []


def test_erasing_that_had_to_wait_is_carried_out_with_the_next_opt_out(store, ann):
    held_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    store.suppressions.add(ann, Level.ERASE, at=int(time.time()) - 60)  # while that load ran

    store.opt_outs.opt_out(store.digester.of_address(addresses.canonical(BOB)), Level.HIDE)

    assert store.index.field_sets_of(ann) == []
    assert store.opt_outs.level_of(ann) is None


def test_erasing_waits_for_a_load_that_began_before(store, ann):
    load_id = store.loads.start(
        store.breaches.id_of("Shop"), SHOP, manifest="", sha256="", program="test", by="tests", at=0
    )
    store.opt_outs.opt_out(ann, Level.ERASE)
    while_it_runs = store.opt_outs.level_of(ann)
    store.loads.fail(load_id, "disk full", 1)
    while worker.run_one(store):
        pass

    assert while_it_runs is Level.ERASE
    assert store.opt_outs.level_of(ann) is None


def test_an_opt_out_is_noted_nowhere_but_in_its_own_table(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    before = (audited(store), store.breaches.get("Shop"))
    store.opt_outs.opt_out(ann, Level.FORGET)

    assert (audited(store), store.breaches.get("Shop")) == before
    assert [job.payload.keys() for job in iter(lambda: store.jobs.claim(int(time.time())), None)] == [{"since"}]


def test_an_opt_out_that_cannot_be_written_is_not_taken(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    break_catalogue(store)

    with pytest.raises(StoreUnavailable):
        store.opt_outs.opt_out(ann, Level.FORGET)


OPT_OUT_AND_DIE = """
import os, signal, sys
from pathlib import Path
from breachcheck import config
from breachcheck.digests import Digest
from breachcheck.services import open_services
from breachcheck.suppressions import Level
from tests import patience

def mortal(method):
    def call(*arguments):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*arguments)
    return call

patience.have_stores_wait()
for line in sys.stdin:
    if child := os.fork():
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    left, services = int(line), open_services(config.read(Path(sys.argv[1])))
    for database in services.databases:
        database.execute = mortal(database.execute)
        database.query = mortal(database.query)
    services.opt_outs.opt_out(Digest(int(sys.argv[2])), Level.ERASE)
    sys.exit()
"""


class Dying:
    """Makes opt-outs of *digest*, each in a process of its own: a copy of one that has opened nothing."""

    def __init__(self, store: Services, digest: Digest) -> None:
        self.program = subprocess.Popen(
            [sys.executable, "-c", OPT_OUT_AND_DIE, store.config.data, str(digest)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1],
        )  # fmt: skip

    def is_killed_after(self, statements: int) -> bool:
        """Whether there was a statement after so many, at which it was killed."""
        self.program.stdin.write(f"{statements}\n")
        self.program.stdin.flush()
        status = int(self.program.stdout.readline())
        assert status in (0, -signal.SIGKILL)
        return status != 0


@pytest.mark.slow
def test_killed_at_any_statement_it_is_taken_whole_or_not_at_all(store, ann):
    published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
    taken, statements, dying = [], 0, Dying(store, ann)
    while dying.is_killed_after(statements):
        with closing(open_services(store.config)) as next_program:
            is_seen = next_program.lookup.ask(ANN, OWNER).status == "exposed"
            while worker.run_one(next_program):
                pass
            is_kept = next_program.index.field_sets_of(ann) != []
            rest = tuple(next_program.suppressions.all())
        taken.append((is_seen, is_kept, rest))
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        statements += 1
    dying.program.communicate()

    assert set(taken) == {(True, True, ()), (False, False, ())}
    assert taken == sorted(taken, reverse=True)
