"""Webhooks of domains: told the numbers that are other than before, of a domain that is proved, and nobody's name."""

import json
from pathlib import Path

import pytest

from breachcheck.addresses import Domain, canonical
from breachcheck.disclosure import KEY
from breachcheck.domains import DAY_S, Way
from breachcheck.suppressions import Level
from breachcheck.webhooks.hooking import Wish
from ingest import manifest as manifests
from tests.engines import ENGINES as ENGINES
from tests.hooked import HOOK, NOW, call, hook, hooked_store, log
from tests.ingest.loads import load
from tests.stores import facts
from tests.watched import HOLDER, work
from tests.web.test_openapi import mismatches

DESCRIPTION = Path(__file__).parents[2] / "breachcheck" / "web" / "openapi.json"
DOMAIN = Domain("site.example")
MANY = ("ann", "bo", "cy", "di", "eve", "fay")


@pytest.fixture
def store(tmp_path):
    """Of a holder who has proved the domain."""
    with hooked_store(tmp_path / "data") as opened:
        prove(opened)
        yield opened


@pytest.fixture
def hooked(store, receiver):
    """The secret of the domain's webhook."""
    return hook(store, receiver, "domain", DOMAIN)


def prove(store, key_id=1):
    claim = store.domains.begin(key_id, DOMAIN, now=NOW)
    store.domains.note_proved(claim, Way.DNS, now=NOW)


def publish(store, name, people, *, sensitive=False):
    """Load and publish a breach of *people* of the domain, all with names, and of one of another."""
    folder = store.config.data.parent / f"{name} {len(list(store.config.data.parent.iterdir()))}"
    folder.mkdir()
    rows = "".join(f"{one}@{DOMAIN},{one}\n" for one in people)
    (folder / "people.csv").write_text(f"email,name\n{rows}cy@other.example,Cy\n", encoding="utf-8")
    (folder / "breach.yaml").write_text(
        f"manifest: 1\nname: {name}\ntitle: The {name}\nbreach_date: 2026-03-14\ndescription: A breach.\n"
        f"is_sensitive: {json.dumps(sensitive)}\n"
        "files: [{path: people.csv, mapping: {email: Email addresses, name: Names}}]\n",
        encoding="utf-8",
    )
    load(manifests.read(folder / "breach.yaml"), store)
    work(store)


def opt_out(store, name, level=Level.HIDE):
    store.opt_outs.opt_out(store.digester.of_address(canonical(f"{name}@{DOMAIN}")), level)


def told(receiver):
    """(breach, people) of each message; None where it says that nobody is in it any more, "few" for fewer than 5."""
    every = [one.message["data"] for one in receiver.taken]
    return [
        [(one["breach"]["name"], one["people"] or "few") for one in data["exposures"]]
        + [(one["name"], None) for one in data["withdrawn"]]
        for data in every
    ]


def test_a_breach_that_holds_people_of_the_domain_is_told_in_numbers(store, receiver, hooked):
    publish(store, "Shop", MANY)
    call(store)

    (heard,) = receiver.heard
    assert heard.is_signed_with(hooked)
    assert (heard.message["type"], heard.message["data"]["domain"]) == ("domain.exposures", DOMAIN)
    (exposure,) = heard.message["data"]["exposures"]
    assert exposure == {
        "breach": {"name": "Shop", "title": "The Shop"},
        "people": 6,
        "fewer_than": None,
        "classes": [
            {"name": "Email addresses", "people": 6, "fewer_than": None},
            {"name": "Names", "people": 6, "fewer_than": None},
        ],
        "owner_only": [],
    }


def test_neither_names_nor_local_parts_leave_even_where_they_are_sealed(store, receiver, hooked):
    publish(store, "Shop", MANY)
    call(store)

    sealed = store.domain_reports.report(DOMAIN, KEY).exposures[0].accounts
    assert sealed is not None
    assert len(sealed) == len(MANY)
    assert not any(name in receiver.heard[0].body.decode() for name in ("accounts", "@", *MANY[3:]))


def test_fewer_than_five_are_told_as_that_and_without_classes(store, receiver, hooked):
    publish(store, "Shop", MANY[:4])
    call(store)

    (exposure,) = receiver.heard[0].message["data"]["exposures"]
    assert (exposure["people"], exposure["fewer_than"], exposure["classes"]) == (None, 5, [])


def test_nothing_is_told_of_a_breach_without_people_of_it(store, receiver, hooked):
    publish(store, "Shop", ())
    call(store)

    assert receiver.heard == []


