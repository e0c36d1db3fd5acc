"""Loads whose records name their people elsewhere, or by more than an address."""

import json
from functools import partial

import pytest

from breachcheck import addresses
from breachcheck.digests import Kind
from breachcheck.errors import ManifestError
from breachcheck.suppressions import Level
from breachcheck.tallies import LEFT_OUT
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import EMAIL, NAMES, PLACES, described, found, load


@pytest.fixture
def manifest(tmp_path):
    """Writes a manifest of entries and files."""
    return partial(described, tmp_path)


ORDERS = """
    - path: users.csv
      mapping: {email: Email addresses}
    - path: orders.csv
      mapping: {town: Geographic locations}
      join: {column: user, to: users.csv, on: ID}
    """
USERS = "id,email\n1,ann@example.com\n2,bob+x@example.com\nn/a,cy@example.com\n"


def test_a_whole_number_is_the_same_id_with_and_without_a_fraction(store, manifest):
    orders = "user,town\n1.0,Bonn\n2.5,Ulm\n"

    outcome = load(manifest(ORDERS, {"users.csv": USERS, "orders.csv": orders}), store)

    assert outcome.tally.rejected == {"no matching person": 1}
    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, PLACES}), False)}


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


def test_a_join_goes_by_every_column_of_its_name(store, manifest):
    users = "ID,email,ID\n1,ann@example.com,7\n"
    orders = "user,town,user\n,Bonn,7\n"

    outcome = load(manifest(ORDERS, {"users.csv": users, "orders.csv": orders}), store)

    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, PLACES}), False)}


def test_a_list_of_json_in_a_join_column_is_joined_by_each_of_its_ids(store, manifest):
    orders = 'user;town\n"[7, 2]";Bonn\n"[1, 2]";Ulm\n"[8, 9]";Kiel\n'

    outcome = load(manifest(ORDERS, {"users.csv": USERS, "orders.csv": orders}), store)

    for name in ("ann", "bob+x"):
        assert found(store, outcome.load_id, f"{name}@example.com") == {(frozenset({EMAIL, PLACES}), False)}
    assert outcome.tally.rejected == {"no matching person": 1}


def test_a_join_to_a_file_without_people_is_refused(store, manifest):
    entries = ORDERS.replace("to: users.csv", "to: orders.csv").replace("on: ID", "on: town")

    with pytest.raises(ManifestError, match=r"`join` names orders\.csv"):
        load(manifest(entries, {"users.csv": USERS, "orders.csv": "user,town\n1,Bonn\n"}), store)


KNOWN_BY_NUMBERS = """
    - path: users.csv
      mapping: {email: Email addresses}
      identifiers: {login: username, phone: phone, org: org-id}
    - path: orders.csv
      mapping: {town: Geographic locations}
      join: {column: user, to: users.csv, on: ID}
    """


def test_what_is_joined_is_told_by_all_that_a_person_may_be_looked_up_by(store, manifest):
    users = "ID,email,login,phone,org\n1,ann@example.com,ann,+15550100,o-1\n2,,bob,,o-1\n3,,cy,,o-2\n"

    outcome = load(manifest(KNOWN_BY_NUMBERS, {"users.csv": users, "orders.csv": "user,town\n1,Bonn\n2,Ulm\n"}), store)

    asked = [(Kind.EMAIL, "ann@example.com"), (Kind.USERNAME, "ann"), (Kind.PHONE, "+15550100"), (Kind.ORG_ID, "o-1")]
    for kind, text in [*asked, (Kind.USERNAME, "bob")]:
        [(classes, via_alias)] = found(store, outcome.load_id, text, kind)
        assert PLACES in classes
        assert not via_alias
    [(classes, _)] = found(store, outcome.load_id, "cy", Kind.USERNAME)
    assert PLACES not in classes
    assert (outcome.tally.read, outcome.tally.indexed, outcome.tally.rejected) == (5, 5, {})


def test_people_who_have_no_address_are_joined_by_what_they_have(store, manifest):
    entries = KNOWN_BY_NUMBERS.replace("{email: Email addresses}", "{}")
    users = "ID,login,phone,org\n1,ann,,\n"

    outcome = load(manifest(entries, {"users.csv": users, "orders.csv": "user,town\n1,Bonn\n2,Ulm\n"}), store)

    assert found(store, outcome.load_id, "ann", Kind.USERNAME) == {(frozenset({"Usernames", PLACES}), False)}
    assert outcome.tally.rejected == {"no matching person": 1}
    assert Kind.EMAIL not in store.loads.get(outcome.load_id).contents.kinds


