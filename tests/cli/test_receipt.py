"""``suppressions`` and ``receipt``: from a letter to a receipt that anyone can check without the store."""

import json

import pytest

from tests.cli.commands import breachcheck
from tests.engines import ENGINES as ENGINES
from tests.stores import SHOP, break_catalogue, published_breach

ANN = "ann@example.com"
EMAIL = "Email addresses"


@pytest.fixture
def data(store):
    published_breach(store, SHOP, {ANN: [EMAIL], "bob@example.com": [EMAIL]})
    return store.config.data


@pytest.fixture
def receipt(data, tmp_path):
    """The file of a receipt, by which Ann was forgotten."""
    path = tmp_path / "receipt.json"
    path.write_text(breachcheck("suppressions", "add", ANN, "--level", "forget", data=data).out, encoding="utf-8")
    return path


@pytest.fixture
def public_key(data):
    return breachcheck("receipt", "key", data=data).out.strip()


@pytest.mark.parametrize("level", ["hide", "forget", "erase"])
def test_a_suppressed_address_is_found_no_more_and_has_a_receipt(data, level):
    added = breachcheck("suppressions", "add", "-", "--level", level, data=data, stdin="Ann@Example.com\n")

    assert (added.status, added.json["level"]) == (0, level)
    assert breachcheck("check", ANN, "--json", data=data).status == 0
    assert "ann@" not in added.out.lower() + added.err.lower()


def test_it_is_audited_without_the_address(store, data):
    breachcheck("suppressions", "add", ANN, "--level", "forget", data=data)
    entry = store.audit.latest(1)[0]

    assert (entry.action, entry.subject) == ("suppress (forget)", "one address")


def test_the_receipt_is_of_what_holds(data):
    breachcheck("suppressions", "add", ANN, "--level", "forget", data=data)
    again = breachcheck("suppressions", "add", ANN, "--level", "hide", data=data)

    assert again.json["level"] == "forget"
    assert "still holds" in again.err


def test_what_is_hidden_is_shown_again_and_what_is_forgotten_is_not(data):
    breachcheck("suppressions", "add", ANN, "--level", "hide", data=data)
    shown = breachcheck("suppressions", "remove", "-", data=data, stdin=f"{ANN}\n")
    found = breachcheck("check", ANN, data=data)
    again = breachcheck("suppressions", "remove", ANN, data=data)

    assert (shown.status, found.status, again.status) == (0, 1, 2)
    assert "not hidden" in again.err


def test_suppressions_are_counted_and_not_listed(data):
    breachcheck("suppressions", "add", ANN, "--level", "hide", data=data)

    assert breachcheck("suppressions", "count", "--json", data=data).json == {"hide": 1, "forget": 0, "erase": 0}
    assert breachcheck("suppressions", "count", data=data).out.split()[:4] == ["level", "addresses", "hide", "1"]


@pytest.mark.parametrize("account", ["ann", "", "-"])
def test_what_is_no_address_is_not_suppressed(data, account):
    refused = breachcheck("suppressions", "add", account, "--level", "erase", data=data)

    assert refused.status == 2
    assert "not an email address" in refused.err
    assert refused.out == ""


def test_a_broken_store_takes_no_opt_out_and_hands_out_no_receipt(store, data):
    break_catalogue(store)
    refused = breachcheck("suppressions", "add", ANN, "--level", "forget", data=data)

    assert (refused.status, refused.out) == (2, "")


def test_a_receipt_is_checked_with_the_data_folders_key(data, receipt):
    valid = breachcheck("receipt", "verify", receipt, "--address", "Ann@Example.com", data=data)

    assert valid.status == 0
    assert valid.out.startswith("Valid: forget, ")
    assert "It does not cover:\n  - " in valid.out


def test_a_receipt_is_checked_without_a_store(receipt, public_key, tmp_path):
    key_file = tmp_path / "site.pub"
    key_file.write_text(f"{public_key}\n")
    text = receipt.read_text()
    checks = [
        breachcheck("receipt", "verify", receipt, "--key", public_key, "--json"),
        breachcheck("receipt", "verify", receipt, "--key", key_file, "--json"),
        breachcheck("receipt", "verify", "-", "--key", key_file, "--json", stdin=text),
    ]

    assert [check.status for check in checks] == [0, 0, 0]
    assert all(check.json["valid"] and check.json["address_checked"] is False for check in checks)


def test_a_false_receipt_is_status_1(receipt, public_key, tmp_path):
    forged = tmp_path / "forged.json"
    forged.write_text(receipt.read_text().replace('"forget"', '"erase"'))
    other = breachcheck("receipt", "verify", receipt, "--key", "00" * 32, "--json")
    changed = breachcheck("receipt", "verify", forged, "--key", public_key)
    elses = breachcheck("receipt", "verify", receipt, "--key", public_key, "--address", "bob@example.com", "--json")

    assert (other.status, changed.status, elses.status) == (1, 1, 1)
    assert changed.out.startswith("Not valid. ")
    assert other.json["valid"] is elses.json["valid"] is False


def test_what_cannot_be_checked_is_status_2(receipt, public_key, tmp_path):
    no_receipt = tmp_path / "letter.txt"
    no_receipt.write_text(f"Dear {ANN}")
    checks = [
        breachcheck("receipt", "verify", no_receipt, "--key", public_key),
        breachcheck("receipt", "verify", tmp_path / "nothing", "--key", public_key),
        breachcheck("receipt", "verify", receipt, "--key", "nothing"),
        breachcheck("receipt", "verify", receipt, "--key", "0" * 300),
        breachcheck("receipt", "verify", receipt, "--key", receipt),
        breachcheck("receipt", "verify", receipt, "--key", public_key, "--address", "ann"),
        breachcheck("receipt", "verify", receipt, data=tmp_path / "empty"),
    ]

    assert [check.status for check in checks] == [2] * len(checks)
    assert all(check.err and not check.out and ANN not in check.err for check in checks)


def test_checking_in_an_empty_folder_makes_no_key(receipt, tmp_path):
    (tmp_path / "empty").mkdir()
    checked = breachcheck("receipt", "verify", receipt, data=tmp_path / "empty")

    assert "--key" in checked.err
    assert list((tmp_path / "empty").iterdir()) == []


def test_the_key_is_printed_for_people_and_programs(data, public_key):
    facts = breachcheck("receipt", "key", "--json", data=data).json

    assert facts["public_key"] == public_key
    assert len(facts["key_id"]) == 16
    assert json.dumps(facts).count(public_key) == 1
