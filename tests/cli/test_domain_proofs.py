"""``breachcheck domains list|prove|check|forget``, as operators run them."""

import pytest

from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.outside import naming
from tests.stores import new_store

SITE = "site.example"


@pytest.fixture
def dns():
    with naming() as server:
        yield server


@pytest.fixture
def domains(tmp_path, dns):
    """Runs ``domains`` for key 1, with our DNS."""
    data = tmp_path / "data"
    new_store(data).close()
    breachcheck("keys", "create", "--name", "team", "--scope", "domains", data=data)

    def run(*arguments, key="1"):
        options = ["--key", key] if key else []
        return breachcheck("domains", *arguments, *options, data=data, BREACHCHECK_DNS_SERVERS=dns.server)

    return run


def test_a_domain_is_begun_proved_listed_and_given_up(domains, dns):
    begun = domains("prove", "SITE.example", "--json").json
    dns.txt(SITE, begun["dns"]["value"])
    checked = domains("check", SITE, "--json")
    listed = domains("list", "--json", key="").json
    forgotten = domains("forget", SITE)

    assert (begun["domain"], begun["state"]) == (SITE, "pending")
    assert (checked.status, checked.json["state"], checked.json["missed"]) == (0, "proved", [])
    assert [(one["domain"], one["key"], one["way"]) for one in listed] == [(SITE, 1, "dns")]
    assert (forgotten.status, forgotten.out) == (0, f"Key 1 has no proof of {SITE} any more.\n")
    assert domains("list", key="").out.startswith("No domain was proved")


def test_in_words_it_says_what_to_put_where_and_what_is_missing(domains):
    begun = domains("prove", SITE).out
    checked = domains("check", SITE, "--way", "dns")

    assert "      breachcheck-verify=" in begun
    assert f"breachcheck domains check {SITE} --key 1" in begun
    assert (checked.status, "No TXT record" in checked.out) == (2, True)


def test_a_proof_that_is_gone_is_said_so_though_it_still_counts(domains, dns):
    dns.txt(SITE, domains("prove", SITE, "--json").json["dns"]["value"])
    domains("check", SITE)
    dns.records.clear()

    checked = domains("check", SITE, "--way", "dns", "--json")
    assert (checked.status, checked.json["state"]) == (2, "proved")


@pytest.mark.parametrize(
    ("arguments", "key", "says"),
    [
        (["prove", SITE], "7", "There is no key 7"),
        (["prove", "co.uk"], "1", "shared by strangers"),
        (["prove", "ann@site.example"], "1", "not the domain of email addresses"),
        (["prove", SITE, "--mail-to", "admin"], "1", "sends no mail"),
        (["check", SITE], "1", "begun no proof"),
        (["forget", SITE], "1", "nothing to forget"),
    ],
)
def test_what_cannot_be_done_is_said(domains, arguments, key, says):
    outcome = domains(*arguments, key=key)

    assert (outcome.status, says in outcome.err) == (2, True)
