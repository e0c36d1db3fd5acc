"""Loads, end to end on real files and a real store: whole or not at all, and nobody lost or invented."""

import csv
import hashlib
import io
import os
import signal
import textwrap
from collections import Counter
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachcheck.addresses import base_of, canonical
from breachcheck.digests import Kind
from breachcheck.errors import DataFileError, InvalidAccount, LoadError, ManifestError
from ingest import loading, pipeline
from ingest import manifest as manifests
from ingest.pipeline import LoadRefused
from tests.stores import new_store

EMAIL, NAMES, PLACES = "Email addresses", "Names", "Geographic locations"


class Silent:
    """Progress that nobody looks at. What it was told is kept; *act* is done once, when the first batch was read."""

    def __init__(self, act=None):
        self.heard = []
        self._act = act

    def update(self, stage, records, bytes_done, bytes_total):
        self.heard.append((stage, records, bytes_done, bytes_total))
        if records and self._act:
            act, self._act = self._act, None
            act()


@pytest.fixture
def manifest(tmp_path):
    """Makes a manifest of *files* (name -> text) with their entries in YAML."""

    def write(entries, files=None, *, name="Shop"):
        for path, text in (files or {}).items():
            (tmp_path / path).write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
        head = (
            f"manifest: 1\nname: {name}\ntitle: Corner Shop\nbreach_date: 2026-03-14\ndescription: A breach.\nfiles:\n"
        )
        path = tmp_path / "breach.yaml"
        path.write_text(head + textwrap.indent(textwrap.dedent(entries).strip("\n"), "  ") + "\n", encoding="utf-8")
        return manifests.read(path)

    return write


PEOPLE = """
    - path: people.csv
      format: csv
      mapping: {email: Email addresses, name: Names, city: Geographic locations}
    """
CSV = """
    email,name,city
    ann@example.com,Ann,Bonn
    Bob@Example.com,,N/A
    bob@example.com,Bob,
    cy+shop@example.org,Cy,-
    ,Dora,Ulm
    not an address,Emil,Ulm
    """


def load(manifest, store, **options):
    return pipeline.run(manifest, store, progress=options.pop("progress", Silent()), by="tests", **options)


def found(store, load_id, text, kind=Kind.EMAIL):
    """The field sets of *text* in a load: (classes, via alias)."""
    by_id = {one.id: one for one in store.loads.field_sets_of(load_id)}
    digest = store.digester.of(kind, text, "Shop")
    ids = [one for one in store.index.field_sets_of(digest) if one in by_id]
    return {(by_id[one].classes, by_id[one].via_alias) for one in ids}


def current(store):
    return {row.name: row.current_load for row in store.breaches.all()}


def states(store):
    return [load.state for load in store.loads.of_breach(store.breaches.get("Shop").id)]


def test_a_load_counts_every_record_once_and_publishes_its_people(store, manifest):
    outcome = load(manifest(PEOPLE, {"people.csv": CSV}), store)

    tally = outcome.tally
    assert (tally.read, tally.indexed, tally.duplicates) == (6, 3, 1)
    assert tally.rejected == {"no address": 1, "not an address": 1}
    assert (tally.people, tally.aliases) == (3, 1)
    assert tally.coverage == {EMAIL: 3, NAMES: 3, PLACES: 1}
    assert current(store) == {"Shop": outcome.load_id}
    assert outcome.is_published


def test_each_person_has_exactly_the_classes_of_all_their_records(store, manifest):
    load_id = load(manifest(PEOPLE, {"people.csv": CSV}), store).load_id

    assert found(store, load_id, "ann@example.com") == {(frozenset({EMAIL, NAMES, PLACES}), False)}
    assert found(store, load_id, "bob@example.com") == {(frozenset({EMAIL, NAMES}), False)}
    assert found(store, load_id, "cy+shop@example.org") == {(frozenset({EMAIL, NAMES}), False)}
    assert found(store, load_id, "cy@example.org") == {(frozenset({EMAIL, NAMES}), True)}
    assert found(store, load_id, "dora@example.com") == set()


def test_the_field_sets_of_people_add_up_to_the_people(store, manifest):
    outcome = load(manifest(PEOPLE, {"people.csv": CSV}), store)

    direct = [one for one in store.loads.field_sets_of(outcome.load_id) if not one.via_alias]
    assert sum(one.people for one in direct) == outcome.tally.people == 3


