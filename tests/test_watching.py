"""Watching: what becomes so of a watched account is told once, and nobody else's affair is."""

import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachcheck import config, watching
from breachcheck.addresses import canonical
from breachcheck.errors import IndexMoved, UnknownCursor, UnknownWatchlist, WatchlistFull
from breachcheck.services import open_services
from breachcheck.suppressions import Level
from breachcheck.watch_feed import as_json
from ingest import worker
from tests.cli.commands import environment
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_index, facts, new_store, published_breach
from tests.watched import HOLDER, STAFF, cursor_of, directory_of, leaked, told, watch, work

ROOT = Path(__file__).parent.parent
EMAIL = "Email addresses"
NAMES = "Names"
PASSWORDS = "Passwords"
ANN = "ann@example.com"
BOB = "bob@example.com"
CY = "cy@example.com"
BANK = facts(name="Bank", title="The Bank")


def digest(store, account):
    return store.digester.of_address(canonical(account))


class TestWhatIsTold:
    def test_adding_an_account_tells_what_is_there_already(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL, NAMES], BOB: [EMAIL]})
        watch(store, ("e1", ANN), ("e3", CY))

        assert told(store) == [("exposed", "e1", "Shop")]
        assert leaked(store) == [("exposed", [EMAIL, NAMES])]

    def test_a_new_breach_is_told_by_the_worker(self, store):
        watch(store, ("e1", ANN), ("e2", BOB))
        published_breach(store, SHOP, {BOB: [EMAIL]})
        before = told(store)
        work(store)

        assert before == []
        assert told(store) == [("exposed", "e2", "Shop")]

    def test_a_replaced_load_tells_the_differences_alone(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL], CY: [EMAIL]})
        watch(store, ("e1", ANN), ("e2", BOB), ("e3", CY), ("e4", "dora@example.com"))
        seen = cursor_of(store)
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL, NAMES], "dora@example.com": [EMAIL]})
        work(store)

        assert told(store, seen) == [
            ("changed", "e2", "Shop"),
            ("withdrawn", "e3", "Shop"),
            ("exposed", "e4", "Shop"),
        ]

    def test_a_withdrawn_breach_is_told_under_the_title_it_had(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        watch(store, ("e1", ANN), ("e2", BOB))
        seen = cursor_of(store)
        store.publishing.withdraw("Shop", by="tests")
        work(store)

        page = store.watch_feed.after(HOLDER, STAFF, seen, 10)
        assert [(one.news.kind, one.news.title, one.news.leaked) for one in page.events] == [
            ("withdrawn", "Corner Shop", frozenset())
        ]

    def test_a_breach_that_comes_back_is_told_again(self, store):
        load_id = published_breach(store, SHOP, {ANN: [EMAIL]})
        watch(store, ("e1", ANN))
        store.publishing.withdraw("Shop", by="tests")
        work(store)
        store.publishing.publish(load_id, by="tests")
        work(store)

        assert [kind for kind, _, _ in told(store)] == ["exposed", "withdrawn", "exposed"]

    def test_what_came_and_went_between_two_rounds_is_not_told(self, store):
        watch(store, ("e1", ANN))
        published_breach(store, SHOP, {ANN: [EMAIL]})
        store.publishing.withdraw("Shop", by="tests")
        work(store)

        assert told(store) == []

    def test_the_accounts_of_a_ref_are_told_as_one(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL, NAMES]})
        watch(store, ("e1", ANN), ("e1", BOB))

        assert leaked(store) == [("exposed", [EMAIL, NAMES])]

    def test_telling_again_tells_nothing(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        watch(store, ("e1", ANN))
        seen = cursor_of(store)
        watch(store, ("e1", ANN))
        store.watching.tell(store.watchlists.get(HOLDER, STAFF))
        store.watching.tell_all()

        assert told(store, seen) == []

    def test_an_alias_is_told_as_one_and_its_direct_record_as_more(self, store):
        published_breach(store, SHOP, {"ann+shop@example.com": [EMAIL, NAMES]})
        watch(store, ("e1", ANN))
        published_breach(store, SHOP, {ANN: [EMAIL]})
        work(store)

        events = store.watch_feed.after(HOLDER, STAFF, "", 10).events
        assert [(one.news.kind, one.news.via_alias, one.news.leaked) for one in events] == [
            ("exposed", True, {EMAIL, NAMES}),
            ("changed", False, {EMAIL}),
        ]

    def test_classes_for_the_owner_alone_are_not_told(self, store):
        about = facts(is_sensitive=False)
        published_breach(store, about, {ANN: [EMAIL, "Sexual orientations"]})
        watch(store, ("e1", ANN))

        assert leaked(store) == [("exposed", [EMAIL])]

    def test_a_sensitive_breach_is_not_told(self, store):
        published_breach(store, facts(is_sensitive=True), {ANN: [EMAIL]})
        watch(store, ("e1", ANN))

        assert told(store) == []

    def test_a_breach_that_becomes_sensitive_is_withdrawn_and_what_was_told_is_withheld(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        watch(store, ("e1", ANN))
        work(store)  # what is still due, so that it is the correction that is told of
        store.publishing.update(facts(is_sensitive=True), by="tests")
        at_once = told(store)
        work(store)

        assert at_once == []
        assert told(store) == [("withdrawn", "e1", "Shop")]

    def test_severity_is_that_of_what_leaked(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL, PASSWORDS]}, password_storage="plain")
        watch(store, ("e1", ANN))

        (event,) = as_json(store.watch_feed.after(HOLDER, STAFF, "", 10))["events"]
        assert (event["severity"], event["severity_level"]) == (98, "critical")


