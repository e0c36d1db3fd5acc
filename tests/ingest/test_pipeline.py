"""Loads, end to end on real files and a real store: whole or not at all, and nobody lost or invented."""

import csv
import dataclasses
import gzip
import hashlib
import io
import os
import signal
import zipfile
from collections import Counter
from functools import partial
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breachcheck.addresses import base_of, canonical
from breachcheck.digests import Kind
from breachcheck.errors import BreachcheckError, ConfigError, DataFileError, InvalidAccount, LoadError
from ingest import loading
from ingest.mailboxes import addresses_in
from ingest.pipeline import LoadRefused
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import EMAIL, NAMES, PLACES, Silent, described, found, load
from tests.patience import eventually
from tests.stores import new_store


@pytest.fixture
def manifest(tmp_path):
    """Writes a manifest of entries and files."""
    return partial(described, tmp_path)


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


def test_everyone_is_found_who_stands_in_one_of_several_columns_of_one_name(store, manifest):
    entries = "- {path: people.csv, mapping: {email: Email addresses, city: Geographic locations}}"
    text = "email,city,email,city\nann@example.com,,bob@example.com,Bonn\n,Ulm,cy@example.com,\n"

    outcome = load(manifest(entries, {"people.csv": text}), store)

    assert (outcome.tally.read, outcome.tally.people) == (2, 3)
    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, PLACES}), False)}
    assert found(store, outcome.load_id, "cy@example.com") == {(frozenset({EMAIL, PLACES}), False)}


def test_everyone_is_found_whom_a_cell_names_as_an_address_list(store, manifest):
    text = (
        'email;name\nAnn <ann@example.com>;Ann\n"bob@example.com; cy+x@example.com";\n'
        'mailto:dora@example.com?subject=x;Dora\n"Eve &lt;eve%40example.com&gt;";Eve\n'
        "write to finn@example.com;Finn\n"
    )

    outcome = load(manifest("- {path: people.csv, mapping: {email: Email addresses}}", {"people.csv": text}), store)

    assert (outcome.tally.read, outcome.tally.people, outcome.tally.aliases) == (5, 5, 1)
    assert outcome.tally.rejected == {"not an address": 1}
    assert all(
        found(store, outcome.load_id, f"{name}@example.com") for name in ("ann", "bob", "cy+x", "cy", "dora", "eve")
    )


def test_a_list_of_json_in_a_cell_gives_each_of_its_identifiers(store, manifest):
    entries = "- {path: people.csv, mapping: {email: Email addresses}, identifiers: {org: org-id, user: account-id}}"
    text = 'email;org;user\nann@example.com;["org-1", "org-2"];[7]\nbob@example.com;[org-3];x\n'

    load_id = load(manifest(entries, {"people.csv": text}), store).load_id

    for name, kind in {
        "org-1": Kind.ORG_ID,
        "org-2": Kind.ORG_ID,
        "[org-3]": Kind.ORG_ID,
        "7": Kind.ACCOUNT_ID,
    }.items():
        assert found(store, load_id, name, kind)
    assert not found(store, load_id, '["org-1", "org-2"]', Kind.ORG_ID)


def test_a_cell_of_several_phone_numbers_gives_each_of_them_and_one_of_anything_else_none(store, manifest):
    entries = "- {path: people.csv, mapping: {email: Email addresses}, identifiers: {phone: phone}}"
    text = """
        email;phone
        ann@example.com;"+1 555 0100; +1 555 0101 ext. 7"
        bob@example.com;"+1 555 0102, 555 0103"
        cy@example.com;+1 555 0104|
        """

    load_id = load(manifest(entries, {"people.csv": text}), store).load_id

    there = [number for number in range(6) if found(store, load_id, f"+155501{number:02}", Kind.PHONE)]
    assert there == [0, 1, 4]


def test_each_person_has_exactly_the_classes_of_all_their_records(store, manifest):
    load_id = load(manifest(PEOPLE, {"people.csv": CSV}), store).load_id

    assert found(store, load_id, "ann@example.com") == {(frozenset({EMAIL, NAMES, PLACES}), False)}
    assert found(store, load_id, "bob@example.com") == {(frozenset({EMAIL, NAMES}), False)}
    assert found(store, load_id, "cy+shop@example.org") == {(frozenset({EMAIL, NAMES}), False)}
    assert found(store, load_id, "cy@example.org") == {(frozenset({EMAIL, NAMES}), True)}
    assert found(store, load_id, "dora@example.com") == set()


def test_the_field_sets_of_people_add_up_to_the_people(store, manifest):
    outcome = load(manifest(PEOPLE, {"people.csv": CSV}), store)

    direct = [one for one in store.field_sets.of_load(outcome.load_id) if not one.via_alias]
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


