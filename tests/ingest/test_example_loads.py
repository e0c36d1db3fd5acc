"""The examples, loaded, say of everyone what the script that made them knows."""

import json
from pathlib import Path

import pytest

from breachcheck.disclosure import OPERATOR
from ingest import manifest as manifests
from ingest import pipeline
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import Silent
from tests.stores import new_store

EXAMPLES = Path(__file__).parents[2] / "examples"
KNOWN = json.loads((EXAMPLES / "known_answers.json").read_text(encoding="utf-8"))
MANIFESTS = json.loads((EXAMPLES / "demo.json").read_text(encoding="utf-8"))["manifests"]


@pytest.fixture(scope="module")
def loaded(lasting_engine, tmp_path_factory):
    """A store with every example in it, and the tally of each."""
    services = new_store(tmp_path_factory.mktemp("examples") / "data")
    tallies = {}
    for path in MANIFESTS:
        manifest = manifests.read(EXAMPLES / path)
        tallies[manifest.facts.name] = pipeline.run(manifest, services, progress=Silent(), by="tests").tally
    yield services, tallies
    services.close()


@pytest.mark.parametrize("name", KNOWN["breaches"])
def test_an_examples_tally_is_the_known_one(loaded, name):
    tally, known = loaded[1][name], KNOWN["breaches"][name]

    counts = (tally.read, tally.indexed, tally.duplicates, sum(tally.rejected.values()), tally.people)
    assert counts == tuple(known[key] for key in ("read", "indexed", "duplicates", "rejected", "people"))
    assert tally.coverage == known["people_by_class"]


@pytest.mark.parametrize("account", KNOWN["accounts"])
def test_an_operator_is_told_the_known_classes_of_an_account(loaded, account):
    assert leaked(loaded[0], account, via_alias=False) == KNOWN["accounts"][account]


@pytest.mark.parametrize("account", KNOWN["via_alias"])
def test_an_operator_is_told_the_known_classes_of_an_aliass_base(loaded, account):
    assert leaked(loaded[0], account, via_alias=True) == KNOWN["via_alias"][account]


def leaked(services, account, *, via_alias):
    answer = services.lookup.ask(account, OPERATOR)
    return {
        exposure.breach.name: sorted(exposure.leaked)
        for exposure in answer.exposures
        if exposure.via_alias == via_alias
    }