class TestKeeping:
    def test_what_came_and_went_is_counted(self, store):
        first = watch(store, ("e1", ANN), ("e2", BOB))
        again = watch(store, ("e1", ANN), ("e2", BOB))
        second = watch(store, ("e1", ANN), ("e1", CY))

        counts = [
            (one.is_new, one.size.refs, one.size.accounts, one.added, one.removed) for one in (first, again, second)
        ]
        assert counts == [(True, 2, 2, 2, 0), (False, 2, 2, 0, 0), (False, 1, 2, 1, 1)]

    def test_a_ref_that_left_takes_what_was_told_of_it_along(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        watch(store, ("e1", ANN), ("e2", BOB))
        watch(store, ("e2", BOB))

        assert told(store) == [("exposed", "e2", "Shop")]

    def test_a_ref_that_came_back_is_told_anew(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        watch(store, ("e1", ANN))
        seen = cursor_of(store)
        watch(store)
        watch(store, ("e1", ANN))

        assert told(store, seen) == [("exposed", "e1", "Shop")]

    def test_an_account_that_left_its_ref_is_no_news(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL, NAMES]})
        watch(store, ("e1", ANN), ("e1", BOB))
        seen = cursor_of(store)
        watch(store, ("e1", ANN))
        published_breach(store, BANK, {CY: [EMAIL]})
        work(store)

        assert told(store, seen) == []

    def test_refs_come_and_go_one_by_one(self, store):
        watch(store, ("e1", ANN), ("e2", BOB))
        added = directory_of(store, [("e3", CY)]).accounts
        kept = store.watching.change(HOLDER, STAFF, remove_refs=["e1", "nobody"], add=added)

        assert (kept.size.refs, kept.added, kept.removed) == (2, 1, 1)
        assert {one.ref for one in store.watchlists.accounts_of(store.watchlists.get(HOLDER, STAFF).id)} == {"e2", "e3"}

    def test_nothing_is_left_of_a_list_that_was_deleted(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        watch(store, ("e1", ANN))
        store.watching.delete(HOLDER, STAFF)

        with pytest.raises(UnknownWatchlist):
            told(store)
        for table in ("watchlist", "watched_account", "watch_finding", "watch_event"):
            assert store.databases[1].query(f"SELECT * FROM {table}") == []

    def test_a_list_made_anew_knows_no_cursor_of_the_old_one(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        watch(store, ("e1", ANN))
        seen = cursor_of(store)
        store.watching.delete(HOLDER, STAFF)
        watch(store, ("e1", ANN))

        with pytest.raises(UnknownCursor):
            told(store, seen)

    def test_a_list_is_its_holder_s_alone(self, store):
        watch(store, ("e1", ANN))

        assert store.watchlists.find("someone else", STAFF) is None
        with pytest.raises(UnknownWatchlist):
            store.watching.delete("someone else", STAFF)

    def test_a_list_holds_no_more_than_it_may(self, store, monkeypatch):
        monkeypatch.setattr(watching, "MOST_ACCOUNTS", 1)
        watch(store, ("e1", ANN))

        with pytest.raises(WatchlistFull, match="as it was"):
            watch(store, ("e1", ANN), ("e2", BOB))
        with pytest.raises(WatchlistFull):
            store.watching.change(HOLDER, STAFF, remove_refs=[], add=directory_of(store, [("e2", BOB)]).accounts)
        assert store.watchlists.size_of(store.watchlists.get(HOLDER, STAFF).id).accounts == 1

    def test_a_holder_has_no_more_lists_than_they_may(self, store, monkeypatch):
        monkeypatch.setattr(watching, "MOST_LISTS", 1)
        watch(store, ("e1", ANN))

        with pytest.raises(WatchlistFull, match="delete one"):
            watch(store, ("e1", ANN), name="others")
        watch(store, ("e1", ANN), name="others", holder="someone else")

    def test_no_address_is_in_the_store(self, store):
        published_breach(store, SHOP, {"surely.invented@example.com": [EMAIL]})
        watch(store, ("e1", "surely.invented@example.com"))
        dump = [tuple(row) for name in ("watched_account", "watch_finding", "watch_event", "job")
                for row in store.databases[1].query(f"SELECT * FROM {name}")]  # fmt: skip

        assert dump
        assert "invented" not in str(dump)

    def test_old_events_go_once_others_have_overtaken_them(self, store):
        load_id = published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        watch(store, ("e1", ANN))
        store.publishing.withdraw("Shop", by="tests")
        work(store)
        store.publishing.publish(load_id, by="tests")
        work(store)
        watch(store, ("e1", ANN), ("e2", BOB))
        at = store.watch_feed.after(HOLDER, STAFF, "", 1).events[0].at

        assert store.watching.prune(now=at + watching.KEEP_S) == 0
        assert store.watching.prune(now=at + watching.KEEP_S + 60) == 2
        assert told(store) == [("exposed", "e1", "Shop"), ("exposed", "e2", "Shop")]


class TestOptOuts:
    @pytest.mark.parametrize("level", [Level.HIDE, Level.FORGET])
    def test_who_opted_out_is_not_told_of_nor_are_their_aliases(self, store, level):
        store.opt_outs.opt_out(digest(store, ANN), level)
        watch(store, ("e1", ANN), ("e2", "ann+tag@example.com"), ("e3", BOB))
        published_breach(store, SHOP, {ANN: [EMAIL], "ann+tag@example.com": [EMAIL], BOB: [EMAIL]})
        work(store)

        assert told(store) == [("exposed", "e3", "Shop")]

    @pytest.mark.parametrize("level", list(Level))
    def test_an_opt_out_is_no_event_and_takes_back_what_was_told(self, store, level):
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        watch(store, ("e1", ANN), ("e2", BOB))
        size = store.watchlists.size_of(store.watchlists.get(HOLDER, STAFF).id)
        store.opt_outs.opt_out(digest(store, ANN), level)
        work(store)
        watch(store, ("e1", ANN), ("e2", BOB))
        published_breach(store, BANK, {CY: [EMAIL]})
        work(store)

        assert told(store) == [("exposed", "e2", "Shop")]
        assert store.watchlists.size_of(store.watchlists.get(HOLDER, STAFF).id) == size

    @pytest.mark.parametrize("level", list(Level))
    def test_of_a_ref_with_another_account_that_one_s_is_still_told(self, store, level):
        published_breach(store, SHOP, {ANN: [EMAIL, NAMES], BOB: [EMAIL]})
        watch(store, ("e1", ANN), ("e1", BOB))
        store.opt_outs.opt_out(digest(store, ANN), level)
        published_breach(store, BANK, {BOB: [EMAIL]})
        work(store)

        assert leaked(store) == [("exposed", [EMAIL]), ("exposed", [EMAIL])]

    def test_a_withdrawal_is_told_of_everyone_but_them(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        watch(store, ("e1", ANN), ("e2", BOB))
        seen = cursor_of(store)
        store.opt_outs.opt_out(digest(store, ANN), Level.HIDE)
        store.publishing.withdraw("Shop", by="tests")
        work(store)

        assert told(store, seen) == [("withdrawn", "e2", "Shop")]

    def test_who_is_shown_again_is_told_anew_for_some_of_it_was_withheld(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL]})
        watch(store, ("e1", ANN))
        store.opt_outs.opt_out(digest(store, ANN), Level.HIDE)
        seen = cursor_of(store)
        store.opt_outs.show_again(digest(store, ANN))
        watch(store, ("e1", ANN))

        assert told(store, seen) == [("exposed", "e1", "Shop")]

    @pytest.mark.parametrize("level", list(Level))
    def test_whether_an_event_went_with_an_opt_out_cannot_be_tried_by_acknowledging_it(self, store, level):
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        watch(store, ("e1", ANN), ("e2", BOB))
        ids = [one["id"] for one in as_json(store.watch_feed.after(HOLDER, STAFF, "", 9))["events"]]
        store.opt_outs.opt_out(digest(store, ANN), level)

        assert store.watch_feed.acknowledge(HOLDER, STAFF, ids, at=100) == 2


class TestCursors:
    def test_pages_follow_one_another_without_a_gap(self, store):
        published_breach(store, SHOP, {f"person{number}@example.com": [EMAIL] for number in range(5)})
        watch(store, *((f"e{number}", f"person{number}@example.com") for number in range(5)))
        first = store.watch_feed.after(HOLDER, STAFF, "", 2)
        second = store.watch_feed.after(HOLDER, STAFF, first.cursor, 2)
        third = store.watch_feed.after(HOLDER, STAFF, second.cursor, 2)

        assert [one.news.ref for page in (first, second, third) for one in page.events] == [f"e{n}" for n in range(5)]
        assert [page.has_more for page in (first, second, third)] == [True, True, False]
        assert store.watch_feed.after(HOLDER, STAFF, third.cursor, 2).cursor == third.cursor

    @pytest.mark.parametrize("cursor", ["x", "1", "-", "1-", "01-1", "1-\u0661", "2-0", "1-1", "0-0"])
    def test_a_cursor_that_was_never_given_is_refused(self, store, cursor):
        watch(store, ("e1", ANN))

        with pytest.raises(UnknownCursor):
            told(store, cursor)

    def test_events_are_acknowledged_once(self, store):
        published_breach(store, SHOP, {ANN: [EMAIL], BOB: [EMAIL]})
        watch(store, ("e1", ANN), ("e2", BOB))
        first, second = (one["id"] for one in as_json(store.watch_feed.after(HOLDER, STAFF, "", 9))["events"])
        store.watch_feed.acknowledge(HOLDER, STAFF, [first], at=100)
        store.watch_feed.acknowledge(HOLDER, STAFF, [first, first], at=200)
        with pytest.raises(UnknownCursor):
            store.watch_feed.acknowledge(HOLDER, STAFF, [second, "1-9"], at=300)

        events = store.watch_feed.after(HOLDER, STAFF, "", 9).events
        assert [one.acknowledged_at for one in events] == [100, None]

    def test_two_writers_at_once_make_a_reader_skip_and_repeat_nothing(self, store):
        people = [f"person{number}@example.com" for number in range(12)]
        published_breach(store, SHOP, dict.fromkeys(people, (EMAIL,)))
        watch(store)

        def put() -> None:
            for number in range(1, len(people) + 1):
                entries = [(f"e{one}", people[one]) for one in range(number)]
                store.watching.change(HOLDER, STAFF, remove_refs=[], add=directory_of(store, entries).accounts)

        def publish() -> None:
            for number in range(4):
                published_breach(store, facts(name=f"B{number}"), dict.fromkeys(people, (EMAIL,)))
                work(store)

        writers = [Thread(target=put), Thread(target=publish)]
        for one in writers:
            one.start()
        read, cursor = [], ""
        while any(one.is_alive() for one in writers):
            page = store.watch_feed.after(HOLDER, STAFF, cursor, 3)
            read += page.events
            cursor = page.cursor
        for one in writers:
            one.join()
        work(store)
        store.watching.tell_all()
        read += store.watch_feed.after(HOLDER, STAFF, cursor, 10_000).events

        assert [one.number for one in read] == list(range(1, len(read) + 1))
        assert {(one.news.ref, one.news.breach) for one in read} == {
            (f"e{one}", name) for one in range(12) for name in ("Shop", "B0", "B1", "B2", "B3")
        }
        assert len(read) == 12 * 5


PEOPLE = (ANN, BOB, CY)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.sampled_from(["Shop", "Bank"]), st.sets(st.sampled_from(PEOPLE), min_size=1)),
        st.tuples(st.just("withdraw"), st.sampled_from(["Shop", "Bank"]), st.just(frozenset())),
        st.tuples(st.just("put"), st.just(""), st.sets(st.sampled_from(PEOPLE))),
        st.tuples(st.just("work"), st.just(""), st.just(frozenset())),
        st.tuples(st.just("read"), st.just(""), st.just(frozenset())),
    ),
    max_size=12,
)


