"""Records that name their person by an id find them, whatever had to be spilled; those that do not are counted."""

from collections import Counter
from contextlib import ExitStack, closing, contextmanager

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.columns import TextColumn
from ingest.gathering import Gathering
from ingest.joins import NOBODY, Junction
from ingest.runs import equal_ranges
from ingest.words import Words

WORDS = Words(["Names", "Usernames"])
IDS = st.integers(1, 6).map(lambda number: number * 2**60 - 2**62)
PEOPLE = st.lists(st.tuples(IDS, st.integers(-3, 3), st.booleans()), max_size=12)
REFERENCES = st.lists(
    st.tuples(
        st.lists(IDS | st.just(NOBODY), min_size=2, max_size=2).filter(any), st.integers(0, 1), st.integers(0, 15)
    ),
    max_size=20,
)


@contextmanager
def meeting(folder, **sizes):
    with closing(Junction(folder, **sizes)) as junction, closing(Gathering(folder, WORDS)) as gathered:
        yield junction, gathered


def contents(runs):
    return {
        int(key): int(word)
        for columns in runs.ranges(equal_ranges(2))
        if columns
        for key, word in zip(*columns, strict=True)
    }


def expected_of(people, references):
    direct, aliases, joined, unmatched = {}, {}, Counter(), Counter()
    for ids, file, word in references:
        found = next((one for one in ids if one != NOBODY and any(one == person[0] for person in people)), None)
        (unmatched if found is None else joined)[file] += 1
        for person, digest, is_alias in people:
            if person == found:
                side = aliases if is_alias else direct
                side[digest] = side.get(digest, 0) | word
    return direct, aliases, joined, unmatched


@pytest.mark.parametrize("sizes", [{}, {"run_rows": 3, "held_rows": 4}], ids=["in memory", "spilled"])
@given(people=PEOPLE, references=REFERENCES)
def test_every_reference_reaches_the_people_of_its_first_known_id(tmp_path_factory, sizes, people, references):
    with meeting(tmp_path_factory.getbasetemp(), **sizes) as (junction, gathered):
        for person, digest, is_alias in people:
            junction.add_people(np.array([person]), np.array([digest]), are_aliases=is_alias)
        for ids, file, word in references:
            junction.add_references(np.array([ids]), file, np.array([word], np.uint32))

        found, lost, _ = junction.join(gathered)

        assert (contents(gathered.direct), contents(gathered.aliases), found, lost) == expected_of(people, references)


def test_records_that_are_not_counted_still_reach_their_person(tmp_path):
    with meeting(tmp_path) as (junction, gathered):
        junction.add_people(np.array([5]), np.array([50]), are_aliases=False)

        junction.add_references(np.array([[5]]), 0, np.array([8], np.uint32), counted=False)

        assert junction.join(gathered).joined == Counter({0: 0})
        assert contents(gathered.direct) == {50: 8}


def test_an_id_is_digested_otherwise_at_every_junction(tmp_path):
    ids = TextColumn.of([b"17"])

    assert Junction(tmp_path).digests(ids).tolist() != Junction(tmp_path).digests(ids).tolist()


def test_a_join_on_one_id_can_be_spilled(tmp_path):
    with meeting(tmp_path, run_rows=1, held_rows=0) as (junction, gathered):
        for number in range(1, 6):
            junction.add_people(np.array([number]), np.array([number * 10]), are_aliases=False)
            junction.add_references(np.array([[number]]), 0, np.array([4], np.uint32))

        assert junction.join(gathered)[0] == Counter({0: 5})
        assert contents(gathered.direct) == {10: 4, 20: 4, 30: 4, 40: 4, 50: 4}


CHAINS = st.lists(st.tuples(st.lists(IDS | st.just(NOBODY), min_size=2, max_size=2).filter(any), IDS), max_size=12)


def reached_through(relays, people):
    """Whom each onward id leads to, by the first of its relay's ids that anybody has."""
    reached = {}
    for ids, onward in relays:
        first = next((one for one in ids if one != NOBODY and any(one == person[0] for person in people)), None)
        reached.setdefault(onward, set()).update(person[1:] for person in people if person[0] == first)
    return [(onward, *who) for onward, some in reached.items() for who in some]


@pytest.mark.parametrize("sizes", [{}, {"run_rows": 3, "held_rows": 4}], ids=["in memory", "spilled"])
@pytest.mark.parametrize("numbers", [None, np.array([7])], ids=["counted", "listed"])
@given(people=PEOPLE, orders=CHAINS, tickets=CHAINS, replies=REFERENCES)
def test_words_travel_back_along_a_chain_to_everyone_at_its_end(
    tmp_path_factory, sizes, numbers, people, orders, tickets, replies
):
    folder = tmp_path_factory.getbasetemp()
    with meeting(folder, **sizes) as (users, gathered), ExitStack() as stack:
        by_order, by_ticket = (stack.enter_context(closing(Junction(folder, **sizes))) for _ in range(2))
        for person, digest, is_alias in people:
            users.add_people(np.array([person]), np.array([digest]), are_aliases=is_alias)
        for junction, relays, to in ((users, orders, by_order), (by_order, tickets, by_ticket)):
            for ids, onward in relays:
                junction.add_relays(np.array([ids]), np.array([onward]), to)
        for ids, file, word in replies:
            by_ticket.add_references(np.array([ids]), file, np.array([word], np.uint32), numbers=numbers)
        users.pass_on()
        by_order.pass_on()

        found, lost, left_out = by_ticket.join(gathered)
        by_order.join(gathered)
        users.join(gathered)

        at_last = reached_through(tickets, reached_through(orders, people))
        expected = expected_of(at_last, replies)
        assert (contents(gathered.direct), contents(gathered.aliases), found, lost) == expected
        assert left_out == Counter()


def test_what_a_chain_takes_does_not_grow_with_how_many_share_an_id(tmp_path):
    ids = np.full(3000, 5)
    with meeting(tmp_path) as (users, gathered), closing(Junction(tmp_path)) as by_order:
        users.add_people(ids, np.arange(3000), are_aliases=False)
        users.add_relays(ids[:, None], ids + 1, by_order)
        users.pass_on()
        by_order.add_references(ids[:, None] + 1, 0, np.full(3000, 4, np.uint32))

        assert by_order.join(gathered).joined == Counter({0: 3000})
        assert gathered.direct.rows == 0  # not 3,000 people of each of 3,000 orders
        users.join(gathered)
        assert contents(gathered.direct) == dict.fromkeys(range(3000), 4)