def test_a_persons_classes_are_united_over_files(store, manifest):
    entries = (
        PEOPLE
        + """
    - path: names.csv
      mapping: {mail: Email addresses, nick: Usernames}
    """
    )
    names = "mail,nick\nANN@example.com,annie\nzoe@example.com,zoe\n"

    outcome = load(manifest(entries, {"people.csv": CSV, "names.csv": names}), store)

    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, NAMES, PLACES, "Usernames"}), False)}
    assert (outcome.tally.read, outcome.tally.indexed, outcome.tally.duplicates) == (8, 4, 2)
    assert [file.name for file in outcome.tally.files] == ["people.csv", "names.csv"]


def test_the_tally_of_a_file_says_what_it_is(store, manifest, tmp_path):
    [file] = load(manifest(PEOPLE, {"people.csv": CSV}), store).tally.files

    assert (file.outcome, file.format, file.read, file.indexed) == ("read", "csv", 6, 4)
    assert file.rejected == {"no address": 1, "not an address": 1}
    assert file.sha256 == hashlib.sha256((tmp_path / "people.csv").read_bytes()).hexdigest()
    assert set(file.classes) == {EMAIL, NAMES, PLACES}


def test_a_held_load_is_complete_and_invisible(store, manifest):
    outcome = load(manifest(PEOPLE, {"people.csv": CSV}), store, hold=True)

    assert current(store) == {"Shop": None}
    assert store.loads.get(outcome.load_id).state == "complete"
    assert found(store, outcome.load_id, "ann@example.com")


def test_a_dry_run_counts_the_same_and_writes_nothing(store, manifest):
    described = manifest(PEOPLE, {"people.csv": CSV})

    dry = load(described, store, dry_run=True)

    assert (dry.load_id, dry.is_published) == (None, False)
    assert store.breaches.all() == []
    assert store.databases[0].query("SELECT digest FROM exposure") == []
    assert load(described, store).tally == dry.tally


def test_a_second_load_replaces_the_first_whole(store, manifest):
    load(manifest(PEOPLE, {"people.csv": CSV}), store)

    second = load(manifest(PEOPLE, {"people.csv": "email,name,city\nzoe@example.com,Zoe,\n"}), store)

    assert current(store) == {"Shop": second.load_id}
    assert found(store, second.load_id, "ann@example.com") == set()
    assert found(store, second.load_id, "zoe@example.com")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("email,name,city\n", "no file held any records"),
        ("email,name,city\nnobody,Ann,Bonn\n", "no record of any file names a person"),
    ],
)
def test_a_load_that_indexed_nobody_is_refused(store, manifest, text, said):
    with pytest.raises(LoadRefused, match=said):
        load(manifest(PEOPLE, {"people.csv": text}), store, max_rejected=1.0)

    assert current(store) == {"Shop": None}
    assert states(store) == ["failed"]


def test_a_load_with_too_many_rejects_is_refused_and_its_tally_kept(store, manifest):
    text = "email,name,city\nann@example.com,,\n" + "nobody,,\n" * 3

    with pytest.raises(LoadRefused, match="3 of 4 records were rejected") as raised:
        load(manifest(PEOPLE, {"people.csv": text}), store)

    assert raised.value.tally.rejected == {"not an address": 3}
    assert current(store) == {"Shop": None}
    assert store.databases[0].query("SELECT digest FROM exposure") == []


def test_more_rejects_can_be_allowed(store, manifest):
    text = "email,name,city\nann@example.com,,\n" + "nobody,,\n" * 3

    assert load(manifest(PEOPLE, {"people.csv": text}), store, max_rejected=0.75).is_published


def test_progress_goes_from_nothing_to_all(store, manifest, tmp_path):
    progress = Silent()

    load(manifest(PEOPLE, {"people.csv": CSV}), store, progress=progress)

    size = (tmp_path / "people.csv").stat().st_size
    read = [heard for heard in progress.heard if heard[0] == "Reading"]
    assert read[0][1] == 0
    assert read[-1] == ("Reading", 6, size, size)
    assert [stage for stage, *_ in progress.heard[-2:]] == ["Writing, 0%", "Writing, 100%"]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_a_load_that_is_stopped_is_marked_as_failed(store, manifest, stop):
    def act():
        raise stop

    with pytest.raises((LoadError, SystemExit)):
        load(manifest(PEOPLE, {"people.csv": CSV}), store, progress=Silent(act))

    assert states(store) == ["failed"]
    assert current(store) == {"Shop": None}


def test_sigterm_stops_a_load_with_a_message(store, manifest):
    with pytest.raises(LoadError, match="stopped"):
        load(
            manifest(PEOPLE, {"people.csv": CSV}),
            store,
            progress=Silent(lambda: os.kill(os.getpid(), signal.SIGTERM)),
        )

    assert states(store) == ["failed"]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_file_that_changes_while_it_is_read_is_refused(store, manifest, tmp_path):
    described = manifest(PEOPLE, {"people.csv": CSV})

    def act():
        with (tmp_path / "people.csv").open("a") as file:
            file.write("late@example.com,,\n")

    with pytest.raises(LoadError, match=r"people\.csv changed while it was read"):
        load(described, store, progress=Silent(act))

    assert current(store) == {"Shop": None}


