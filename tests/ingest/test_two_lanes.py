"""Plain records taken by two threads: as one would take them, or not at all."""

import os
import signal
import threading
from contextlib import closing
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings

from breachcheck.addresses import Domain
from breachcheck.digests import Digester, Kind
from breachcheck.errors import LoadError
from ingest import shortcuts
from ingest.disk_files import state_of
from ingest.domains import ASIDE, DomainNumbers
from ingest.lanes import Lane
from ingest.readers.base import Instructions
from ingest.selection import Wanted
from tests.ingest.loads import Silent, described, load
from tests.ingest.scans import table_of
from tests.ingest.test_free_text import TEXTS
from tests.ingest.test_shortcuts import COLUMNS, COMBO, DELIMITED, HEADER, PEOPLE, USUAL, gathered
from tests.ingest.test_shortcuts import engine as engine
from tests.parts import require
from tests.stores import new_store

DIGESTER = Digester(bytes(32))
SHOP = "- path: people.csv\n  mapping: {email: Email addresses, name: Names}\n"
MANY = "email,name\n" + "".join(f"person{number}@example.com,Ann\n" for number in range(150_000))
LARGE = 1 << 16


@pytest.fixture(autouse=True, scope="module")
def _nothing_is_too_small():
    require("gcc")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortcuts, "AT_ONCE", LARGE)
        yield


def by_one_and_by_two(engine, folder, raw, form, at_once=1, **more):
    """The same file as one task, and as many of so many bytes."""
    path = folder / "list.txt"
    path.write_bytes(raw)
    table = table_of(path, Instructions(format=form))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shortcuts, "AT_ONCE", 1 << 30)
        alone = gathered(engine, table, folder, **more)
        patch.setattr(shortcuts, "AT_ONCE", at_once)
        return alone, gathered(engine, table, folder, **more)


@given(COMBO)
@settings(max_examples=25, deadline=None)
def test_a_list_gives_the_same_by_two(engine, tmp_path_factory, text):
    one, two = by_one_and_by_two(engine, tmp_path_factory.mktemp("list"), (USUAL + text).encode(), "combo")

    assert two == one


@given(DELIMITED)
@settings(max_examples=25, deadline=None)
def test_a_table_gives_the_same_by_two(engine, tmp_path_factory, text):
    raw = (HEADER + PEOPLE + text).encode(errors="replace")

    one, two = by_one_and_by_two(engine, tmp_path_factory.mktemp("table"), raw, "csv", wanted=COLUMNS)

    assert two == one


@given(TEXTS)
@settings(max_examples=25, deadline=None)
def test_a_text_gives_the_same_by_two(engine, tmp_path_factory, text):
    one, two = by_one_and_by_two(engine, tmp_path_factory.mktemp("text"), f"Text. {text}".encode(), "text")

    assert two == one


@pytest.mark.parametrize(("form", "column"), [("csv", "email"), ("text", "address")])
def test_of_a_long_file_both_take_their_part_and_nobody_is_lost_between_them(
    engine, tmp_path, monkeypatch, form, column
):
    threads, take = set(), Lane.take
    monkeypatch.setattr(Lane, "take", lambda lane, text: threads.add(threading.get_ident()) or take(lane, text))
    hidden = {int(DIGESTER.of(Kind.EMAIL, f"person{number}@example.com")) for number in range(0, 150_000, 10_000)}
    wanted = Wanted((column,), {column: ("E",)})

    one, two = by_one_and_by_two(engine, tmp_path, MANY.encode(), form, LARGE, wanted=wanted, suppressed=hidden)

    assert two == one
    assert two[2][1] == 149_985
    assert len(threads) == 2


def test_what_one_has_not_begun_the_other_takes_back(engine, tmp_path, monkeypatch):
    """The other thread is at its first task until this one works on one that it took back: one from before its own."""
    here, take, is_taken_back, mine, taken = threading.get_ident(), Lane.take, threading.Event(), [], []

    def slowly(lane, text):
        if threading.get_ident() != here:
            taken.append(is_taken_back.wait(60))
        elif mine and text.start < mine[-1]:
            is_taken_back.set()
        else:
            mine.append(text.start)
        return take(lane, text)

    monkeypatch.setattr(Lane, "take", slowly)
    path = tmp_path / "people.csv"
    path.write_text(MANY)

    table = table_of(path, Instructions(format="csv"))

    *_, counts = gathered(engine, table, tmp_path, wanted=Wanted(("email",), {"email": ("E",)}))

    assert (counts[1], taken) == (150_000, [True])


def test_domains_that_two_threads_number_at_once_have_one_number_each():
    """Of two that begin alike one has the number, whoever asks, and the other is put aside."""
    mine, theirs = (np.array([DIGESTER.of_domain(Domain(name))], np.int64) for name in domains_of_one_number())

    class Meanwhile(DomainNumbers):
        """Another thread numbers *theirs* between the look and the entry."""

        def _enter(self, places, domains):
            super()._enter(places, theirs)
            super()._enter(places, domains)

    domains = Meanwhile()

    assert domains.numbers(mine).tolist() == [ASIDE]
    assert domains.digests(domains.numbers(theirs)).tolist() == theirs.tolist()


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


def test_a_file_that_changes_while_both_read_it_fails_the_load(store, tmp_path):
    path = tmp_path / "people.csv"
    manifest = described(tmp_path, SHOP, {"people.csv": MANY})
    before = state_of(path)

    def change():
        if state_of(path) == before:
            path.write_text(MANY + "bob@example.com,Bob\n")

    with pytest.raises(LoadError, match=r"people\.csv changed while it was read"):
        load(manifest, store, progress=Silent(change))

    assert store.catalogue.published().breaches == ()


def test_what_fails_in_the_other_thread_fails_the_load(store, tmp_path, monkeypatch):
    take, here = Lane.take, threading.get_ident()

    def fail(lane, text):
        if threading.get_ident() != here:
            raise MemoryError
        return take(lane, text)

    monkeypatch.setattr(Lane, "take", fail)

    with pytest.raises(LoadError, match="of memory that one is given"):
        load(described(tmp_path, SHOP, {"people.csv": MANY}), store)

    assert store.catalogue.published().breaches == ()


def test_a_load_that_is_stopped_leaves_no_thread(store, tmp_path):
    before = threading.active_count()

    with pytest.raises(LoadError, match="was stopped"):
        load(described(tmp_path, SHOP, {"people.csv": MANY}), store, progress=Silent(interrupt))

    assert threading.active_count() == before


def interrupt():
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_long_load_that_seals_loses_nobody_between_two_threads(tmp_path):
    own = new_store(tmp_path / "data", own_domains="example.net")
    people = [f"p{number}@example.{'com' if number % 100 else 'net'},Ann\n" for number in range(60_000)]

    with closing(own):
        outcome = load(described(tmp_path, SHOP, {"people.csv": "email,name\n" + "".join(people)}), own)

    assert (outcome.tally.people, outcome.tally.sealed) == (60_000, {"example.net": 600})
