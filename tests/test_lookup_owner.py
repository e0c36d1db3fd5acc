"""The look-up of a proved owner: by digests alone, with what is told to nobody else."""

from itertools import count

import pytest

from breachcheck import addresses
from breachcheck.digests import Digest
from breachcheck.errors import IndexMoved, NothingToAsk
from breachcheck.index import Index
from breachcheck.owner_links import Owner
from breachcheck.services import Services
from breachcheck.suppressions import Level
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, new_store, published_breach

ANN, TAGGED = "ann@example.com", "ann+shop@example.com"
EMAIL = "Email addresses"


def digest(store: Services, account: str) -> Digest:
    return store.digester.of_address(addresses.canonical(account))


def owner(store: Services, account: str) -> Owner:
    base = addresses.base_of(addresses.canonical(account))
    return Owner(digest(store, account), None if base is None else digest(store, base))


def titles(store: Services, account: str) -> list[str]:
    return sorted(one.breach.name for one in store.lookup.ask_owner(owner(store, account)).exposures)


def test_an_owner_is_told_of_private_breaches_private_details_and_aliases(store):
    published_breach(store, facts(name="Clinic", is_sensitive=True), {ANN: [EMAIL, "Personal health data"]})
    published_breach(store, SHOP, {TAGGED: [EMAIL]})
    exposures = {one.breach.name: one for one in store.lookup.ask_owner(owner(store, ANN)).exposures}

    assert exposures["Clinic"].leaked == ("Personal health data", EMAIL)
    assert exposures["Clinic"].owner_only == ()
    assert exposures["Shop"].via_alias


@pytest.mark.parametrize(
    ("suppressed", "level", "told"),
    [
        (TAGGED, Level.HIDE, ["Shop"]),
        (ANN, Level.HIDE, ["Shop"]),
        (TAGGED, Level.FORGET, []),
        (ANN, Level.FORGET, []),
    ],
)
def test_what_hides_or_forgets_an_address_holds_for_its_owner_and_for_those_of_its_aliases(
    store, suppressed, level, told
):
    published_breach(store, SHOP, {TAGGED: [EMAIL]})
    assert titles(store, TAGGED) == ["Shop"]
    store.opt_outs.opt_out(digest(store, suppressed), level)

    assert titles(store, TAGGED) == told


def test_where_nothing_may_be_told_there_is_no_answer(tmp_path):
    store = new_store(tmp_path / "data", disclosure="closed")
    published_breach(store, SHOP, {ANN: [EMAIL]})
    with pytest.raises(NothingToAsk):
        store.lookup.ask_owner(owner(store, ANN))
    store.close()


def test_what_keeps_moving_is_no_answer(store, monkeypatch):
    published_breach(store, SHOP, {ANN: [EMAIL]})
    field_sets_of, numbers = Index.field_sets_of, count()

    def moving(self, digest):
        store.publishing.update(facts(description=f"Correction {next(numbers)}."), by="tests")
        return field_sets_of(self, digest)

    monkeypatch.setattr(Index, "field_sets_of", moving)

    with pytest.raises(IndexMoved):
        store.lookup.ask_owner(owner(store, ANN))