@pytest.mark.parametrize("rejects", [None, "rejects.csv"])
def test_a_record_that_has_a_number_of_its_own_is_told_of_its_person_too(store, manifest, tmp_path, rejects):
    entries = ORDERS + "  identifiers: {phone: phone}\n"
    orders = "user,town,phone\n1,Bonn,+15550100\n9,Ulm,+15550101\n9,Kiel,\n2,Kiel,\n"
    files = {"users.csv": USERS, "orders.csv": orders}

    outcome = load(manifest(entries, files), store, rejects=rejects and tmp_path / rejects)

    ann = {(frozenset({EMAIL, PLACES, "Phone numbers"}), False)}
    assert found(store, outcome.load_id, "ann@example.com") == ann
    for phone in ("+15550100", "+15550101"):
        assert found(store, outcome.load_id, phone, Kind.PHONE) == {(frozenset({PLACES, "Phone numbers"}), False)}
    tally = outcome.tally
    assert (tally.read, tally.indexed, tally.duplicates, tally.rejected) == (7, 6, 0, {"no matching person": 1})
    if rejects:
        assert (tmp_path / rejects).read_text().splitlines()[1:] == ["orders.csv,4,,no matching person"]


def test_events_that_name_an_organisation_are_told_of_their_people_too(store, manifest):
    entries = """
    - {path: people.jsonl, format: mixpanel-people}
    - {path: events.jsonl, format: mixpanel-events, identifiers: {organization_id: org-id}}
    """
    people = '{"$distinct_id": "d", "$properties": {"$email": "ann@example.com"}}\n'
    event = (
        '{"event": "a", "properties": {"time": 1, "distinct_id": "%s", "$city": "Bonn", "organization_id": "o-1"}}\n'
    )
    files = {"people.jsonl": people, "events.jsonl": event % "d" + event % "nobody"}

    outcome = load(manifest(entries, files), store)

    [(classes, _)] = found(store, outcome.load_id, "ann@example.com")
    assert {PLACES, "Organisation identifiers"} <= classes
    assert (outcome.tally.read, outcome.tally.indexed + outcome.tally.duplicates) == (3, 3)


@pytest.mark.parametrize("columns", ["{org: org-id, login: username}", "{login: username, org: org-id}"])
def test_an_organisation_is_nobody_among_the_people(store, manifest, columns):
    entries = f"- {{path: users.csv, mapping: {{name: Names}}, identifiers: {columns}}}"
    users = "login,org,name\nann,o-1,Ann\nbob,o-1,Bob\n,o-2,Cy\n,o-2,Di\n"

    outcome = load(manifest(entries, {"users.csv": users}), store)

    tally = outcome.tally
    assert (tally.read, tally.indexed, tally.duplicates, tally.people) == (4, 3, 1, 2)
    assert tally.coverage == {"Names": 2, "Usernames": 2, "Organisation identifiers": 2}


def test_what_only_organisations_have_is_still_of_the_breach(store, manifest):
    entries = "- {path: events.csv, mapping: {town: Geographic locations}, identifiers: {org: org-id}}"

    outcome = load(manifest(entries, {"events.csv": "org,town\no-1,Bonn\n"}), store)

    assert outcome.tally.people == 0
    assert set(store.catalogue.published().breaches[0].data_classes) == {PLACES, "Organisation identifiers"}


ID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("here", "elsewhere"),
    [
        (ID, ID.upper()),
        (f"{{{ID.upper()}}}", ID),
        ("-1001234", "-1001234.0"),
        ("17.00", "17"),
        ("17\u00a0", "17"),
        ("jos\u00e9", "jose\u0301"),
        ("Ann@Example.com", "ann@example.com"),
        ("ObjectId(507f1f77bcf86cd799439011)", "507f1f77bcf86cd799439011"),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_an_id_is_the_same_however_two_files_spell_it(store, manifest, suffix, here, elsewhere):
    entries = ORDERS.replace(".csv", f".{suffix}")
    files = {"users": [("ID", "email"), (here, "ann@example.com")], "orders": [("user", "town"), (elsewhere, "Bonn")]}
    written = {f"{name}.{suffix}": as_text(suffix, *rows) for name, rows in files.items()}

    outcome = load(manifest(entries, written), store)

    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, PLACES}), False)}


@pytest.mark.parametrize(("here", "elsewhere"), [("007", "7"), ("AbC", "aBc"), ("1.7", "17")])
def test_ids_that_may_be_two_peoples_do_not_meet(store, manifest, here, elsewhere):
    files = {"users.csv": f"ID,email\n{here},ann@example.com\n", "orders.csv": f"user,town\n{elsewhere},Bonn\n"}

    outcome = load(manifest(ORDERS, files), store)

    assert outcome.tally.rejected == {"no matching person": 1}


def as_text(suffix, header, row):
    return (
        f"{','.join(header)}\n{','.join(row)}\n"
        if suffix == "csv"
        else json.dumps(dict(zip(header, row, strict=True))) + "\n"
    )