def test_a_load_that_never_ended_is_marked_as_failed_by_the_next(store, manifest):
    described = manifest(PEOPLE, {"people.csv": CSV})
    breach = store.breaches.id_of("Shop")
    dead = store.loads.start(breach, described.facts, manifest="", sha256="", program="", by="", at=1)

    load(described, store)

    assert store.loads.get(dead).state == "failed"
    assert "ended before" in store.loads.get(dead).failure


def test_a_second_load_at_the_same_time_waits_and_says_so(store, manifest):
    described, progress = manifest(PEOPLE, {"people.csv": CSV}), Silent()
    with loading.only_load(store.config.data, lambda: None):
        waiting = Thread(target=load, args=(described, store), kwargs={"progress": progress})
        waiting.start()
        waiting.join(0.5)
        assert progress.heard == [("Waiting for another load to end", 0, 0, 0)]
        assert store.breaches.all() == []
    waiting.join()

    assert current(store)["Shop"] is not None


def test_nothing_is_left_in_the_spill_folder(store, manifest):
    load(manifest(PEOPLE, {"people.csv": CSV}), store)

    assert list(store.config.spill_path.iterdir()) == []


def test_a_column_that_is_not_there_is_named(store, manifest):
    with pytest.raises(DataFileError, match="there is no column city"):
        load(manifest(PEOPLE, {"people.csv": "email,name\nann@example.com,Ann\n"}), store)

    assert current(store) == {"Shop": None}


def test_a_missing_file_is_named(store, manifest):
    with pytest.raises(DataFileError, match=r"people\.csv"):
        load(manifest(PEOPLE), store)


ORDERS = """
    - path: users.csv
      mapping: {email: Email addresses}
    - path: orders.csv
      mapping: {town: Geographic locations}
      join: {column: user, to: users.csv, on: ID}
    """
USERS = "id,email\n1,ann@example.com\n2,bob+x@example.com\nn/a,cy@example.com\n"


def test_records_are_joined_to_the_people_of_another_file(store, manifest):
    orders = "user,town\n1,Bonn\n1,Ulm\n2,Ulm\n9,Kiel\nn/a,Kiel\n"

    outcome = load(manifest(ORDERS, {"users.csv": USERS, "orders.csv": orders}), store)

    tally = outcome.tally
    assert (tally.read, tally.indexed, tally.duplicates) == (8, 6, 0)
    assert tally.rejected == {"no matching person": 1, "no identifier": 1}
    assert [(file.read, file.indexed) for file in tally.files] == [(3, 3), (5, 3)]
    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, PLACES}), False)}
    assert found(store, outcome.load_id, "bob@example.com") == {(frozenset({EMAIL, PLACES}), True)}
    assert found(store, outcome.load_id, "cy@example.com") == {(frozenset({EMAIL}), False)}


def test_a_join_to_a_file_without_people_is_refused(store, manifest):
    entries = (
        ORDERS.replace("to: users.csv", "to: shops.csv")
        + """
    - {path: shops.csv, mapping: {}, identifiers: {ID: account-id}}
    """
    )
    files = {"users.csv": USERS, "orders.csv": "user,town\n1,Bonn\n", "shops.csv": "ID,street\n1,High Street\n"}

    with pytest.raises(ManifestError, match=r"`join` names shops\.csv"):
        load(manifest(entries, files), store)


def test_an_identifier_can_be_asked_for_beside_the_address(store, manifest):
    entries = """
    - path: people.csv
      mapping: {email: Email addresses}
      identifiers: {org: org-id}
    """
    outcome = load(manifest(entries, {"people.csv": "email,org\nann@example.com,o-1\nbob@example.com,o-1\n"}), store)

    classes = frozenset({EMAIL, "Organisation identifiers"})
    assert found(store, outcome.load_id, "o-1", Kind.ORG_ID) == {(classes, False)}
    assert outcome.tally.people == 2
    assert store.loads.get(outcome.load_id).contents.kinds == ("email", "org-id")


def test_a_mapping_left_out_is_told_from_headers_and_content(store, manifest):
    text = "who,full name,shoe size\nann@example.com,Ann,38\nbob@example.com,,44\n"

    outcome = load(manifest("- path: people.csv", {"people.csv": text}), store)

    assert outcome.tally.people == 2
    assert outcome.tally.coverage[EMAIL] == 2
    assert outcome.tally.coverage[NAMES] == 1


