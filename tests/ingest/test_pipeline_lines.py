"""Loads of combo lists, stealer lines, labelled blocks and free text: who can be looked up, and what is counted."""

from functools import partial

import pytest

from breachcheck.errors import DataFileError
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import EMAIL, described, found, load

BOTH = {(frozenset({EMAIL, "Passwords"}), False)}


@pytest.fixture
def manifest(tmp_path):
    """Writes a manifest of entries and files."""
    return partial(described, tmp_path)


def classes_of(store, load_id, text):
    return {(frozenset(classes), via_alias) for classes, via_alias in found(store, load_id, text)}


def counts(tally):
    return (tally.read, tally.indexed, tally.duplicates, sum(tally.rejected.values()))


COMBO = """
    alice@example.com:hunter2
    bob@example.com:carol@example.com
    john:dave@example.com
    bob@example.com:again
    eve@example.com

    :nobody
    """


def test_a_combo_list_names_who_comes_first_and_nobody_else(store, manifest):
    outcome = load(manifest("- {path: list.txt, format: combo}", {"list.txt": COMBO}), store)

    assert counts(outcome.tally) == (6, 3, 1, 2)
    assert outcome.tally.rejected == {"not an address": 1, "no address": 1}
    assert classes_of(store, outcome.load_id, "alice@example.com") == BOTH
    assert classes_of(store, outcome.load_id, "eve@example.com") == {(frozenset({EMAIL}), False)}
    assert not found(store, outcome.load_id, "carol@example.com")
    assert not found(store, outcome.load_id, "dave@example.com")


def test_stealer_lines_name_the_login(store, manifest):
    lines = "https://example.com/a:alice@example.com:pw\nhttps://example.com/a:user1:victim@example.com\n"

    outcome = load(manifest("- {path: list.txt, format: stealer}", {"list.txt": lines}), store)

    assert counts(outcome.tally) == (2, 1, 0, 1)
    assert classes_of(store, outcome.load_id, "alice@example.com") == BOTH
    assert not found(store, outcome.load_id, "victim@example.com")


BLOCKS = """
    URL: https://example.com/login
    Username: alice@example.com
    Password: hunter2

    URL: https://example.com/login
    Username: bob
    Password: victim@example.com

    URL: https://example.com/login
    Username: carol
    Password: x
    """


def test_blocks_in_which_few_logins_are_addresses_lose_none_of_those(store, manifest):
    outcome = load(manifest("- {path: list.txt}", {"list.txt": BLOCKS}), store, max_rejected=0.9)

    [file] = outcome.tally.files
    assert (file.format, counts(outcome.tally)) == ("blocks", (3, 1, 0, 2))
    [(classes, _)] = classes_of(store, outcome.load_id, "alice@example.com")
    assert classes >= {EMAIL, "Passwords"}
    assert not found(store, outcome.load_id, "victim@example.com")


def test_blocks_of_two_programs_lose_no_login_of_either(store, manifest):
    blocks = """
        URL: https://example.com/
        LOGIN: alice@example.com
        PASS: x

        HOST: https://example.com/
        USER: bob@example.com
        PASS: y
        """

    load_id = load(manifest("- {path: list.txt}", {"list.txt": blocks}), store).load_id

    assert all(found(store, load_id, f"{name}@example.com") for name in ("alice", "bob"))


def test_every_address_of_a_text_is_a_record(store, manifest):
    text = "Write to alice@example.com,\nbob%40example.com or o'brien@example.com.\nNot to ALICE@example.com.\n"

    outcome = load(manifest("- {path: note.txt}", {"note.txt": text}), store)

    assert counts(outcome.tally) == (4, 3, 1, 0)
    assert classes_of(store, outcome.load_id, "o'brien@example.com") == {(frozenset({EMAIL}), False)}
    assert not found(store, outcome.load_id, "brien@example.com")


PAGES = {
    "page.html": "<!doctype html><td>Ann<td><a href='mailto:ann@example.com'>ann&#64;example.com</a>",
    "users.xml": "<?xml version='1.0'?><users><u email='bob@example.com'/><u><email>eve@example.com</email></u>",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_as_text_where_the_manifest_says_so(store, manifest, name):
    outcome = load(manifest(f"- {{path: {name}, format: text}}", {name: PAGES[name]}), store)

    assert (outcome.tally.read, outcome.tally.files[0].format) == (2, "text")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_named_without_a_format_is_refused_with_the_way_to_read_it(store, manifest, name):
    with pytest.raises(DataFileError, match="say `format: text`"):
        load(manifest(f"- path: {name}", {name: PAGES[name]}), store)
