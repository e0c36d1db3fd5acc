"""Headcounts of loads: what a count by hand gives, however the records of a person are spread."""

import random
from collections import Counter, defaultdict

import numpy as np
import pytest

from breachcheck.addresses import Domain, canonical, canonical_domain, domain_of
from breachcheck.digests import Kind
from breachcheck.errors import BreachcheckError
from ingest import domains, writing
from ingest.columns import TextColumn
from ingest.domains import ASIDE, DomainNumbers, domains_in
from ingest.words import DOMAIN_BITS
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import EMAIL, NAMES, PLACES, described, load

PEOPLE = "{path: people.csv, mapping: {email: Email addresses, name: Names, city: Geographic locations}}"
STAFF = """
- path: staff.csv
  mapping: {email: Email addresses, name: Names, city: Geographic locations, org: Organisation identifiers}
  identifiers: {org: org-id}
"""


def headcounts(store, load_id, digest):
    """The numbers of *digest* in a load, by data classes."""
    by_id = {one.id: one for one in store.field_sets.of_load(load_id)}
    assert not any(by_id[number].via_alias for number in store.headcounts.of(digest) if number in by_id)
    return {by_id[number].classes: count for number, count in store.headcounts.of(digest).items() if number in by_id}


def of_domain(store, load_id, domain):
    return headcounts(store, load_id, store.digester.of_domain(canonical_domain(domain)))


def of_organisation(store, load_id, organisation):
    return headcounts(store, load_id, store.digester.of(Kind.ORG_ID, organisation, "Shop"))


def classes(*names):
    return frozenset(names)


def test_people_are_counted_once_with_all_that_their_records_say(tmp_path, store):
    people = """
        email,name,city
        ann@example.com,Ann,
        ANN@Example.com,,Berlin
        bo@example.com,,
        cy@example.com,Cy,Paris
        di@example.org,Di,
        ,Nobody,
    """
    outcome = load(described(tmp_path, f"- {PEOPLE}", {"people.csv": people}), store)

    both = classes(EMAIL, NAMES, PLACES)
    assert of_domain(store, outcome.load_id, "example.com") == {both: 2, classes(EMAIL): 1}
    assert of_domain(store, outcome.load_id, "EXAMPLE.org") == {classes(EMAIL, NAMES): 1}
    assert of_domain(store, outcome.load_id, "example.net") == {}
    assert (outcome.tally.domains, outcome.tally.organisations) == (2, 0)


def test_an_address_with_a_tag_is_one_person_and_its_base_is_none(tmp_path, store):
    people = "email,name,city\nann+news@example.com,Ann,\n"
    outcome = load(described(tmp_path, f"- {PEOPLE}", {"people.csv": people}), store)

    assert of_domain(store, outcome.load_id, "example.com") == {classes(EMAIL, NAMES): 1}


def test_a_subdomain_counts_for_itself(tmp_path, store):
    people = "email,name,city\nann@mail.example.com,Ann,\n"
    outcome = load(described(tmp_path, f"- {PEOPLE}", {"people.csv": people}), store)

    assert of_domain(store, outcome.load_id, "example.com") == {}
    assert of_domain(store, outcome.load_id, "mail.example.com") == {classes(EMAIL, NAMES): 1}


def test_odd_spellings_count_where_plain_ones_do(tmp_path, store):
    people = """
        email,name,city
        a.n.n@googlemail.com,Ann,
        bo@gmail.com,Bo,
        cy@bücher.example,Cy,
        di%40BÜCHER.example,Di,
        "eve@example.com\nfay@example.org",Eve,
    """
    outcome = load(described(tmp_path, f"- {PEOPLE}", {"people.csv": people}), store)

    expected = {"gmail.com": 2, "bücher.example": 2}
    assert {name: of_domain(store, outcome.load_id, name) for name in expected} == {
        name: {classes(EMAIL, NAMES): count} for name, count in expected.items()
    }


def test_an_organisation_has_its_records_counted_by_what_each_says(tmp_path, store):
    staff = """
        email,name,city,org
        ann@example.com,Ann,,acme
        ann@example.com,Ann,,acme
        ann@example.com,,,acme
        ,Bo,,acme
        cy@example.com,,,other
        di@example.com,,,
    """
    outcome = load(described(tmp_path, STAFF, {"staff.csv": staff}), store)

    of = "Organisation identifiers"
    assert of_organisation(store, outcome.load_id, "acme") == {
        classes(EMAIL, NAMES, of): 2,
        classes(EMAIL, of): 1,
        classes(NAMES, of): 1,
    }
    assert of_organisation(store, outcome.load_id, "other") == {classes(EMAIL, of): 1}
    assert outcome.tally.organisations == 2


def test_a_record_that_names_an_organisation_twice_counts_once(tmp_path, store):
    entries = """
    - path: staff.csv
      mapping: {email: Email addresses}
      identifiers: {org: org-id, team: org-id}
    """
    staff = "email,org,team\nann@example.com,acme,acme\nbo@example.com,acme,labs\n"
    outcome = load(described(tmp_path, entries, {"staff.csv": staff}), store)

    assert of_organisation(store, outcome.load_id, "acme") == {classes(EMAIL, "Organisation identifiers"): 2}
    assert of_organisation(store, outcome.load_id, "labs") == {classes(EMAIL, "Organisation identifiers"): 1}


