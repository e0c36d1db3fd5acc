"""/api/v1/lookup: event ids, and what it tells of organisations."""

import re
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from breachcheck.breaches import Facts
from breachcheck.digests import Digest, Kind
from breachcheck.disclosure import KEY
from breachcheck.loads import Contents
from breachcheck.services import Services
from breachcheck.tallies import Tally
from breachcheck.web.app import create_app
from tests.engines import ENGINES as ENGINES
from tests.stores import LOADED_AT, SHOP, facts, published_breach

EMAIL, NAMES, PRIVATE = "Email addresses", "Names", "Sexual orientations"
CAFE = facts(name="Cafe", title="Cafe")
NAMED = ("Cafe", "Shop")


@pytest.fixture
def client(store: Services) -> FlaskClient:
    return create_app(store).test_client()


@pytest.fixture
def headers(store: Services) -> dict[str, str]:
    return {"Authorization": f"Bearer {store.api_keys.create('tests', ['lookup'])[1]}"}


@pytest.fixture
def exposures(client: FlaskClient, headers: dict[str, str]) -> Any:
    """Ask about an account; its exposures by the name of the breach."""

    def ask(account: str, kind: str = "email") -> dict[str, Any]:
        answer = client.post("/api/v1/lookup", json={"account": account, "kind": kind}, headers=headers)
        assert answer.status_code == 200
        return {one["breach"]["name"]: one for one in answer.json["exposures"]}

    return ask


def organisations(store: Services, about: Facts, counts: dict[str, dict[tuple[str, ...], int]], counted: bool) -> None:
    """A published breach whose organisations have so many records of each combination of classes."""
    load_id = store.loads.start(
        store.breaches.id_of(about.name), about, manifest="", sha256="ab" * 32, program="test", by="tests", at=LOADED_AT
    )
    sets = sorted({classes for by_classes in counts.values() for classes in by_classes})
    ids = dict(zip(sets, store.field_sets.add(load_id, [(frozenset(one), False) for one in sets]), strict=True))
    rows = sorted(
        (store.digester.of(Kind.ORG_ID, org, about.name), ids[classes], number)
        for org, by_classes in counts.items()
        for classes, number in by_classes.items()
    )
    columns = [column.copy() for column in np.array(rows, np.int64).T]
    store.index.insert(load_id, 0, columns[0], columns[1])
    store.headcounts.insert(*columns)
    found = sorted({name for classes in sets for name in classes})
    tally = Tally(coverage=dict.fromkeys(found, 1), organisations=len(counts) if counted else None)
    contents = Contents(mapped=tuple(found), kinds=("email", "org-id"))
    store.loads.complete(load_id, contents, tally, dict.fromkeys(ids.values(), 1), LOADED_AT)
    store.publishing.publish(load_id, by="tests")


def test_an_event_id_is_the_same_whenever_and_however_it_is_asked(store: Services, exposures: Any) -> None:
    published_breach(store, SHOP, {"ann@example.com": [EMAIL, NAMES]})
    first = exposures("ann@example.com")["Shop"]["event_id"]
    published_breach(store, SHOP, {"ann@example.com": [EMAIL, NAMES], "bob@example.com": [EMAIL]})

    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert exposures(" Ann@EXAMPLE.com")["Shop"]["event_id"] == first


def test_another_account_breach_class_or_spelling_is_another_event(store: Services, exposures: Any) -> None:
    people = {"ann@example.com": [EMAIL, NAMES], "bob@example.com": [EMAIL, NAMES], "cy+x@example.com": [EMAIL]}
    published_breach(store, SHOP, people)
    published_breach(store, CAFE, people)
    before = {exposures(who)[name]["event_id"] for who in people for name in ("Shop", "Cafe")}
    aliases = {one["event_id"] for one in exposures("cy@example.com").values()}
    published_breach(store, SHOP, {"ann@example.com": [EMAIL]})

    assert len(before | aliases) == len(people) * 2 + 2
    assert exposures("ann@example.com")["Shop"]["event_id"] not in before