def test_a_load_of_files_that_name_nobody_says_so(store, manifest):
    with pytest.raises(LoadRefused, match="in any column whose records"):
        load(manifest("- path: shops.csv", {"shops.csv": "shoe size,street\n1,High Street\n"}), store)


def test_a_damaged_member_of_an_archive_is_said_to_be_and_the_others_are_read(store, manifest, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("people.csv", "email,name\nann@example.com,Ann\n")
        archive.writestr("broken.json", '{"email": [')

    tally = load(manifest("- {path: all.zip, mapping: {email: Email addresses, name: Names}}"), store).tally

    assert {file.name: file.outcome for file in tally.files}["all.zip!people.csv"] == "read"
    assert tally.people == 1


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


def stopped_after(act):
    """*act*, and then Ctrl-C."""

    def both(*arguments, **named):
        done = act(*arguments, **named)
        signal.raise_signal(signal.SIGTERM)
        return done

    return both


@pytest.mark.parametrize(
    ("noun", "verb", "said", "is_published"),
    [
        ("publishing", "publish", "load 1 is whole, and is published", True),
        ("opt_outs", "finish", "load 1 is whole, and is held; `breachcheck breaches publish Shop` shows it", False),
    ],
)
def test_whoever_stops_a_load_too_late_is_told_what_became_of_it(
    store, manifest, monkeypatch, noun, verb, said, is_published
):
    monkeypatch.setattr(getattr(store, noun), verb, stopped_after(getattr(getattr(store, noun), verb)))

    with pytest.raises(LoadError, match=said):
        load(manifest(PEOPLE, {"people.csv": CSV}), store)

    assert states(store) == ["complete"]
    assert current(store) == {"Shop": 1 if is_published else None}


def test_a_file_that_changes_while_it_is_read_is_refused(store, manifest, tmp_path):
    described = manifest(PEOPLE, {"people.csv": CSV})

    def act():
        with (tmp_path / "people.csv").open("a") as file:
            file.write("late@example.com,,\n")

    with pytest.raises(LoadError, match=r"people\.csv changed while it was read"):
        load(described, store, progress=Silent(act))

    assert current(store) == {"Shop": None}


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda path: os.truncate(path, path.stat().st_size - 9), r"more\.csv\.gz changed while it was read"),
        (Path.unlink, r"more\.csv\.gz: cannot be read \(No such file or directory\)"),
    ],
)
def test_what_keeps_a_file_from_being_read_is_that_it_changed(store, manifest, tmp_path, act, said):
    path = tmp_path / "more.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode()))
    described = manifest(f"{PEOPLE}- path: more.csv.gz", {"people.csv": CSV})

    with pytest.raises(BreachcheckError, match=said):
        load(described, store, progress=Silent(lambda: act(path)))

    assert current(store) == {"Shop": None}


def test_a_file_that_changes_after_its_tables_were_learnt_is_refused(store, manifest, tmp_path):
    rows = "INSERT INTO users (email) VALUES ('{}@example.com');\n"
    files = {"people.csv": CSV, "dump.sql": rows.format("eve")}

    def act():
        with (tmp_path / "dump.sql").open("a") as file:
            file.write(rows.format("late"))

    with pytest.raises(LoadError, match=r"dump\.sql changed while it was read"):
        load(manifest(f"{PEOPLE}- path: dump.sql", files), store, progress=Silent(act))

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
        assert eventually(lambda: progress.heard)
        waiting.join(0.3)
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
    alias_of = {one.id: one.via_alias for one in store.field_sets.of_load(load_id)}
    rows = store.databases[0].query("SELECT digest, field_set_id FROM exposure")
    return {(row["digest"], alias_of[row["field_set_id"]]) for row in rows if row["field_set_id"] in alias_of}


def expected(store, texts):
    everyone = set()
    for text in texts:
        for address in addresses_in(text) or one_in(text):
            everyone.add((store.digester.of_address(address), False))
            if base := base_of(address):
                everyone.add((store.digester.of_address(base), True))
    return everyone


def one_in(text):
    try:
        return [canonical(text)]
    except InvalidAccount:
        return []


def test_what_only_mail_could_serve_is_refused_while_mail_is_off(manifest, store):
    for_owners = manifest(PEOPLE, {"people.csv": CSV})
    for_owners = dataclasses.replace(for_owners, facts=msgspec.structs.replace(for_owners.facts, disclosure="owner"))

    with pytest.raises(ConfigError, match="mail is off"):
        load(for_owners, store)
    assert store.breaches.all() == []


@pytest.mark.parametrize("name", ["people.zip", "people.json", "people.xlsx"])
def test_a_file_that_is_not_what_its_name_says_is_said_to_be_none(store, manifest, name):
    with pytest.raises(LoadRefused) as refused:
        load(manifest(f"    - path: {name}\n", {name: "just some words\n"}), store)

    assert f"it is not the .{name.partition('.')[2]} file that its name says" in refused.value.tally.files[0].why
