"""``breachcheck domains`` end to end: an own domain is loaded, counted, sealed, told and, of others, kept quiet."""

import json
from contextlib import closing

import pytest

from breachcheck import config
from breachcheck.services import open_services
from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, facts, new_store, published_breach

OWN = {"BREACHCHECK_OWN_DOMAINS": "example.com"}
MANIFEST = """
manifest: 1
name: Shop
title: Corner Shop
breach_date: 2026-03-14
description: A breach.
files:
  - path: people.csv
    mapping: {email: Email addresses, name: Names, org: Organisation identifiers}
    identifiers: {org: org-id}
"""
PEOPLE = """email,name,org
ann+news@example.com,Ann,acme
bo@example.com,,acme
cy@example.org,Cy,
"""


KNOWN = json.dumps(
    [{"Name": "Known", "Title": "Known", "BreachDate": "2020-01-01", "Description": "x", "DataClasses": ["Names"]}]
)


@pytest.fixture
def data(tmp_path):
    """A data folder with one breach, loaded while example.com was an own domain."""
    (tmp_path / "breach.yaml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    breachcheck("init", data=tmp_path / "data")
    return tmp_path / "data"


def ingest(data, *options, **environment):
    return breachcheck("ingest", data.parent / "breach.yaml", *options, data=data, **environment)


def audit(data):
    store = open_services(config.read(data, {}))
    entries = [(entry.action, entry.subject) for entry in store.audit.latest()]
    store.close()
    return entries


def test_an_own_domain_is_counted_and_its_people_are_named(data):
    ingest(data, **OWN)

    shown = breachcheck("domains", "show", "Example.COM", "--accounts", "--json", data=data, **OWN)

    breach = {"name": "Shop", "title": "Corner Shop"}
    ids = ["Email addresses", "Organisation identifiers"]
    both = ["Email addresses", "Names", "Organisation identifiers"]
    facts = shown.json
    assert shown.status == 0
    assert facts["exposures"][0]["people"] == 2
    assert sorted(sorted(one["leaked"]) for one in facts["exposures"][0]["field_sets"]) == [both, ids]
    assert [(one["account"], one["breach"]) for one in facts["accounts"]] == [
        ("ann+news@example.com", breach),
        ("bo@example.com", breach),
    ]
    assert (facts["domain"], facts["checked"], facts["not_counted"], facts["not_sealed"]) == (
        "example.com",
        {"breaches": 1},
        [],
        [],
    )
    assert ("show accounts", "example.com") in audit(data)


def test_in_words_it_says_how_many_what_and_who(data):
    ingest(data, **OWN)

    shown = breachcheck("domains", "show", "example.com", "--accounts", data=data, **OWN)

    assert shown.out.startswith("People with an address at example.com are in 1 of 1 breach.")
    assert "ann+news@example.com" in shown.out


def test_anothers_domain_is_counted_and_neither_sealed_nor_named(data):
    ingest(data, **OWN)

    shown = breachcheck("domains", "show", "example.org", "--accounts", data=data, **OWN)

    assert "are in 1 of 1 breach" in shown.out
    assert "No account is sealed." in shown.out
    assert "Not sealed: Corner Shop." in shown.out
    assert ("show accounts", "one domain") in audit(data)
    assert not any("example.org" in subject for _, subject in audit(data))


def test_a_domain_that_nobody_there_is_of_is_said_to_be_so(data):
    ingest(data, **OWN)

    shown = breachcheck("domains", "show", "example.net", data=data)

    assert shown.out == "Nobody with an address at example.net is in the 1 breach we can count.\n"


def test_a_breach_from_before_domains_were_counted_is_not_passed_over(data):
    ingest(data)
    with closing(open_services(config.read(data, {}))) as store:
        published_breach(store, facts(name="Old", title="Old Shop"), {"ann@example.com": ["Names"]})

    shown = breachcheck("domains", "show", "example.net", data=data)
    facts_of_it = breachcheck("domains", "show", "example.net", "--json", data=data).json

    assert "Nobody with an address at example.net is in the 1 breach we can count." in shown.out
    assert "Not counted, for they were loaded by an older breachcheck: Old Shop." in shown.out
    assert (facts_of_it["checked"], facts_of_it["not_counted"][0]["name"]) == ({"breaches": 1}, "Old")


def test_where_no_breach_can_be_counted_there_is_no_answer(tmp_path):
    store = new_store(tmp_path / "data")
    empty = breachcheck("domains", "show", "example.com", data=tmp_path / "data")
    published_breach(store, SHOP, {"ann@example.com": ["Names"]})
    store.close()

    uncounted = breachcheck("domains", "show", "example.com", data=tmp_path / "data")

    assert (empty.status, empty.out, uncounted.status, uncounted.out) == (2, "", 2, "")
    assert "No breach here can be asked about a domain." in empty.err
    assert "an older breachcheck loaded Corner Shop; load again" in uncounted.err


def test_a_breach_without_data_is_no_breach_that_was_counted(data):
    ingest(data)
    (data.parent / "known.json").write_text(KNOWN, encoding="utf-8")
    breachcheck("breaches", "import", data.parent / "known.json", data=data)

    shown = breachcheck("domains", "show", "example.com", "--json", data=data)

    assert shown.json["checked"] == {"breaches": 1}


def test_what_is_no_domain_is_refused_unquoted(data):
    shown = breachcheck("domains", "show", "ann@example.com", data=data)

    assert shown.status == 2
    assert "ann" not in shown.out + shown.err


def test_the_answer_of_an_organisation_says_nothing_of_yours(data):
    ingest(data)

    asked = breachcheck("check", "acme", "--kind", "org-id", data=data)
    person = breachcheck("check", "bo@example.com", data=data)

    assert asked.status == 1
    assert "in records   email address, name, organisation's ID" in asked.out
    assert "your" not in asked.out
    assert "yours" in person.out


def test_the_tally_says_what_was_counted_and_sealed(data):
    as_json = ingest(data, "--json", **OWN).json
    in_words = ingest(data, **OWN).out

    assert (as_json["domains"], as_json["organisations"], as_json["sealed"]) == (2, 1, {"example.com": 2})
    assert "sealed: people of example.com" in in_words
    assert "example.org" not in json.dumps(as_json) + in_words


def test_the_draft_says_whose_accounts_would_be_sealed(data):
    drafted = breachcheck("manifest", "draft", data.parent / "people.csv", data=data, **OWN)
    without = breachcheck("manifest", "draft", data.parent / "people.csv", data=data)

    assert "# own_domains: a load keeps, encrypted, who of these is in it: example.com" in drafted.out
    assert "own_domains" not in without.out


def test_a_mail_provider_is_refused_as_an_own_domain(data):
    refused = ingest(data, BREACHCHECK_OWN_DOMAINS="example.com,gmail.com")

    assert refused.status == 2
    assert "own_domains has gmail.com" in refused.err
