"""Identity: a store knows its keys and rules again, and remembers nothing that gives them away."""

from dataclasses import replace

import pytest

from breachcheck import identity, key_files
from breachcheck.addresses import KNOWN
from breachcheck.digests import Digester
from breachcheck.errors import SchemaMismatch, WrongKey
from breachcheck.identity import Identity
from breachcheck.services import Services
from tests.engines import ENGINES as ENGINES


@pytest.fixture
def about(store: Services) -> Identity:
    return store.identity


def test_a_store_is_what_it_was_made_as(store):
    assert identity.read(store.databases[1], store.databases[0]) == store.identity


def test_its_own_keys_are_let_through(store, about):
    about.require(store.digester, store.app_key)


def test_a_store_can_be_told_what_it_is_once_only(store, about):
    with pytest.raises(Exception, match=r"(?i)unique"):
        identity.write(store.databases[1], store.databases[0], replace(about, is_demo=True))

    assert not identity.read(store.databases[1], store.databases[0]).is_demo


def test_another_index_key_is_told_from_another_app_key(store, about):
    with pytest.raises(WrongKey, match="BREACHCHECK_INDEX_KEY_FILE"):
        about.require(Digester(key_files.new_key()), store.app_key)
    with pytest.raises(WrongKey, match="BREACHCHECK_APP_KEY_FILE"):
        about.require(store.digester, key_files.new_key())


def test_where_the_key_is_derived_the_passphrase_is_asked_for(store, about):
    with pytest.raises(WrongKey, match="BREACHCHECK_INDEX_PASSPHRASE_FILE"):
        replace(about, salt=key_files.new_salt()).require(Digester(key_files.new_key()), store.app_key)


@pytest.mark.parametrize("number", range(1, len(KNOWN) + 1))
def test_an_address_that_reads_otherwise_is_laid_to_the_rules_and_not_to_the_key(store, about, number):
    changed = replace(about, known_answers=about.known_answers | {f"email-{number:02}": 17})

    with pytest.raises(SchemaMismatch, match="spells addresses or ids"):
        changed.require(store.digester, store.app_key)


def test_an_id_that_is_spelled_otherwise_is_laid_to_the_rules_too(store, about):
    changed = replace(about, known_answers=about.known_answers | {"spelled-phone": 17})

    with pytest.raises(SchemaMismatch, match="spells addresses or ids"):
        changed.require(store.digester, store.app_key)


def test_a_store_from_before_ids_had_one_spelling_opens(store, about):
    before = {name: answer for name, answer in about.known_answers.items() if not name.startswith("spelled-")}

    replace(about, known_answers=before).require(store.digester, store.app_key)


def test_what_a_store_remembers_of_its_keys_holds_none_of_them(store, about):
    remembered = str(about)

    assert store.app_key.hex() not in remembered
    assert not any(text in remembered or address in remembered for text, address in KNOWN)
