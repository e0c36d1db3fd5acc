"""The twin, which takes blocks apart in a process of its own: as it would be done here, or not at all."""

import os
import signal
import subprocess
import sys
from contextlib import closing
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from breachcheck.addresses import Domain
from breachcheck.digests import Digester, Kind
from breachcheck.errors import LoadError
from ingest import memory, shortcuts, twin
from ingest.disk_files import state_of
from ingest.domains import ASIDE, DomainNumbers
from ingest.found import NOBODY
from ingest.lanes import Errand, Terms
from ingest.readers.base import Instructions
from ingest.readers.combo_lines import PlainLines
from ingest.readers.stretches import stretches
from ingest.selection import Wanted
from ingest.twin import Twin
from ingest.words import Words, domains_of
from tests.cli.commands import environment
from tests.ingest.loads import Silent, described, load
from tests.ingest.scans import table_of
from tests.ingest.test_free_text import TEXTS
from tests.ingest.test_shortcuts import COLUMNS, COMBO, DELIMITED, HEADER, PEOPLE, USUAL, gathered
from tests.ingest.test_shortcuts import connection as connection
from tests.patience import eventually
from tests.stores import new_store

ROOT = Path(__file__).parents[2]
DIGESTER = Digester(bytes(32))
SHOP = "- path: people.csv\n  mapping: {email: Email addresses, name: Names}\n"
MANY = "email,name\n" + "".join(f"person{number}@example.com,Ann\n" for number in range(150_000))
LARGE = 1 << 16
ENDED = "ended from outside; nothing of the load is visible"
BEGIN_ONE = """
import sys
from ingest.domains import DomainNumbers
from ingest.found import NOBODY
from ingest.lanes import Errand, Terms
from ingest.readers.combo_lines import PlainLines
from ingest.twin import Twin
from ingest.words import Words

terms = Terms(bytes(32), bytes(32), Words(["S"]), DomainNumbers(), NOBODY, None)
lane = Twin().lane(Errand(PlainLines(":"), {}, terms))
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True, scope="module")
def _nothing_is_too_small():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortcuts, "WORTH", 0)
        patch.setattr(shortcuts, "AT_ONCE", LARGE)
        yield


@pytest.fixture(scope="module")
def other():
    with closing(Twin()) as opened:
        yield opened


def here_and_there(connection, other, folder, raw, form, at_once=1, **more):
    """The same file taken apart in this process, and in the other, so many bytes at a time."""
    path = folder / "list.txt"
    path.write_bytes(raw)
    table = table_of(path, Instructions(format=form))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortcuts, "AT_ONCE", at_once)
        return gathered(connection, table, folder, **more), gathered(connection, table, folder, twin=other, **more)


def children(pid):
    """The processes that one has begun."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return {int(child) for task in tasks for child in (task / "children").read_text().split()}