class Follower:
    """A program that follows the staff's list, two events at a time, and knows whom it believes exposed."""

    def __init__(self, store) -> None:
        self.store = store
        self.cursor = ""
        self.numbers: list[int] = []
        self.believes: set[tuple[str, str]] = set()

    def read(self) -> bool:
        page = self.store.watch_feed.after(HOLDER, STAFF, self.cursor, 2)
        self.cursor = page.cursor
        for one in page.events:
            self.numbers.append(one.number)
            of = (one.news.ref, one.news.breach)
            (self.believes.discard if one.news.kind == "withdrawn" else self.believes.add)(of)
        return page.has_more


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whoever_follows_the_cursor_knows_what_holds_whatever_happens_in_between(tmp_path_factory, steps):
    store = new_store(tmp_path_factory.mktemp("store") / "data")
    watch(store)
    follower = Follower(store)
    watched: set[str] = set()
    for what, name, people in steps:
        if what == "publish":
            published_breach(store, facts(name=name, title=name), dict.fromkeys(sorted(people), (EMAIL,)))
        elif what == "withdraw" and name in {one.name for one in store.catalogue.published().breaches}:
            store.publishing.withdraw(name, by="tests")
        elif what == "put":
            follower.believes = {(ref, of) for ref, of in follower.believes if f"{ref}@example.com" in people}
            watched = set(people)
            watch(store, *((one.partition("@")[0], one) for one in sorted(people)))
        elif what == "work":
            work(store)
        elif what == "read":
            follower.read()
    work(store)
    while follower.read():
        pass
    holds = {
        (one.partition("@")[0], exposure.breach.name)
        for one in watched
        if store.catalogue.published().breaches
        for exposure in store.lookup.ask(one, watching.KEY).exposures
    }
    store.close()

    assert {of for of in follower.believes if f"{of[0]}@example.com" in watched} == holds
    assert follower.numbers == sorted(set(follower.numbers))


