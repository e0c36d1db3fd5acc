"""API keys: shown once, kept as a keyed hash, and useless at once when revoked."""

import re
from contextlib import closing
from dataclasses import replace

import pytest

from breachcheck.api_keys import DEFAULT_LIMIT, ApiKeys
from breachcheck.errors import ExpiredKey, HoldsAddress, InvalidKey, StoreUnavailable
from breachcheck.services import Services, open_services
from tests.engines import ENGINES as ENGINES
from tests.stores import break_catalogue

NOW = 1_795_000_000


class Clock:
    """Stands still until it is set."""

    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keys(store: Services, clock: Clock) -> ApiKeys:
    return ApiKeys(store.databases.catalogue_db, store.app_key, clock=clock)


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
        ApiKeys(store.databases.catalogue_db, b"another app key of 32 bytes here").authenticate(text)


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
    hashes = [row["hash"] for row in store.databases[1].query("SELECT hash FROM api_key")]

    assert len(set(hashes)) == 2


def test_a_rotated_key_is_the_same_key_under_a_new_text(keys):
    key, former = keys.create("SIEM", ["lookup"])
    text = keys.rotate(key.id, overlap_s=60)

    assert text != former
    assert keys.authenticate(text) == replace(key, former_until=NOW + 60)


def test_the_former_text_of_a_rotated_key_works_until_the_overlap_ends(keys, clock):
    key, former = keys.create("SIEM", ["lookup"])
    keys.rotate(key.id, overlap_s=60)

    clock.now = NOW + 59
    assert keys.authenticate(former).id == key.id
    clock.now = NOW + 60
    with pytest.raises(ExpiredKey, match="rotated"):
        keys.authenticate(former)


def test_a_key_rotated_without_overlap_has_one_text_at_any_time(keys):
    key, former = keys.create("SIEM", ["lookup"])
    text = keys.rotate(key.id, overlap_s=0)

    assert keys.authenticate(text).id == key.id
    with pytest.raises(ExpiredKey):
        keys.authenticate(former)


def test_of_two_rotations_the_last_one_s_former_text_works_alone(keys):
    key, first = keys.create("SIEM", ["lookup"])
    second = keys.rotate(key.id, overlap_s=60)
    third = keys.rotate(key.id, overlap_s=60)

    assert {keys.authenticate(text).id for text in (second, third)} == {key.id}
    with pytest.raises(InvalidKey):
        keys.authenticate(first)


def test_a_key_that_expires_opens_until_then_and_then_says_so(keys, clock):
    key, text = keys.create("SIEM", ["lookup"], expires_at=NOW + 60)

    clock.now = NOW + 59
    assert keys.authenticate(text) == key
    clock.now = NOW + 60
    with pytest.raises(ExpiredKey, match="expired"):
        keys.authenticate(text)
    assert keys.alive() == []


def test_an_expired_key_can_be_opened_again(keys):
    key, text = keys.create("SIEM", ["lookup"], expires_at=NOW - 1)
    keys.expire(key.id, None)

    assert keys.authenticate(text) == replace(key, expires_at=None)


def test_revoking_a_key_ends_its_former_text_too(keys):
    key, former = keys.create("SIEM", ["lookup"])
    keys.rotate(key.id, overlap_s=60)
    keys.revoke(key.id)

    with pytest.raises(InvalidKey) as refused:
        keys.authenticate(former)
    assert not isinstance(refused.value, ExpiredKey)


def test_a_revoked_key_is_neither_rotated_nor_made_to_expire_later(keys):
    key = keys.create("SIEM", ["lookup"])[0]
    keys.revoke(key.id)

    with pytest.raises(InvalidKey):
        keys.rotate(key.id, overlap_s=0)
    with pytest.raises(InvalidKey):
        keys.expire(key.id, None)


def test_a_key_is_called_by_its_number_or_by_a_name_of_its_own(keys):
    first, second, other = (keys.create(name, ["lookup"])[0] for name in ("SIEM", "SIEM", "SOC"))

    assert [keys.get(called) for called in ("1", "2", "SOC")] == [first, second, other]
    with pytest.raises(InvalidKey, match="by its number: 1, 2"):
        keys.get("SIEM")
    keys.revoke(first.id)
    assert keys.get("SIEM") == second
    keys.revoke(other.id)
    assert keys.get("SOC").revoked_at == NOW


def test_a_key_that_is_not_there_is_said_without_repeating_what_was_typed(keys):
    with pytest.raises(InvalidKey, match="breachcheck keys list") as refused:
        keys.get("ann@example.com")
    assert "ann" not in str(refused.value)