@pytest.mark.parametrize("piece", [400_000, 700])
def test_the_numbers_are_those_of_a_count_by_hand(tmp_path, store, monkeypatch, piece):
    monkeypatch.setattr(writing, "ROWS_A_PIECE", piece)
    chance = random.Random(7)
    people, cities, expected = made_up(chance)
    entries = f"""
    - {PEOPLE.replace("city: Geographic locations", "id: Account identifiers")}
    - path: cities.csv
      mapping: {{city: Geographic locations}}
      join: {{column: person, to: people.csv, on: id}}
    """
    outcome = load(described(tmp_path, entries, {"people.csv": people, "cities.csv": cities}), store)

    told = {name: of_domain(store, outcome.load_id, name) for name in expected}
    assert told == expected
    assert outcome.tally.domains == len(expected)
    assert outcome.tally.people == sum(sum(one.values()) for one in expected.values())


def made_up(chance):
    """Two files and, for each domain, what they say of how many people. Some of the domains have the same number."""
    said = defaultdict(set)
    people, cities = ["email,name,id"], ["person,city"]
    for number in range(12_000):
        domain = f"d{chance.choice([chance.randrange(10), chance.randrange(3000)])}.example"
        text = f"p{chance.randrange(9_000)}{chance.choice(['', '', '+tag'])}@{domain}"
        name, city = chance.choice(["Ann", ""]), chance.choice(["Berlin", "", None])
        people.append(f"{chance.choice([text, text.upper()])},{name},id{number}")
        said[canonical(text)] |= {EMAIL, "Account identifiers"} | ({NAMES} if name else set())
        if city is not None:
            cities.append(f"id{number},{city}")
            said[canonical(text)] |= {PLACES} if city else set()
    expected = defaultdict(Counter)
    for address, names in said.items():
        expected[domain_of(address)][frozenset(names)] += 1
    return "\n".join(people) + "\n", "\n".join(cities) + "\n", {name: dict(count) for name, count in expected.items()}


def test_the_made_up_domains_do_not_all_have_a_number_of_their_own(store):
    digests = np.array([store.digester.of_domain(Domain(f"d{number}.example")) for number in range(3000)], np.int64)

    numbers = DomainNumbers().numbers(digests)

    assert 10 < np.count_nonzero(numbers == ASIDE) < 500


def test_a_number_once_given_stays_with_its_domain():
    numbers = DomainNumbers()
    first, second = np.array([5 << 48, (6 << 48) + 1, -1]), np.array([(5 << 48) + 9, 5 << 48, (6 << 48) + 1])

    given = numbers.numbers(first)

    assert given.tolist() == [5, 6, (1 << DOMAIN_BITS) - 1]
    assert numbers.digests(given).tolist() == first.tolist()
    assert numbers.numbers(second).tolist() == [ASIDE, 5, 6]


def test_domains_whose_numbers_would_mean_none_are_told_aside():
    digests = np.array([1, (1 << 48) + 1], np.int64)

    assert DomainNumbers().numbers(digests).tolist() == [ASIDE, ASIDE]


@pytest.mark.parametrize("between", [[], [b"n.a."], [b"@", b"a@b@c"]])
def test_a_domain_is_what_stands_behind_the_last_at(between):
    column = TextColumn.of([b"ann@example.com", *between, b"bo@mail.example.org"])

    found = domains_in(column.take(np.array([0, len(between) + 1])))

    assert found.values() == [b"example.com", b"mail.example.org"]


def test_a_load_that_failed_or_is_withdrawn_counts_nowhere(tmp_path, store):
    people = "email,name,city\nann@example.com,Ann,\n" + "nobody,,\n" * 9
    manifest = described(tmp_path, f"- {PEOPLE}", {"people.csv": people})
    with pytest.raises(BreachcheckError):
        load(manifest, store)
    assert store.headcounts.of(store.digester.of_domain(Domain("example.com"))) == {}

    outcome = load(manifest, store, max_rejected=1)
    store.publishing.withdraw("Shop", by="tests")

    visible = store.catalogue.published().field_sets
    assert of_domain(store, outcome.load_id, "example.com") == {classes(EMAIL, NAMES): 1}
    assert not any(one in visible for one in store.headcounts.of(store.digester.of_domain(Domain("example.com"))))


def test_a_dry_run_counts_and_writes_nothing(tmp_path, store):
    people = "email,name,city\nann@example.com,Ann,\nbo@example.org,,\n"
    outcome = load(described(tmp_path, f"- {PEOPLE}", {"people.csv": people}), store, dry_run=True)

    assert outcome.tally.domains == 2
    assert store.headcounts.of(store.digester.of_domain(Domain("example.com"))) == {}


def test_the_number_of_a_domain_is_never_0_or_aside():
    assert {domains.NONE, domains.ASIDE} == {0, 1}