KILLED = """
import os, signal, sys
from pathlib import Path
from breachcheck import config, watching
from breachcheck.services import open_services
from breachcheck.watch_events import WatchEvents
from ingest import worker
from tests import patience

patience.have_stores_wait()
data, last = Path(sys.argv[1]), int(sys.argv[2])
watching.AT_ONCE = 10
add, calls = WatchEvents.add, []

def add_and_die(self, *args, **kwargs):
    add(self, *args, **kwargs)
    calls.append(1)
    if len(calls) == last:
        os.kill(os.getpid(), signal.SIGKILL)

WatchEvents.add = add_and_die
services = open_services(config.read(data, {}))
while worker.run_one(services):
    pass
"""


@pytest.mark.parametrize("last", [1, 2, 4])
def test_telling_that_is_killed_half_way_goes_on_and_tells_nothing_twice(tmp_path, monkeypatch, last):
    store = new_store(tmp_path / "data")
    people = [f"person{number:02}@example.com" for number in range(40)]
    watch(store, *((one.partition("@")[0], one) for one in people))
    work(store)
    published_breach(store, SHOP, dict.fromkeys(people, (EMAIL,)))
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "data"), str(last)], env=environment(), cwd=ROOT, check=False
    )
    half_way = told(store)
    monkeypatch.setattr(worker, "_now", lambda: 4 * 10**9)
    work(store)
    everything = told(store)
    store.close()

    assert killed.returncode == -signal.SIGKILL
    assert len(half_way) == 10 * (last - 1)
    assert everything == [("exposed", one.partition("@")[0], "Shop") for one in people]


