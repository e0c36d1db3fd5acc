"""The main job, end to end: from the example breaches' files to an answer at every door, held to what is known."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from breachcheck import data_classes
from breachcheck.disclosure import OPERATOR, PUBLIC
from breachcheck.services import Services
from breachcheck.web.app import create_app
from ingest import manifest, pipeline
from tests.engines import ENGINES as ENGINES
from tests.stores import new_store

EXAMPLES = Path(__file__).parents[1] / "examples"
KNOWN = json.loads((EXAMPLES / "known_answers.json").read_text())
BREACHES = ("plimsnorth", "quorvane", "openai-mixpanel")
NOT_PEOPLE = ("open.sesame@kettle.example", "neighbour.of.ann@example.org", "sister.of.cleo@example.org")
PRIVATE_BREACH = "Quorvane-Counselling"
HEADERS = {"User-Agent": "test"}


class Silent:
    """Nobody watches."""

    def update(self, stage: str, records: int, bytes_done: int, bytes_total: int) -> None:
        pass


@pytest.fixture(scope="module")
def loaded(tmp_path_factory, lasting_engine) -> Iterator[Services]:
    """A store with the three example breaches."""
    store = new_store(tmp_path_factory.mktemp("main") / "data", lookups_a_minute=0)
    for name in BREACHES:
        read = manifest.read(EXAMPLES / name / "breach.yaml")
        pipeline.run(read, store, progress=Silent(), by="tests")
    yield store
    store.close()


@pytest.fixture(scope="module")
def client(loaded):
    return create_app(loaded).test_client()


@pytest.fixture(scope="module")
def key(loaded) -> str:
    return loaded.api_keys.create("tests", ["lookup"], limit_per_minute=0)[1]


def public(classes: list[str]) -> set[str]:
    return {name for name in classes if not data_classes.is_owner_only(name)}


@pytest.mark.parametrize("name", KNOWN["breaches"])
def test_the_tally_is_what_the_files_hold(loaded, name):
    tally = loaded.catalogue.published().get(name).tally
    known = KNOWN["breaches"][name]

    assert tally.read == known["read"] == tally.indexed + tally.duplicates + sum(tally.rejected.values())
    assert (tally.indexed, tally.duplicates) == (known["indexed"], known["duplicates"])
    assert sum(tally.rejected.values()) == known["rejected"]
    assert tally.people == known["people"]
    assert tally.coverage == known["people_by_class"]


@pytest.mark.parametrize("account", KNOWN["accounts"])
def test_the_operator_is_told_exactly_what_leaked_of_each_known_person(loaded, account):
    exposures = loaded.lookup.ask(account, OPERATOR).exposures

    told = {one.breach.name: sorted(one.leaked) for one in exposures if not one.via_alias}
    assert told == {name: sorted(classes) for name, classes in KNOWN["accounts"][account].items()}


@pytest.mark.parametrize("account", KNOWN["accounts"])
def test_v1_tells_a_key_what_is_not_private(client, key, account):
    answer = client.post("/api/v1/lookup", json={"account": account}, headers={"Authorization": f"Bearer {key}"}).json

    told = {one["breach"]["name"]: set(one["leaked"]) for one in answer["exposures"] if not one["via_alias"]}
    known = KNOWN["accounts"][account]
    assert told == {name: public(classes) for name, classes in known.items() if name != PRIVATE_BREACH}
    assert answer["checked"]["breaches"] == 2


@pytest.mark.parametrize("account", KNOWN["accounts"])
def test_v3_lists_the_breaches_of_each_known_person(client, key, account):
    response = client.get(f"/api/v3/breachedaccount/{account}", headers=HEADERS | {"hibp-api-key": key})

    known = set(KNOWN["accounts"][account]) - {PRIVATE_BREACH}
    assert response.status_code == (200 if known else 404)
    assert {one["Name"] for one in (response.json if known else [])} == known


@pytest.mark.parametrize("account", KNOWN["accounts"])
def test_the_page_says_yes_to_those_who_are_in_a_breach_that_all_may_see(client, account):
    page = client.post("/", data={"account": account}, follow_redirects=True)
    title = re.search(r"<title>\s*(.*?)\s*</title>", page.text, re.DOTALL).group(1)

    known = set(KNOWN["accounts"][account]) - {PRIVATE_BREACH}
    assert page.status_code == 200
    assert title.startswith("Yes, " if known else "Not found")
    assert account not in title


@pytest.mark.parametrize("account", KNOWN["via_alias"])
def test_an_alias_is_told_to_the_operator_as_one_and_to_the_public_not_at_all(loaded, account):
    exposures = loaded.lookup.ask(account, OPERATOR).exposures

    told = {one.breach.name: sorted(one.leaked) for one in exposures if one.via_alias}
    assert told == {name: sorted(classes) for name, classes in KNOWN["via_alias"][account].items()}
    assert loaded.lookup.ask(account, PUBLIC).exposures == ()


@pytest.mark.parametrize("text", NOT_PEOPLE)
def test_nobody_is_invented_from_a_password_a_note_or_a_message(loaded, text):
    assert loaded.lookup.ask(text, OPERATOR).status == "not_found"


def test_nothing_advises_to_change_a_password_where_none_leaked(client):
    page = client.post("/", data={"account": "Demo.Person.Two@googlemail.com"}, follow_redirects=True).text

    assert "OpenAI (Mixpanel)" in page
    assert "Change your" not in page
    assert "You do not need to" in page