def test_ids_and_names_are_looked_up_as_people_write_them(store, manifest):
    entries = (
        "- {path: users.csv, mapping: {town: Geographic locations}, identifiers: {ID: account-id, login: username}}"
    )
    users = f"ID,login,town\n17.0,jose\u0301,Bonn\n{ID.upper()},\u00a0Ann,Bonn\n"

    outcome = load(manifest(entries, {"users.csv": users}), store)

    asked = [(Kind.ACCOUNT_ID, "17"), (Kind.ACCOUNT_ID, ID), (Kind.USERNAME, "jos\u00e9"), (Kind.USERNAME, "Ann")]
    assert all(found(store, outcome.load_id, text, kind) for kind, text in asked)
    assert not found(store, outcome.load_id, "ann", Kind.USERNAME)


CHAIN = """
    - path: tickets.csv
      mapping: {name: Names}
      join: {column: order, to: orders.csv, on: ID}
    - path: orders.csv
      mapping: {town: Geographic locations}
      join: {column: user, to: users.csv, on: ID}
    - path: users.csv
      mapping: {email: Email addresses}
    """
CHAINED = {
    "users.csv": USERS,
    "orders.csv": "ID,user,town\nA,1,Bonn\nB,9,Ulm\nC,2,\nC,1,\n",
    "tickets.csv": "order,name\nA,Ann\nA,\nB,Nobody\nC,Both\nD,Nobody\n",
}


def test_joins_lead_on_to_the_people_at_their_end(store, manifest):
    outcome = load(manifest(CHAIN, CHAINED), store)

    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, PLACES, NAMES}), False)}
    assert found(store, outcome.load_id, "bob@example.com") == {(frozenset({EMAIL, NAMES}), True)}
    assert found(store, outcome.load_id, "cy@example.com") == {(frozenset({EMAIL}), False)}
    tickets, orders, _ = outcome.tally.files
    assert (tickets.indexed, tickets.rejected) == (3, {"no matching person": 2})
    assert (orders.indexed, orders.rejected) == (3, {"no matching person": 1})


def test_records_at_the_end_of_a_chain_are_listed_where_they_find_nobody(store, manifest, tmp_path):
    load(manifest(CHAIN, CHAINED), store, rejects=tmp_path / "rejects.csv")

    assert (tmp_path / "rejects.csv").read_text().splitlines()[1:] == [
        "tickets.csv,4,,no matching person",
        "tickets.csv,6,,no matching person",
        "orders.csv,3,,no matching person",
    ]


def test_records_in_the_middle_of_a_chain_may_name_people_themselves(store, manifest):
    entries = CHAIN.replace("{town: Geo", "{email: Email addresses, town: Geo")
    orders = "ID,user,town,email\nA,1,Bonn,\nB,1,Ulm,dee@example.com\n"

    outcome = load(manifest(entries, {**CHAINED, "orders.csv": orders, "tickets.csv": "order,name\nB,Dee\n"}), store)

    assert found(store, outcome.load_id, "ann@example.com") == {(frozenset({EMAIL, PLACES}), False)}
    assert found(store, outcome.load_id, "dee@example.com") == {(frozenset({EMAIL, PLACES, NAMES}), False)}


def test_records_of_somebody_who_is_forgotten_are_left_out_and_not_listed(store, manifest, tmp_path):
    ann = store.digester.of_address(addresses.canonical("ann@example.com"))
    store.opt_outs.opt_out(ann, Level.FORGET)
    files = {**CHAINED, "orders.csv": "ID,user,town\nA,1,Bonn\nB,9,Ulm\nC,2,\n"}

    tally = load(manifest(CHAIN, files), store, rejects=tmp_path / "rejects.csv").tally

    assert [one.rejected for one in tally.files] == [
        {LEFT_OUT: 2, "no matching person": 2},
        {LEFT_OUT: 1, "no matching person": 1},
        {LEFT_OUT: 1},
    ]
    assert (tmp_path / "rejects.csv").read_text().splitlines()[1:] == [
        "tickets.csv,4,,no matching person",
        "tickets.csv,6,,no matching person",
        "orders.csv,3,,no matching person",
    ]


def test_joins_in_a_circle_are_refused(store, manifest):
    entries = CHAIN.replace("to: users.csv, on: ID", "to: tickets.csv, on: order")

    with pytest.raises(ManifestError, match=r"leads in a circle: .*(orders|tickets)\.csv; take one"):
        load(manifest(entries, CHAINED), store)


def test_a_table_that_is_joined_to_itself_alone_finds_nobody(store, manifest):
    entries = CHAIN.replace("to: users.csv", "to: orders.csv")

    with pytest.raises(ManifestError, match=r"`join` names orders\.csv, but no file"):
        load(manifest(entries, CHAINED), store)


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
