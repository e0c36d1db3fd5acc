"""What several entries of a manifest pass over in one archive is told once."""

import zipfile

import pytest
import pyzipper

from tests.engines import ENGINES as ENGINES
from tests.ingest.loads import described, load

USERS = "id,email,name\n1,ann@example.com,Ann\n"
STAFF = "mail,city\nbob@example.com,Berlin\n"
TWO_OF_THREE = """
- path: all.zip
  member: users.csv
- path: all.zip
  member: staff.csv
"""


@pytest.fixture
def archived(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.mkdir("letters")
        for name, text in (("users.csv", USERS), ("staff.csv", STAFF), ("more.csv", STAFF), (".DS_Store", "x")):
            archive.writestr(name, text)
    return tmp_path


def told(outcome):
    return [(one.name.removeprefix("all.zip!"), one.outcome) for one in outcome.tally.files]


def test_each_member_of_an_archive_that_several_entries_name_is_in_the_tally_once(archived, store):
    outcome = load(described(archived, TWO_OF_THREE), store)

    assert sorted(told(outcome)) == [
        (".DS_Store", "not read"),
        ("letters/", "not read"),
        ("more.csv", "not read"),
        ("staff.csv", "read"),
        ("users.csv", "read"),
    ]


def test_what_no_entry_selects_is_warned_of_but_not_folders_nor_what_systems_add(archived, store):
    outcome = load(described(archived, TWO_OF_THREE), store)

    [warning] = [one for one in outcome.tally.warnings if one.id == "nobody-in-file"]
    assert "more.csv" in str(warning.values)
    assert "letters" not in str(warning.values)
    assert "DS_Store" not in str(warning.values)


def test_a_member_that_two_entries_read_is_told_of_each(archived, store):
    entries = "- {path: all.zip, member: users.csv}\n- {path: all.zip, member: '*.csv'}"

    outcome = load(described(archived, entries), store)

    assert told(outcome).count(("users.csv", "read")) == 2


def test_a_password_that_was_typed_once_opens_the_archive_for_every_entry(tmp_path, store):
    with pyzipper.AESZipFile(tmp_path / "all.zip", "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"open")
        archive.writestr("users.csv", USERS)
        archive.writestr("staff.csv", STAFF)
    questions = []

    outcome = load(described(tmp_path, TWO_OF_THREE), store, ask=lambda question: questions.append(question) or "open")

    assert outcome.tally.people == 2
    assert questions == ["Password of all.zip"]
