"""Loads keep nothing of whoever had themselves forgotten, whatever the record looks like, and lose nobody else."""

from collections import Counter
from functools import partial

import pytest

from breachcheck import addresses
from breachcheck.digests import Digest, Kind
from breachcheck.disclosure import OPERATOR
from breachcheck.suppressions import Level
from breachcheck.tallies import LEFT_OUT
from ingest.pipeline import LoadRefused
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import EMAIL, NAMES, Silent, described, found, load

ANN = "ann@example.com"
BOB = "bob@example.com"

PEOPLE = """
    - path: people.csv
      format: csv
      mapping: {email: Email addresses, name: Names}
    """


@pytest.fixture
def manifest(tmp_path):
    """Writes a manifest of entries and files."""
    return partial(described, tmp_path)


def digest_of(store, account) -> Digest:
    return store.digester.of_address(addresses.canonical(account))


def forget(store, account=ANN, level=Level.FORGET):
    store.opt_outs.opt_out(digest_of(store, account), level)


def rows_in(store):
    """How many exposures there are."""
    return store.databases[0].query("SELECT count(*) AS rows FROM exposure")[0]["rows"]


@pytest.mark.parametrize(
    "written",
    [
        "ann@example.com",
        " Ann@Example.COM ",
        "ann+shop@example.com",
        "ANN+x+y@example.com",
        "ann%40example.com",
        "ann+shop%40example.com",
        "ann+x@\uff45xample.com",
    ],
)
def test_nothing_is_kept_of_any_spelling_and_alias(store, manifest, written):
    forget(store)
    outcome = load(manifest(PEOPLE, {"people.csv": f"email,name\n{written},Ann\n{BOB},Bob\n"}), store)

    assert outcome.tally.rejected == {LEFT_OUT: 1}
    assert (outcome.tally.people, outcome.tally.aliases) == (1, 0)
    assert outcome.tally.coverage == {EMAIL: 1, NAMES: 1}
    assert rows_in(store) == 1
    assert found(store, outcome.load_id, BOB) == {(frozenset({EMAIL, NAMES}), False)}


@pytest.mark.parametrize("level", [None, Level.HIDE])
def test_whoever_is_not_forgotten_is_loaded(store, manifest, level):
    if level:
        forget(store, level=level)
    outcome = load(manifest(PEOPLE, {"people.csv": f"email,name\n{ANN},Ann\n"}), store)

    assert outcome.tally.rejected == {}
    assert found(store, outcome.load_id, ANN) == {(frozenset({EMAIL, NAMES}), False)}


def test_every_record_is_counted_once_beside_those_left_out(store, manifest):
    forget(store)
    rows = [ANN, BOB, BOB, "Ann@example.com", "", "see below", "ann+x@example.com", "cy@example.com"]
    text = "email,name\n" + "".join(f"{row},x\n" for row in rows)
    tally = load(manifest(PEOPLE, {"people.csv": text}), store).tally

    assert tally.rejected == {LEFT_OUT: 3, "no address": 1, "not an address": 1}
    assert tally.read == tally.indexed + tally.duplicates + sum(tally.rejected.values()) == 8
    assert (tally.indexed, tally.duplicates) == (2, 1)
    assert tally.files[0].rejected == tally.rejected


def test_an_alias_that_opted_out_takes_its_own_record_out_and_no_other(store, manifest):
    forget(store, "ann+shop@example.com")
    text = f"email,name\nann+shop@example.com,Ann\n{ANN},Ann\nann+other@example.com,\n"
    outcome = load(manifest(PEOPLE, {"people.csv": text}), store)

    assert outcome.tally.rejected == {LEFT_OUT: 1}
    assert found(store, outcome.load_id, ANN) == {(frozenset({EMAIL, NAMES}), False), (frozenset({EMAIL}), True)}


class TestSeveralAddresses:
    """A record that more than one person stands in."""

    TWO = """
        - path: people.csv
          format: csv
          address: [email, billing]
          mapping: {email: Email addresses, billing: Email addresses, name: Names, phone: Phone numbers}
          identifiers: {phone: phone}
        """

    def test_the_record_stays_that_of_the_others(self, store, manifest):
        forget(store)
        text = f"email,billing,name,phone\nann+x@example.com,{BOB},Both,+15550100\n"
        outcome = load(manifest(self.TWO, {"people.csv": text}), store)

        assert outcome.tally.rejected == {}
        assert outcome.tally.people == 1
        assert found(store, outcome.load_id, ANN) == set()
        assert found(store, outcome.load_id, BOB)
        assert found(store, outcome.load_id, "+15550100", Kind.PHONE)

    @pytest.mark.parametrize("row", [f"{ANN},,Ann,+15550100", f"{ANN},ann+x@example.com,Ann,+15550100"])
    def test_nothing_of_the_record_is_kept_where_all_are_forgotten(self, store, manifest, row):
        forget(store)
        text = f"email,billing,name,phone\n{row}\n,{BOB},Bob,\n"
        outcome = load(manifest(self.TWO, {"people.csv": text}), store)

        assert outcome.tally.rejected == {LEFT_OUT: 1}
        assert found(store, outcome.load_id, "+15550100", Kind.PHONE) == set()
        assert rows_in(store) == 1

    def test_each_address_of_a_list_counts_by_itself(self, store, manifest):
        forget(store)
        entries = """
            - path: people.jsonl
              format: jsonl
              address: ["emails[].value"]
              mapping: {"emails[].value": Email addresses, name: Names}
            """
        text = (
            '{"emails": [{"value": "ann+x@example.com"}, {"value": "cy+x@example.com"}], "name": "Both"}\n'
            '{"emails": [{"value": "ann@example.com"}, {"value": "ann+y@example.com"}], "name": "Ann"}\n'
        )
        outcome = load(manifest(entries, {"people.jsonl": text}), store)

        assert outcome.tally.rejected == {LEFT_OUT: 1}
        assert (outcome.tally.people, outcome.tally.aliases) == (1, 1)
        assert found(store, outcome.load_id, "cy@example.com") == {(frozenset({EMAIL, NAMES}), True)}