def test_an_event_id_tells_nothing_that_is_for_the_owner_alone(store: Services, exposures: Any) -> None:
    people = {"ann@example.com": [EMAIL, PRIVATE], "bob@example.com": [EMAIL]}
    published_breach(store, SHOP, people)
    first = exposures("ann@example.com")["Shop"]["event_id"]
    published_breach(store, SHOP, {"ann@example.com": [EMAIL], "bob@example.com": [EMAIL, PRIVATE]})

    assert exposures("ann@example.com")["Shop"]["event_id"] == first


def test_an_event_id_has_nothing_of_the_digest_in_it(store: Services) -> None:
    digest = store.digester.of(Kind.EMAIL, "ann@example.com")

    made = {store.digester.event_id(Digest(digest + n), "Shop", [EMAIL], via_alias=False) for n in range(3)}

    assert len({one[:8] for one in made}) == 3
    assert f"{digest % 2**64:016x}" not in " ".join(made)


def test_an_organisation_is_told_how_many_records_hold_what(store: Services, exposures: Any) -> None:
    counts = {"acme": {(EMAIL,): 3, (EMAIL, NAMES): 9}, "other": {(EMAIL,): 1}}
    organisations(store, SHOP, counts, counted=True)

    told = exposures("acme", "org-id")["Shop"]

    assert told["records"] == 12
    assert told["records_by_classes"] == [
        {"classes": [EMAIL, NAMES], "records": 9},
        {"classes": [EMAIL], "records": 3},
    ]


def test_an_organisation_is_advised_nothing_that_is_said_to_a_person(store: Services, exposures: Any) -> None:
    organisations(store, SHOP, {"acme": {(EMAIL, NAMES): 9}}, counted=True)

    told = exposures("acme", "org-id")["Shop"]

    assert told["advice"] == []
    assert "your" not in str(told).lower()


def test_an_organisations_numbers_keep_what_is_for_owners_alone(store: Services, exposures: Any) -> None:
    organisations(store, SHOP, {"acme": {(EMAIL, PRIVATE): 2, (EMAIL,): 5}}, counted=True)

    told = exposures("acme", "org-id")["Shop"]

    assert told["records_by_classes"] == [{"classes": [EMAIL], "records": 7}]


def test_an_organisation_that_nobody_counted_has_no_number(store: Services, exposures: Any) -> None:
    organisations(store, SHOP, {"acme": {(EMAIL,): 3}}, counted=False)

    told = exposures("acme", "org-id")["Shop"]

    assert (told["records"], told["records_by_classes"]) == (None, [])


def test_each_breach_has_an_organisation_of_its_own(store: Services, exposures: Any) -> None:
    organisations(store, SHOP, {"acme": {(EMAIL,): 3}}, counted=True)
    organisations(store, CAFE, {"acme": {(EMAIL,): 4}}, counted=True)

    told = exposures("acme", "org-id")

    assert {name: one["records"] for name, one in told.items()} == {"Shop": 3, "Cafe": 4}
    assert told["Shop"]["event_id"] != told["Cafe"]["event_id"]


def test_an_event_id_is_the_same_where_one_breach_is_asked_alone(store: Services) -> None:
    for about in (SHOP, CAFE):
        organisations(store, about, {"acme": {(EMAIL,): 3}}, counted=True)

    every = store.lookup.ask("acme", KEY, kind=Kind.ORG_ID)
    alone = {name: store.lookup.ask("acme", KEY, kind=Kind.ORG_ID, breach=name).event_ids[0] for name in NAMED}

    named = [one.breach.name for one in every.exposures]
    assert dict(zip(named, every.event_ids, strict=True)) == alone


def test_a_person_is_told_of_no_records(store: Services, exposures: Any) -> None:
    published_breach(store, SHOP, {"ann@example.com": [EMAIL]})

    assert "records" not in exposures("ann@example.com")["Shop"]
