"""API keys: shown once, kept as a keyed hash, and useless at once when revoked."""

import re
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from breachcheck.api_keys import DEFAULT_LIMIT, ApiKeys
from breachcheck.errors import HoldsAddress, InvalidKey, StoreUnavailable
from breachcheck.services import Services, open_services
from tests.stores import break_catalogue


@pytest.fixture
def keys(store: Services) -> ApiKeys:
    return store.api_keys


def test_a_key_is_32_lower_case_hexadecimal_digits(keys):
    texts = {keys.create("SIEM", ["lookup"])[1] for _ in range(20)}

    assert len(texts) == 20
    assert all(re.fullmatch(r"[0-9a-f]{32}", text) for text in texts)


def test_a_key_opens_what_it_was_made_for(keys):
    key, text = keys.create("SIEM", ["lookup", "catalogue"], limit_per_minute=7)

    assert keys.authenticate(text) == key
    assert (key.name, key.scopes, key.limit_per_minute, key.revoked_at) == ("SIEM", ("lookup", "catalogue"), 7, None)


def test_a_scope_given_twice_counts_once(keys):
    assert keys.create("SIEM", ["lookup", "lookup"])[0].scopes == ("lookup",)


def test_a_key_has_a_limit_unless_it_is_made_without(keys):
    assert keys.create("SIEM", ["lookup"])[0].limit_per_minute == DEFAULT_LIMIT


def test_the_letter_case_of_a_key_does_not_matter(keys):
    key, text = keys.create("SIEM", ["lookup"])

    assert keys.authenticate(text.upper()) == key


@pytest.mark.parametrize("text", ["", "0" * 32, "ü"])
def test_a_text_that_is_no_key_opens_nothing(keys, text):
    keys.create("SIEM", ["lookup"])

    with pytest.raises(InvalidKey):
        keys.authenticate(text)


def test_a_key_s_text_is_nowhere_in_the_store(store):
    text = store.api_keys.create("SIEM", ["lookup"])[1]
    store.close()
    stored = b"".join(path.read_bytes() for path in store.config.data.iterdir() if path.is_file())

    assert text.encode() not in stored
    assert bytes.fromhex(text) not in stored


def test_a_stolen_table_opens_nothing_under_another_app_key(store):
    text = store.api_keys.create("SIEM", ["lookup"])[1]

    with pytest.raises(InvalidKey):
        ApiKeys(store.databases[1], b"another app key of 32 bytes here").authenticate(text)


def test_a_key_that_was_made_or_revoked_counts_at_once_in_every_process(store):
    with closing(open_services(store.config)) as other:
        key, text = store.api_keys.create("SIEM", ["lookup"])
        assert other.api_keys.authenticate(text) == key
        store.api_keys.revoke(key.id)
        with pytest.raises(InvalidKey):
            other.api_keys.authenticate(text)


def test_revoked_keys_stay_on_the_list(keys):
    first, second = (keys.create(name, ["lookup"])[0] for name in ("first", "second"))
    keys.revoke(first.id)
    listed = keys.all()

    assert [one.id for one in listed] == [first.id, second.id]
    assert listed[0] == replace(first, revoked_at=listed[0].revoked_at)
    assert listed[0].revoked_at is not None


@pytest.mark.parametrize("times", [1, 2])
def test_what_cannot_be_revoked_is_said(keys, times):
    key = keys.create("SIEM", ["lookup"])[0]
    keys.revoke(key.id)

    with pytest.raises(InvalidKey, match="breachcheck keys list"):
        keys.revoke(key.id * times)


def test_a_table_that_cannot_be_read_is_never_taken_for_a_wrong_key(store):
    text = store.api_keys.create("SIEM", ["lookup"])[1]
    break_catalogue(store)

    with pytest.raises(StoreUnavailable):
        store.api_keys.authenticate(text)


def test_a_key_is_named_without_an_address(keys):
    with pytest.raises(HoldsAddress) as refused:
        keys.create("for ann@example.com", ["lookup"])
    assert "ann" not in str(refused.value)
    assert keys.all() == []


def test_two_keys_may_share_a_name_and_never_a_hash(store):
    for _ in range(2):
        store.api_keys.create("SIEM", ["lookup"])
    with closing(sqlite3.connect(store.config.catalogue_path)) as catalogue:
        hashes = [row[0] for row in catalogue.execute("SELECT hash FROM api_key")]

    assert len(set(hashes)) == 2