class TestJoins:
    """Records that name their person by an id."""

    ENTRIES = """
        - path: users.csv
          format: csv
          mapping: {email: Email addresses}
        - path: orders.csv
          format: csv
          mapping: {name: Names}
          join: {column: user, to: users.csv, on: id}
        """
    USERS = f"id,email\n1,{ANN}\n2,{BOB}\n"

    def test_what_names_them_by_an_id_is_left_out_too(self, store, manifest):
        forget(store)
        orders = "user,name\n1,Ann\n2,Bob\n"
        outcome = load(manifest(self.ENTRIES, {"users.csv": self.USERS, "orders.csv": orders}), store)

        assert outcome.tally.rejected == {LEFT_OUT: 2}
        assert found(store, outcome.load_id, BOB) == {(frozenset({EMAIL, NAMES}), False)}
        assert rows_in(store) == 1

    def test_their_own_record_is_not_taken_for_someone_elses_by_an_id_in_it(self, store, manifest):
        forget(store)
        entries = self.ENTRIES.replace("mapping: {name: Names}", "mapping: {name: Names, mail: Email addresses}")
        orders = f"user,mail,name\n2,{ANN},Ann\n"
        outcome = load(manifest(entries, {"users.csv": self.USERS, "orders.csv": orders}), store)

        assert outcome.tally.rejected == {LEFT_OUT: 2}
        assert found(store, outcome.load_id, BOB) == {(frozenset({EMAIL}), False)}


def test_those_left_out_do_not_speak_against_the_mapping(store, manifest):
    forget(store)
    text = f"email,name\n{ANN},Ann\nann+x@example.com,Ann\n{BOB},Bob\n"
    outcome = load(manifest(PEOPLE, {"people.csv": text}), store, max_rejected=0.1)

    assert outcome.is_published


def test_a_dry_run_counts_them_as_a_load_does(store, manifest):
    forget(store)
    described_load = manifest(PEOPLE, {"people.csv": f"email,name\n{ANN},Ann\n{BOB},Bob\n"})
    dry, wet = (load(described_load, store, dry_run=dry_run).tally for dry_run in (True, False))

    assert dry == wet


def test_a_load_of_the_forgotten_alone_comes_to_nothing(store, manifest):
    forget(store)

    with pytest.raises(LoadRefused, match="everyone whom a record names was left out at their own wish") as refused:
        load(manifest(PEOPLE, {"people.csv": f"email,name\n{ANN},Ann\n,Nobody\n"}), store)
    assert "mapping" not in str(refused.value)


@pytest.mark.parametrize("hold", [False, True])
@pytest.mark.parametrize("level", [Level.FORGET, Level.ERASE])
def test_whoever_opts_out_while_a_load_runs_is_not_in_it(store, manifest, level, hold):
    text = f"email,name\n{ANN},Ann\n{BOB},Bob\n"
    progress = Silent(lambda: forget(store, level=level))
    outcome = load(manifest(PEOPLE, {"people.csv": text}), store, progress=progress, hold=hold)

    assert found(store, outcome.load_id, ANN) == set()
    assert found(store, outcome.load_id, BOB)
    assert store.opt_outs.level_of(digest_of(store, ANN)) is (None if level is Level.ERASE else level)
    assert store.lookup.ask_load(ANN, outcome.load_id, OPERATOR).status == "not_found"


def test_what_is_told_in_public_is_what_a_file_without_them_would_give(store, manifest):
    plain = f"email,name\n{BOB},Bob\n,Dora\n"
    load(manifest(PEOPLE, {"people.csv": plain}), store)
    without = store.catalogue.published().breaches[0]
    forget(store)
    outcome = load(manifest(PEOPLE, {"people.csv": f"{plain}{ANN},Ann\n"}), store)
    shown = store.catalogue.published().breaches[0]

    assert Counter(outcome.tally.rejected) == {LEFT_OUT: 1, "no address": 1}
    assert counts(shown.tally) == counts(without.tally)
    assert shown.people == without.people


def counts(tally):
    files = [(one.read, one.indexed, one.rejected) for one in tally.files]
    return tally.read, tally.indexed, tally.duplicates, tally.rejected, tally.people, tally.coverage, files
