"""Loads of an operator's own domains: everyone there can be named again, nobody else, and never without the key."""

from collections.abc import Iterator

import numpy as np
import pytest

from breachcheck.addresses import Domain, canonical
from breachcheck.services import Services
from breachcheck.suppressions import Level
from ingest import boxes, writing
from ingest.boxes import Seal
from ingest.columns import TextColumn
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import EMAIL, NAMES, PLACES, described, load
from tests.stores import new_store

HERE = Domain("example.com")
ENTRY = "- {path: people.csv, mapping: {email: Email addresses, name: Names, city: Geographic locations}}"
PEOPLE = """
    email,name,city
    Ann+News@Example.com,Ann,
    ann+news@example.com,,Berlin
    bo@example.com,,
    cy@sub.example.com,Cy,
    di@gmail.com,Di,
    eve@example.org,Eve,
    "fay@example.com\ngus@example.com",,
    josé@example.com,José,
"""


@pytest.fixture
def own(tmp_path) -> Iterator[Services]:
    """A store whose operator owns example.com."""
    services = new_store(tmp_path / "data", own_domains="example.com, example.net")
    yield services
    services.close()


def told(store: Services, domain: str = HERE) -> dict[str, frozenset[str]]:
    return {one.address: one.leaked for one in store.domain_lookup.accounts_of(Domain(domain)).exposures}


def numbers(store: Services, domain: str = HERE) -> dict[frozenset[str], int]:
    return {
        classes: people
        for exposure in store.domain_lookup.all_of(Domain(domain))[0].exposures
        for classes, people in exposure.by_classes
    }


def test_everyone_of_an_own_domain_is_told_with_all_that_leaked_of_them(tmp_path, own):
    outcome = load(described(tmp_path, ENTRY, {"people.csv": PEOPLE}), own)

    assert told(own) == {
        "ann+news@example.com": {EMAIL, NAMES, PLACES},
        "bo@example.com": {EMAIL},
        "fay@example.com": {EMAIL},
        "gus@example.com": {EMAIL},
        "jos\u00e9@example.com": {EMAIL, NAMES},
    }
    assert outcome.tally.sealed == {"example.com": 5, "example.net": 0}
    assert outcome.tally.sealed["example.com"] == sum(numbers(own).values())


@pytest.mark.parametrize("domain", ["sub.example.com", "gmail.com", "example.org"])
def test_nobody_of_another_domain_is_sealed_and_all_are_counted(tmp_path, own, domain):
    load(described(tmp_path, ENTRY, {"people.csv": PEOPLE}), own)

    assert list(own.sealed_accounts.of_domain(own.digester.of_domain(Domain(domain)))) == []
    assert numbers(own, domain) == {frozenset({EMAIL, NAMES}): 1}
    assert [one.name for one in own.domain_lookup.accounts_of(Domain(domain)).not_sealed] == ["Shop"]


def test_own_people_in_a_list_of_plain_lines_are_sealed_as_in_a_table(tmp_path, own):
    lines = ["Ann+News@example.com:secret", "bo@example.com:", "cy@sub.example.com:x", "jos\u00e9@example.com:y"]
    lines += [f"p{number}@example.com:secret" for number in range(500)] + ["p7@example.com:another", "nobody:x"]
    own.opt_outs.opt_out(own.digester.of_address(canonical("bo@example.com")), Level.FORGET)
    entry = "- {path: list.txt, format: combo}"
    outcome = load(described(tmp_path, entry, {"list.txt": "\n".join(lines) + "\n"}), own)

    named = {"ann+news@example.com", "jos\u00e9@example.com", *(f"p{number}@example.com" for number in range(500))}
    assert set(told(own)) == named
    assert outcome.tally.sealed["example.com"] == len(named) == sum(numbers(own).values())
    assert told(own)["p7@example.com"] == {EMAIL, "Passwords"}


def test_without_own_domains_nothing_is_sealed(tmp_path, store):
    outcome = load(described(tmp_path, ENTRY, {"people.csv": PEOPLE}), store)

    assert told(store) == {}
    assert outcome.tally.sealed == {}
    assert sum(numbers(store).values()) == 5