def test_what_holds_when_it_is_put_counts_as_told(store, receiver):
    publish(store, "Shop", MANY)
    hook(store, receiver, "domain", DOMAIN)
    publish(store, "Bank", MANY)
    call(store)

    assert told(receiver) == [[("Bank", 6)]]


def test_a_replaced_load_tells_other_numbers_and_not_the_same(store, receiver, hooked):
    publish(store, "Shop", MANY)
    call(store)
    publish(store, "Shop", reversed(MANY))
    call(store)
    publish(store, "Shop", MANY[:5])
    call(store)

    assert told(receiver) == [[("Shop", 6)], [("Shop", 5)]]


def test_a_breach_that_is_withdrawn_or_lets_go_of_all_is_told_with_its_title(store, receiver, hooked):
    publish(store, "Shop", MANY)
    publish(store, "Bank", MANY)
    call(store)
    store.publishing.withdraw("Shop", by="tests")
    publish(store, "Bank", ())
    call(store)

    assert told(receiver)[-1] == [("Bank", None), ("Shop", None)]
    assert receiver.heard[-1].message["data"]["withdrawn"][0] == {"name": "Bank", "title": "The Bank"}


def test_an_opt_out_is_no_event_and_neither_is_its_end(store, receiver, hooked):
    publish(store, "Shop", MANY)
    publish(store, "Bank", MANY[:1])
    call(store)
    opt_out(store, "ann")
    publish(store, "Club", ())
    call(store)
    store.opt_outs.show_again(store.digester.of_address(canonical(f"ann@{DOMAIN}")))
    publish(store, "Club", ())
    call(store)

    assert told(receiver) == [[("Bank", "few"), ("Shop", 6)]]


def test_a_message_that_waits_says_the_numbers_of_when_it_is_sent(store, receiver, hooked):
    receiver.mood = "fails"
    publish(store, "Shop", MANY)
    call(store)
    publish(store, "Shop", MANY[:5])
    receiver.mood = "takes"
    call(store, NOW + 10)

    assert told(receiver)[0] == [("Shop", 5)]


def test_a_sensitive_breach_is_not_told_whatever_the_key(store, receiver, hooked):
    store.api_keys.create(HOLDER, ["domains", "lookup:sensitive"])
    prove(store, key_id=2)
    publish(store, "Whisper", MANY, sensitive=True)
    call(store)

    assert receiver.heard == []


def test_a_breach_that_becomes_sensitive_is_told_as_gone(store, receiver, hooked):
    publish(store, "Shop", MANY)
    call(store)
    shown = store.catalogue.published().get("Shop").facts
    store.publishing.update(facts(shown, is_sensitive=True), by="tests")
    call(store)

    assert told(receiver) == [[("Shop", 6)], [("Shop", None)]]


def test_nothing_is_told_of_a_domain_whose_proof_has_ended_until_it_is_proved_anew(store, receiver, hooked):
    publish(store, "Shop", MANY)
    store.domains.forget(1, DOMAIN)
    nothing = call(store)
    state = store.webhooks.view(HOLDER, HOOK).state
    prove(store)
    call(store)

    assert (nothing, state) == (0, "closed")
    assert told(receiver) == [[("Shop", 6)]]


def test_a_proof_that_lapses_ends_what_waits(store, receiver, hooked):
    receiver.mood = "fails"
    publish(store, "Shop", MANY)
    call(store)
    receiver.mood = "takes"

    assert call(store, NOW + 60 * DAY_S) == 0
    assert [one.state for one in log(store)] == ["queued"]


def test_what_arrives_has_the_keys_described(store, receiver, hooked):
    publish(store, "Shop", MANY)
    publish(store, "Bank", MANY)
    call(store)
    store.publishing.withdraw("Bank", by="tests")
    publish(store, "Shop", MANY[:5])
    call(store)

    schemas = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["components"]["schemas"]
    described = schemas["DomainMessage"]
    assert told(receiver)[1] == [("Shop", 5), ("Bank", None)]
    assert [mismatches(one.message, described, schemas) for one in receiver.heard] == [[], []]


def test_a_subdomain_is_told_to_who_proved_the_domain_by_dns(store, receiver):
    made, _ = store.webhooks.put(HOLDER, "sub", Wish(receiver.url, "domain", f"Mail.{DOMAIN}"), by="tests")

    assert made.subject == f"mail.{DOMAIN}"
    assert store.webhooks.view(HOLDER, "sub").state == "active"