def is_over(pid):
    """Whether the process has ended, even if nobody took note."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@given(COMBO)
@settings(max_examples=25, deadline=None)
def test_a_list_gives_the_same_in_both_processes(connection, other, tmp_path_factory, text):
    here, there = here_and_there(connection, other, tmp_path_factory.mktemp("list"), (USUAL + text).encode(), "combo")

    assert there == here


@given(DELIMITED)
@settings(max_examples=25, deadline=None)
def test_a_table_gives_the_same_in_both_processes(connection, other, tmp_path_factory, text):
    raw = (HEADER + PEOPLE + text).encode(errors="replace")

    here, there = here_and_there(connection, other, tmp_path_factory.mktemp("table"), raw, "csv", wanted=COLUMNS)

    assert there == here


@given(TEXTS)
@settings(max_examples=25, deadline=None)
def test_a_text_gives_the_same_in_two_threads(connection, other, tmp_path_factory, text):
    here, there = here_and_there(connection, other, tmp_path_factory.mktemp("text"), f"Text. {text}".encode(), "text")

    assert there == here


def test_a_long_table_is_taken_by_both_and_nobody_is_lost_between_them(connection, other, tmp_path):
    hidden = {int(DIGESTER.of(Kind.EMAIL, f"person{number}@example.com")) for number in range(0, 150_000, 10_000)}
    wanted = Wanted(("email",), {"email": ("E",), "name": ("N",)})

    here, there = here_and_there(
        connection, other, tmp_path, MANY.encode(), "csv", LARGE, wanted=wanted, suppressed=hidden
    )

    assert there == here
    assert there[2][:2] == (150_000, 149_985)


def test_a_long_text_is_taken_by_two_threads_and_nobody_is_lost_between_them(connection, other, tmp_path):
    here, there = here_and_there(connection, other, tmp_path, MANY.encode(), "text", LARGE)

    assert there == here
    assert there[2][1] == 150_000


def test_people_whose_domains_number_another_domain_has_keep_their_own(other):
    mine, theirs = domains_of_one_number()
    domains = DomainNumbers()
    domains.numbers(np.array([DIGESTER.of_domain(Domain(mine))], np.int64))
    terms = Terms(DIGESTER.key_of(Kind.EMAIL), DIGESTER.domain_key, Words(["S"]), domains, NOBODY, None)

    lane = other.lane(Errand(PlainLines(":"), {}, terms))
    lane.give([f"ann@{theirs}:x\nbob@example.com:x\n".encode()])
    [taken] = lane.rest()

    ann, bob = (int(DIGESTER.of(Kind.EMAIL, text)) for text in (f"ann@{theirs}", "bob@example.com"))
    numbers = dict(zip(taken.rows[0].tolist(), domains_of(taken.rows[1]).tolist(), strict=True))
    assert numbers[ann] == ASIDE
    assert domains.digests(np.array([numbers[bob]])).tolist() == [DIGESTER.of_domain(Domain("example.com"))]
    assert [column.tolist() for column in taken.aside] == [[ann], [DIGESTER.of_domain(Domain(theirs))]]


def domains_of_one_number():
    """Two domains that `DomainNumbers` would give the same number."""
    met = {}
    names = (f"d{number}.example" for number in count())
    while True:
        name = next(names)
        beginning = int(DIGESTER.of_domain(Domain(name))) >> 48
        if beginning in met:
            return met[beginning], name
        met[beginning] = name


def test_a_file_that_changed_before_the_twin_read_its_part_fails_the_load(other, tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("ann@example.com:x\n")
    [stretch] = stretches(path, state_of(path), 0, LARGE)
    path.write_text("ann@example.com:x\nbob@example.com:y\n")
    terms = Terms(bytes(32), bytes(32), Words(["S"]), DomainNumbers(), NOBODY, None)

    lane = other.lane(Errand(PlainLines(":"), {}, terms))
    lane.give(stretch)

    with pytest.raises(LoadError, match=r"list\.txt changed while it was read"):
        list(lane.rest())


def test_a_load_whose_twin_is_killed_fails_and_says_so(store, tmp_path):
    before = children(os.getpid())

    def kill():
        [begun] = children(os.getpid()) - before
        os.kill(begun, signal.SIGKILL)

    with pytest.raises(LoadError, match=ENDED):
        load(described(tmp_path, SHOP, {"people.csv": MANY}), store, progress=Silent(kill))

    [failed] = store.loads.of_breach(store.breaches.get("Shop").id)
    assert (failed.state, store.catalogue.published().breaches) == ("failed", ())
    assert children(os.getpid()) == before


def test_a_load_that_is_stopped_ends_its_twin(store, tmp_path):
    before = children(os.getpid())

    with pytest.raises(LoadError, match="was stopped"):
        load(described(tmp_path, SHOP, {"people.csv": MANY}), store, progress=Silent(interrupt))

    assert children(os.getpid()) == before


def interrupt():
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_twin_whose_load_was_killed_ends_as_well():
    command = [sys.executable, "-c", BEGIN_ONE]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdin=pipe, stdout=pipe, text=True) as loading:
        assert loading.stdout.readline() == "ready\n"
        [begun] = children(loading.pid)
        loading.kill()

    assert eventually(lambda: is_over(begun))


def test_a_twin_without_memory_enough_says_so(store, tmp_path, monkeypatch):
    monkeypatch.setattr(twin, "MEMORY", 1 << 20)

    with pytest.raises(LoadError, match="of memory that one is given"):
        load(described(tmp_path, SHOP, {"people.csv": MANY}), store)

    assert store.catalogue.published().breaches == ()


@pytest.mark.parametrize("end", ["abort()", "_exit(127)"])
def test_a_twin_that_the_c_library_ends_for_want_of_memory_says_so(store, tmp_path, monkeypatch, end):
    monkeypatch.setattr(twin, "MEMORY", f"__import__('os').{end}")

    with pytest.raises(LoadError, match="of memory that one is given"):
        load(described(tmp_path, SHOP, {"people.csv": MANY}), store)

    assert store.catalogue.published().breaches == ()


def test_a_load_that_may_begin_no_twin_says_so(store, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))

    with pytest.raises(LoadError, match="could not be started"):
        load(described(tmp_path, SHOP, {"people.csv": MANY}), store)

    assert store.catalogue.published().breaches == ()


def test_both_processes_have_no_more_memory_together_than_one_load():
    assert memory.MEMORY + twin.MEMORY == 3 << 30


def test_a_long_load_that_seals_loses_nobody_between_two_threads(tmp_path):
    own = new_store(tmp_path / "data", own_domains="example.net")
    people = [f"p{number}@example.{'com' if number % 100 else 'net'},Ann\n" for number in range(60_000)]

    with closing(own):
        outcome = load(described(tmp_path, SHOP, {"people.csv": "email,name\n" + "".join(people)}), own)

    assert (outcome.tally.people, outcome.tally.sealed) == (60_000, {"example.net": 600})


def test_a_short_file_needs_no_twin(store, tmp_path, monkeypatch):
    monkeypatch.setattr(shortcuts, "WORTH", len(MANY) + 1)
    before, seen = children(os.getpid()), set()
    look = Silent(lambda: seen.update(children(os.getpid())))

    load(described(tmp_path, SHOP, {"people.csv": MANY}), store, progress=look)

    assert seen == before


def test_a_file_of_a_format_that_is_not_shared_needs_none_either(store, tmp_path):
    before, seen = children(os.getpid()), set()
    look = Silent(lambda: seen.update(children(os.getpid())))

    load(described(tmp_path, "- path: people.txt\n  format: text\n", {"people.txt": MANY}), store, progress=look)

    assert seen == before
