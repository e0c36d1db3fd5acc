"""Warning signs: what a load says that somebody should look at, and of which loads it says nothing."""

from dataclasses import replace

import msgspec
import pytest

from breachcheck.breaches import NotExposed
from breachcheck.load_warnings import naming, words_of
from breachcheck.tallies import FileTally, Tally
from ingest import pipeline
from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import described, load
from tests.stores import facts, published_breach

BCRYPT = "$2b$12$" + "a" * 22 + "b" * 31
PROVIDERS = ("gmail.com", "gmx.de", "web.de", "yahoo.com")


def rows(header, *values, count=8, domain=None):
    """CSV of *count* people at mail providers, or at *domain*; each further column has one value for all."""
    lines = [",".join([f"invented{number}@{domain or PROVIDERS[number % 4]}", *values]) for number in range(count)]
    return "\n".join([f"email,{header}", *lines]) + "\n"


def of(folder, store, text, mapping="{email: Email addresses}", more="", head=None, **options):
    """The warnings of a dry run over one file, by id."""
    entry = f"- path: people.csv\n  mapping: {mapping}\n{more}" if mapping else f"- path: people.csv\n{more}"
    manifest = described(folder, entry, {"people.csv": text})
    outcome = load(saying(manifest, **(head or {})), store, dry_run=True, **options)
    found = {one.id: one for one in outcome.tally.warnings}
    assert len(found) == len(outcome.tally.warnings)
    return found


def saying(manifest, **said):
    """*manifest* with some of its facts changed."""
    return replace(manifest, facts=msgspec.structs.replace(manifest.facts, **said))


def test_a_load_in_which_nothing_is_odd_warns_of_nothing(tmp_path, store):
    assert of(tmp_path, store, rows("name", "Ann"), "{email: Email addresses, name: Names}") == {}


@pytest.mark.parametrize(
    ("others", "is_told"), [(4, True), (5, False)], ids=["half of the people", "fewer than half of the people"]
)
def test_half_of_the_people_on_one_domain_is_told(tmp_path, store, others, is_told):
    text = rows("", count=others) + rows("", count=4, domain="acme.example").partition("\n")[2]
    found = of(tmp_path, store, text)

    assert ("one-domain" in found) == is_told
    if is_told:
        assert found["one-domain"].values == {"most": 4, "people": 8}


def test_one_domain_is_called_by_its_name_where_that_is_known(tmp_path, store):
    found = of(tmp_path, store, rows("", domain="acme.example"), head={"domain": "acme.example"})

    assert words_of(found["one-domain"]).seen.endswith("It is acme.example.")


@pytest.mark.parametrize(("domain", "count"), [("gmail.com", 8), ("acme.example", 4)])
def test_a_mail_provider_is_no_one_domain_nor_are_a_few_people_a_share(tmp_path, store, domain, count):
    assert of(tmp_path, store, rows("", domain=domain, count=count)) == {}


def test_a_mapped_class_that_nobody_has_is_named(tmp_path, store):
    found = of(tmp_path, store, rows("phone", ""), "{email: Email addresses, phone: Phone numbers}")

    assert words_of(found["nobody-has"]).seen == "Mapped, but nobody has it: Phone numbers."


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("pw", "abc"),
        ("Password_Hash", "abc"),
        ("x1", BCRYPT),
        ("x1", "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaGhhc2hoYXNo"),
        *[("x1", ("0123456789abcdef" * 8)[:length]) for length in (32, 40, 64, 128)],
        ("x1", ("0123456789ABCDEF" * 3)[:40]),
    ],
)
def test_a_column_that_looks_like_passwords_is_told_where_it_is_mapped_as_something_else(
    tmp_path, store, column, value
):
    found = of(tmp_path, store, rows(column, value), f"{{email: Email addresses, {column}: Nicknames}}")

    assert list(found) == ["password-column"]
    assert words_of(found["password-column"]).seen.endswith(f"people.csv: {column} (Nicknames).")
    assert value not in str(found)


@pytest.mark.parametrize(
    ("column", "value", "data_class"),
    [
        ("pw", BCRYPT, "Passwords"),
        ("x1", BCRYPT, "Historical passwords"),
        ("x1", "0123456789abcdef" * 2, "Account identifiers"),
        ("x1", "12345678" * 4, "Nicknames"),
        ("x1", "no hash at all", "Nicknames"),
    ],
)
def test_a_column_that_is_rightly_mapped_is_not(tmp_path, store, column, value, data_class):
    assert of(tmp_path, store, rows(column, value), f"{{email: Email addresses, {column}: {data_class}}}") == {}


@pytest.mark.parametrize(
    ("column", "value", "data_class"),
    [("pw", "abc", "Passwords"), ("x1", BCRYPT, "Passwords"), ("ssn", "1", "Social security numbers")],
)
def test_a_heavy_detail_that_nothing_is_mapped_to_is_told(tmp_path, store, column, value, data_class):
    found = of(tmp_path, store, rows(column, value))

    assert found["not-mapped"].values["names"] == (f"{data_class} (people.csv: {column})",)