def test_files_of_a_glob_that_hold_no_people_are_said_to(store, manifest, tmp_path):
    (tmp_path / "photo.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    files = {
        "people.csv": "email,name\nann@example.com,Ann\n",
        "shops.csv": "id,street\n1,High Street\n",
        "empty.csv": "",
    }

    tally = load(manifest("- {path: '*.csv', mapping: {email: Email addresses, name: Names}}", files), store).tally

    assert {file.name: file.outcome for file in tally.files} == {
        "empty.csv": "not read",
        "people.csv": "read",
        "photo.csv": "not read",
        "shops.csv": "nothing found",
    }
    assert all(file.why for file in tally.files if file.outcome != "read")


EVENTS = """
    {"event": "a", "properties": {"time": 1, "distinct_id": 1, "$city": "Bonn"}}
    {"event": "a", "properties": {"time": 1, "distinct_id": "$device:7", "$user_id": "2", "$os": "Linux"}}
    {"event": "$identify", "properties": {"time": 1, "distinct_id": "x", "$identified_id": "2", "$browser": "Edge"}}
    {"event": "a", "properties": {"time": 1, "distinct_id": "nobody", "$city": "Bonn"}}
    {"event": "a", "properties": {"time": 1, "distinct_id": "", "$city": "Bonn"}}
    {"event": "a", "properties": {"time": 1, "distinct_id"
    """
PROFILES = """
    {"$distinct_id": 1, "$properties": {"$email": "ann@example.com", "$name": "N/A"}}
    {"$distinct_id": "2", "$properties": {"$email": "bob+x@example.com"}}
    {"$distinct_id": "nobody", "$properties": {"$name": "Cy"}}
    """


@pytest.mark.parametrize("order", [("people.jsonl", "events.jsonl"), ("events.jsonl", "people.jsonl")])
def test_mixpanels_events_find_their_people_by_any_of_their_ids(store, manifest, order):
    entries = "\n".join(f"- path: {path}" for path in order)

    outcome = load(manifest(entries, {"people.jsonl": PROFILES, "events.jsonl": EVENTS}), store)

    tally = outcome.tally
    assert (tally.read, tally.indexed, tally.people) == (9, 5, 2)
    assert tally.rejected["no matching person"] == 1
    assert tally.rejected["no address"] == 1
    assert tally.rejected["no identifier"] == 1
    ids = "Account identifiers"
    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, ids, PLACES}), False)}
    bobs = frozenset({EMAIL, ids, "Device information", "Browser user agent details"})
    assert found(store, outcome.load_id, "bob+x@example.com") == {(bobs, False)}
    assert found(store, outcome.load_id, "bob@example.com") == {(bobs, True)}


SPELLINGS = ["ann@example.com", "Ann@Example.com", "ann+a@example.com", "a.n.n@gmail.com", "ann@googlemail.com"]
ODD = ["bob@bücher.example", '"q"@example.com', " ann@example.com ", "o'x@mail.test", "ann@example.com,bob@example.com"]
TEXTS = st.sampled_from([*SPELLINGS, *ODD, "", "N/A", "nobody", "x@y"])
ROWS = st.lists(st.tuples(TEXTS, st.sampled_from(["", "Ann", "unknown", 'A "B", C']), TEXTS), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory):
    services = new_store(tmp_path_factory.mktemp("shared") / "data")
    yield services
    services.close()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_whatever_a_file_holds_nobody_is_lost_or_invented(shared_store, manifest, rows):
    text = io.StringIO()
    csv.writer(text).writerows([("email", "name", "note"), *rows, ("zoe@example.com", "Zoe", "")])
    described = manifest("- {path: p.csv, mapping: {email: Email addresses, name: Names}}", {"p.csv": text.getvalue()})

    outcome = load(described, shared_store, max_rejected=1.0)

    tally = outcome.tally
    assert tally.read == tally.indexed + tally.duplicates + Counter(tally.rejected).total() == len(rows) + 1
    assert digests(shared_store, outcome.load_id) == expected(
        shared_store, [*(email for email, _, _ in rows), "zoe@example.com"]
    )


def digests(store, load_id):
    alias_of = {one.id: one.via_alias for one in store.loads.field_sets_of(load_id)}
    rows = store.databases[0].query("SELECT digest, field_set_id FROM exposure")
    return {(row["digest"], alias_of[row["field_set_id"]]) for row in rows if row["field_set_id"] in alias_of}


def expected(store, texts):
    everyone = set()
    for text in texts:
        try:
            address = canonical(text)
        except InvalidAccount:
            continue
        everyone.add((store.digester.of_address(address), False))
        if base := base_of(address):
            everyone.add((store.digester.of_address(base), True))
    return everyone