def test_many_of_one_domain_are_sealed_through_the_spill(tmp_path, own, monkeypatch):
    monkeypatch.setattr(boxes, "RUN_ROWS", 200)
    monkeypatch.setattr(boxes, "HELD_ROWS", 300)
    monkeypatch.setattr(writing, "ROWS_A_PIECE", 500)
    people = "".join(f"p{number % 2000}@example.com,{'Ann' if number % 3 else ''},\n" for number in range(3000))
    outcome = load(described(tmp_path, ENTRY, {"people.csv": f"email,name,city\n{people}"}), own)

    said = {f"p{number}@example.com": {EMAIL} for number in range(2000)}
    for number in range(3000):
        said[f"p{number % 2000}@example.com"] |= {NAMES} if number % 3 else set()
    assert told(own) == said
    assert outcome.tally.sealed["example.com"] == 2000


def test_what_a_load_seals_holds_no_local_part_in_clear(tmp_path, own):
    people = "email,name,city\n" + "".join(f"canary.bird.{number}@example.com,,\n" for number in range(300))
    load(described(tmp_path, ENTRY, {"people.csv": people}), own)

    (tmp_path / "people.csv").unlink()
    assert len(told(own)) == 300
    assert [path.name for path in own.config.data.rglob("*") if path.is_file() and b"canary" in path.read_bytes()] == []


def test_a_replaced_load_is_told_no_more_and_a_withdrawn_one_neither(tmp_path, own):
    load(described(tmp_path, ENTRY, {"people.csv": "email,name,city\nann@example.com,,\nbo@example.com,,\n"}), own)
    load(described(tmp_path, ENTRY, {"people.csv": "email,name,city\nann@example.com,Ann,\n"}), own)
    after_reload = told(own), numbers(own)
    own.publishing.withdraw("Shop", by="tests")

    assert after_reload == ({"ann@example.com": {EMAIL, NAMES}}, {frozenset({EMAIL, NAMES}): 1})
    assert (told(own), numbers(own)) == ({}, {})


def test_a_held_load_is_not_told(tmp_path, own):
    outcome = load(described(tmp_path, ENTRY, {"people.csv": PEOPLE}), own, hold=True)

    assert (told(own), numbers(own)) == ({}, {})
    assert outcome.tally.sealed["example.com"] == 5


def test_a_dry_run_tells_whom_it_would_seal_and_keeps_nobody(tmp_path, own):
    outcome = load(described(tmp_path, ENTRY, {"people.csv": PEOPLE}), own, dry_run=True)

    assert outcome.tally.sealed["example.com"] == 5
    assert list(own.sealed_accounts.of_domain(own.digester.of_domain(HERE))) == []


@pytest.mark.parametrize("level", list(Level))
def test_whoever_opted_out_is_not_named_by_their_address_nor_by_an_alias(tmp_path, own, level):
    load(described(tmp_path, ENTRY, {"people.csv": PEOPLE}), own)
    own.opt_outs.opt_out(own.digester.of_address(canonical("ann@example.com")), level)
    own.opt_outs.opt_out(own.digester.of_address(canonical("bo@example.com")), level)

    assert sorted(told(own)) == ["fay@example.com", "gus@example.com", "jos\u00e9@example.com"]


def test_whoever_was_forgotten_before_a_load_is_neither_sealed_nor_counted(tmp_path, own):
    own.opt_outs.opt_out(own.digester.of_address(canonical("bo@example.com")), Level.FORGET)
    outcome = load(described(tmp_path, ENTRY, {"people.csv": PEOPLE}), own)

    assert "bo@example.com" not in told(own)
    assert outcome.tally.sealed["example.com"] == 4
    assert sum(numbers(own).values()) == 4
    sealed = own.sealed_accounts.of_domain(own.digester.of_domain(HERE))
    assert own.digester.of_address(canonical("bo@example.com")) not in {one.digest for one in sealed}


def test_what_everyone_may_be_told_does_not_name_an_own_domain(tmp_path, own):
    load(described(tmp_path, ENTRY, {"people.csv": PEOPLE}), own)

    assert own.catalogue.published().get("Shop").tally.sealed == {}


def test_one_person_in_a_batch_many_times_is_sealed_once(own):
    seal = Seal(own.sealer, own.digester, {HERE}, "Shop")
    digests, domains = np.array([3, 3, 4], np.int64), np.full(3, own.digester.of_domain(HERE))
    texts = TextColumn.of([b"ann@example.com", b"ann@example.com", b"bo+x@example.com"])

    found = seal.boxes(texts, digests, domains)

    base = own.digester.of_address(canonical("bo@example.com"))
    assert (found[0].tolist(), found[2].tolist()) == ([3, 4], [3, base])
    assert own.sealer.open(bytes(found[3][1]), HERE, 4, "Shop") == "bo+x@example.com"