def test_a_light_or_an_empty_column_may_be_left_out(tmp_path, store):
    assert of(tmp_path, store, rows("name,pw", "Ann", "")) == {}


def test_a_heavy_detail_that_another_column_is_mapped_to_is_not_told(tmp_path, store):
    found = of(tmp_path, store, rows("pw,password", "a", "b"), "{email: Email addresses, pw: Passwords}")

    assert "not-mapped" not in found


def test_a_column_that_is_called_like_an_address_and_was_not_read_is_told(tmp_path, store):
    text = rows("billing email", "someone@example.com")

    assert of(tmp_path, store, text)["address-not-read"].values["names"] == ("people.csv: billing email",)
    assert "address-not-read" not in of(tmp_path, store, text, more="  address: [email, billing email]\n")


@pytest.mark.parametrize(
    ("column", "value", "is_told"),
    [
        ("created_at", "2999-01-01", True),
        ("lastLogin", "2999-01-01T10:00:00Z", True),
        ("created", "31.12.2999", True),
        ("created_at", "2020-01-01", False),
        ("created_at", "2999-99-99", False),
        ("expires", "2999-01-01", False),
    ],
)
def test_a_date_of_the_past_that_lies_in_the_future_is_told(tmp_path, store, column, value, is_told):
    assert ("future-dates" in of(tmp_path, store, rows(column, value))) == is_told


@pytest.mark.parametrize(
    ("affected", "copy", "is_told"),
    [
        (8, "unknown", False),
        (10, "unknown", False),
        (11, "unknown", True),
        (11, "partial", False),
        (7, "unknown", False),
        (6, "partial", True),
        (None, "unknown", False),
    ],
)
def test_people_far_from_the_disclosed_count_are_told(tmp_path, store, affected, copy, is_told):
    found = of(tmp_path, store, rows(""), head={"affected": affected, "copy": copy})

    assert ("affected" in found) == is_told


def test_a_part_is_not_held_against_the_disclosed_count(tmp_path, store):
    part = pipeline.Part(limit=2)

    assert of(tmp_path, store, rows(""), head={"affected": 8}, part=part) == {}


def test_a_class_that_the_discloser_denied_and_people_have_is_told(tmp_path, store):
    manifest = described(tmp_path, "- path: people.csv", {"people.csv": rows("password", "a")})
    said = NotExposed(classes=("Passwords",), source="https://example.com/notice")
    outcome = load(saying(manifest, not_exposed=said), store, dry_run=True)

    assert [one.id for one in outcome.tally.warnings] == ["denied"]


def test_a_file_that_nobody_was_found_in_is_told_with_its_reason(tmp_path, store):
    files = {"people.csv": rows(""), "products.csv": "sku,price\n1,2\n", "nobody.csv": "email\nnone\nnobody\n"}
    outcome = load(described(tmp_path, '- path: "*.csv"', files), store, dry_run=True)

    (warning,) = (one for one in outcome.tally.warnings if one.id == "nobody-in-file")
    assert warning.values["names"] == (
        "nobody.csv (not an address)",
        "products.csv (no column says whose records these are)",
    )


def test_one_table_of_a_file_that_names_people_is_enough(tmp_path, store):
    dump = "CREATE TABLE a (email text);\nINSERT INTO a VALUES ('ann@gmail.example');\nCREATE TABLE b (x int);\n"
    outcome = load(described(tmp_path, "- path: dump.sql", {"dump.sql": dump}), store, dry_run=True)

    assert {one.id for one in outcome.tally.warnings} == set()


def test_many_rejected_records_are_told(tmp_path, store):
    found = of(tmp_path, store, rows("", count=8) + "nobody\n")

    assert found["many-rejected"].values == {"rejected": 1, "read": 9}


def test_a_load_of_far_fewer_people_than_the_one_it_replaces_is_told(tmp_path, store):
    people = {f"invented{number}@example.com": ["Email addresses"] for number in range(11)}
    before = published_breach(store, facts(), people)

    assert of(tmp_path, store, rows(""))["fewer-people"].values == {"people": 8, "before": 11, "load": before}


def test_what_a_warning_names_is_counted_where_it_is_much(tmp_path, store):
    files = {f"{number:02}.csv": "sku,price\n1,2\n" for number in range(12)} | {"people.csv": rows("")}
    outcome = load(described(tmp_path, '- path: "*.csv"', files), store, dry_run=True)
    (warning,) = outcome.tally.warnings

    assert len(warning.values["names"]) == 10
    assert words_of(warning).seen.endswith("and 2 more.")


def test_no_address_in_the_name_of_a_column_is_told(tmp_path, store):
    text = rows("password someone@example.com", BCRYPT)
    found = of(tmp_path, store, text, more="  header_row: 1\n")

    assert "not-mapped" in found
    assert "someone@example.com" not in str(found)


def test_everyone_may_be_told_no_warnings():
    tally = Tally(warnings=(naming("nobody-has", ["Names"]),), files=(FileTally(name="a", outcome="read"),))

    assert tally.without_left_out().warnings == ()