def test_a_put_that_is_cut_off_before_it_tells_is_told_by_the_worker(store, monkeypatch):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    with monkeypatch.context() as cut:
        cut.setattr(watching.Watching, "_tell_at_once", lambda *_: None)
        watch(store, ("e1", ANN))
    work(store)

    assert told(store) == [("exposed", "e1", "Shop")]


def test_a_list_that_is_changed_while_it_is_told_is_left_to_whoever_changed_it(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    watch(store)
    before = store.watchlists.get(HOLDER, STAFF)
    watch(store, ("e1", ANN))
    seen = cursor_of(store)

    assert store.watching.tell(before) == 0
    assert told(store, seen) == []
    assert store.watchlists.get(HOLDER, STAFF).revision == before.revision + 1


def test_what_keeps_moving_is_told_another_time(store, monkeypatch):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    found, numbers = watching.Watching._found, count()

    def moving(self, accounts, published, rights):
        store.publishing.update(facts(description=f"Correction {next(numbers)}."), by="tests")
        return found(self, accounts, published, rights)

    with monkeypatch.context() as busy:
        busy.setattr(watching.Watching, "_found", moving)
        with pytest.raises(IndexMoved):
            watch(store, ("e1", ANN))
    work(store)

    assert told(store) == [("exposed", "e1", "Shop")]


def test_a_broken_index_tells_nothing_withdrawn(tmp_path):
    store = new_store(tmp_path / "data")
    published_breach(store, SHOP, {ANN: [EMAIL]})
    watch(store, ("e1", ANN))
    published_breach(store, BANK, {BOB: [EMAIL]})
    break_index(store)
    worker.run_one(store)

    assert told(store) == [("exposed", "e1", "Shop")]
    store.close()


def test_what_a_job_that_was_given_up_left_is_told_an_hour_later(store, monkeypatch):
    watch(store, ("e1", ANN))
    published_breach(store, SHOP, {ANN: [EMAIL]})
    with monkeypatch.context() as broken:
        broken.setitem(worker.JOBS, "watch", lambda *_: 1 / 0)
        broken.setattr(worker, "AGAIN_AFTER_S", 0)
        work(store)
    monkeypatch.setattr(worker, "_now", lambda: 4 * 10**9)
    before = told(store)
    work(store)

    assert before == []
    assert told(store) == [("exposed", "e1", "Shop")]


def test_publishing_leaves_no_job_where_nobody_watches(store):
    published_breach(store, SHOP, {ANN: [EMAIL]})

    assert not worker.run_one(store)


def test_what_was_told_outlives_the_program(tmp_path):
    store = new_store(tmp_path / "data")
    published_breach(store, SHOP, {ANN: [EMAIL]})
    watch(store, ("e1", ANN))
    store.close()
    again = open_services(config.read(tmp_path / "data", {}))
    events = told(again)
    again.close()

    assert events == [("exposed", "e1", "Shop")]
