"""A draft is a manifest that lacks only what a person must say."""

import gzip
import json
import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import pyzipper

from breachcheck.errors import DataFileError, ManifestError
from ingest.drafting import draft
from ingest.manifest import read

USERS = "id;E-Mail;Vorname;pass\n1;ann@example.com;Ann;pw\n2;bob@example.org;Bob;pw2\n"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder to work in, in which paths are relative."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def drafted(folder: Path, *names: str) -> str:
    text = draft([Path(name) for name in names])
    (folder / "breach.yaml").write_text(text, encoding="utf-8")
    return text


def filled(folder: Path, text: str):
    """The manifest that a draft becomes once its empty facts are filled in."""
    text = text.replace("breach_date: ", "breach_date: 2020-01-01 ").replace('description: ""', "description: x")
    path = folder / "breach.yaml"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_a_draft_is_refused_for_the_facts_that_only_a_person_knows(folder):
    (folder / "users.csv").write_text(USERS)

    drafted(folder, "users.csv")

    with pytest.raises(ManifestError) as caught:
        read(folder / "breach.yaml")
    assert re.findall(r"line \d+: (\w+): nothing is written here", str(caught.value)) == ["breach_date", "description"]
    assert "2 faults" in str(caught.value)


def test_beside_a_table_called_like_an_address_the_other_is_named(folder):
    with closing(sqlite3.connect(folder / "shop.db")) as connection:
        connection.executescript(
            """
            CREATE TABLE users (email, name);
            INSERT INTO users VALUES ('ann@example.com', 'Ann');
            CREATE TABLE "bob@example.com" (email);
            """
        )

    [entry] = filled(folder, drafted(folder, "shop.db")).files

    assert entry.table == "users"


def test_a_draft_shows_what_values_look_like_but_for_secrets(folder):
    rows = [f"u{day}@example.com;{day:02}.03.1990;pw{day};{day}{day}{day}" for day in range(10, 20)]
    (folder / "users.csv").write_text("\n".join(["E-Mail;Geburtsdatum;pass;nr", *rows]))

    text = drafted(folder, "users.csv")

    assert "      E-Mail: Email addresses  # like [address]\n" in text
    assert "      Geburtsdatum: Dates of birth  # like 99.99.9999\n" in text
    assert "      pass: Passwords\n" in text
    assert "      # nr: no data class is known by this name; like 9×6\n" in text
    assert filled(folder, text)


def test_a_draft_filled_in_is_a_manifest(folder):
    (folder / "users.csv").write_text(USERS)

    manifest = filled(folder, drafted(folder, "users.csv"))

    [entry] = manifest.files
    assert (entry.path, entry.format, entry.encoding, entry.delimiter) == ("users.csv", "csv", "utf-8", ";")
    assert entry.mapping == {"E-Mail": ("Email addresses",), "Vorname": ("Names",), "pass": ("Passwords",)}
    assert entry.address == ("E-Mail",)
    assert manifest.facts.name == "Users"
    assert manifest.facts.is_sensitive is False


def test_a_tab_is_written_as_a_word(folder):
    (folder / "users.tsv").write_text(USERS.replace(";", "\t"))

    text = drafted(folder, "users.tsv")

    assert "    delimiter: tab\n" in text
    assert filled(folder, text).files[0].delimiter == "\t"


def test_columns_that_nothing_is_known_of_stand_in_comments(folder):
    (folder / "users.csv").write_text(USERS)

    assert "      # id: no data class is known by this name\n" in drafted(folder, "users.csv")


def test_no_value_of_a_file_stands_in_its_draft(folder):
    (folder / "users.csv").write_text(USERS)

    text = drafted(folder, "users.csv")

    assert "ann" not in text.lower()
    assert "pw2" not in text


def test_an_address_is_found_by_content_where_there_are_no_headers(folder):
    (folder / "list.csv").write_text("1,ann@example.com\n2,bob@example.org\n")

    manifest = filled(folder, drafted(folder, "list.csv"))

    assert manifest.files[0].mapping == {"column2": ("Email addresses",)}


def test_is_sensitive_is_proposed_where_a_class_is_for_the_owner_alone(folder):
    (folder / "users.csv").write_text("email,religion\nann@example.com,x\n")

    text = drafted(folder, "users.csv")

    assert "is_sensitive: true  # proposed, for Religions" in text
    assert filled(folder, text).facts.is_sensitive is True


def test_headers_that_yaml_would_misread_are_quoted(folder):
    (folder / "users.csv").write_text("email,no,null,a: b,Имя,#x\nann@example.com,a,b,c,d,e\n", encoding="utf-8")

    text = drafted(folder, "users.csv")

    assert filled(folder, text).files[0].mapping == {"email": ("Email addresses",), "Имя": ("Names",)}
    assert '# "no": no data class is known by this name' in text


def test_a_file_that_names_nobody_is_said_to(folder):
    (folder / "users.csv").write_text(USERS)
    (folder / "towns.csv").write_text("town,people\nBerlin,3\n")

    text = drafted(folder, "users.csv", "towns.csv")

    assert "# towns.csv: nothing found: no column says whose record it is" in text
    assert len(filled(folder, text).files) == 1


def test_an_archive_whose_members_are_alike_is_one_entry(folder):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("a.csv", USERS)
        archive.writestr("b.csv", USERS)

    [entry] = filled(folder, drafted(folder, "all.zip")).files

    assert (entry.path, entry.member) == ("all.zip", None)


def test_an_archive_whose_members_differ_is_an_entry_for_each(folder):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("a.csv", USERS)
        archive.writestr("b/c.csv", "mail,city\nann@example.com,Berlin\n")
        archive.writestr("letter.pdf", b"%PDF-1.7\n")

    text = drafted(folder, "all.zip")

    assert [(entry.path, entry.member) for entry in filled(folder, text).files] == [
        ("all.zip", "a.csv"),
        ("all.zip", "b/c.csv"),
    ]
    assert '# "all.zip!letter.pdf": not read' in text


def test_mixpanels_formats_are_left_to_what_is_known_of_them(folder):
    properties = {"$email": "ann@example.com", "$city": "Berlin", "organization_id": "o"}
    page = json.dumps({"results": [{"$distinct_id": "1", "$properties": properties}]})
    (folder / "people.json.gz").write_bytes(gzip.compress(page.encode()))

    text = drafted(folder, "people.json.gz")

    [entry] = filled(folder, text).files
    assert (entry.format, entry.mapping) == ("mixpanel-people", None)
    assert "# $email: Email addresses" in text
    assert "organization_id: org-id" in text


def test_a_name_that_holds_an_address_is_left_out(folder):
    (folder / "ann@example.com.csv").write_text(USERS)
    (folder / "users.csv").write_text(USERS)

    text = drafted(folder, "ann@example.com.csv", "users.csv")

    assert "ann" not in text.lower()
    assert '# "[address].csv": not read (its name holds an address; rename it)' in text


def test_a_file_that_is_not_there_is_named(folder):
    with pytest.raises(DataFileError, match=r"people\.csv: not read"):
        draft([Path("people.csv")])


def test_a_file_that_cannot_be_read_is_said_not_to_be(folder):
    (folder / "users.csv").write_text(USERS)
    (folder / "broken.csv.gz").write_bytes(gzip.compress(USERS.encode() * 50)[:40])

    text = drafted(folder, "users.csv", "broken.csv.gz")

    assert "broken.csv.gz: not read (the file is cut short" in text
    assert len(filled(folder, text).files) == 1


def test_a_record_without_an_address_does_not_make_a_list_inside_the_others_the_records(folder):
    records = [
        {"email": "", "messages": [{"text": "ann@example.com"}]},
        *[{"email": f"p{number}@example.com", "messages": [{"text": "hello"}]} for number in range(3)],
    ]
    (folder / "users.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))

    [entry] = filled(folder, drafted(folder, "users.jsonl")).files

    assert (entry.format, entry.address) == ("jsonl", ("email",))


def test_mixpanel_tables_are_known_by_their_headers(folder):
    (folder / "people.csv").write_text("Distinct ID,Email,City\n1,ann@example.com,Berlin\n")
    (folder / "events.csv").write_text("Event Name,Distinct ID,City\nopened,1,Berlin\n")

    entries = filled(folder, drafted(folder, "people.csv", "events.csv")).files

    assert [entry.format for entry in entries] == ["mixpanel-people", "mixpanel-events"]


def test_a_key_that_is_an_address_is_left_out(folder):
    (folder / "users.jsonl").write_text(json.dumps({"email": "bob@example.com", "ann@example.com": "friend"}) + "\n")

    text = drafted(folder, "users.jsonl")

    assert "ann" not in text
    assert "# a column whose name holds an address is left out" in text
    assert filled(folder, text).files[0].mapping == {"email": ("Email addresses",)}


def test_a_member_in_another_encoding_is_read_by_it(folder):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("a.csv", USERS)
        archive.writestr("b.csv", "email,name\nann@example.com,Jörg Müller\n".encode("cp1252"))

    assert [entry.encoding for entry in filled(folder, drafted(folder, "all.zip")).files] == ["utf-8", "cp1252"]


def test_of_addresses_in_a_column_that_is_not_taken_for_the_persons_a_comment_tells(folder):
    rows = "".join(f"u{number}@example.com,c{number}@example.org\n" for number in range(5))
    (folder / "people.csv").write_text("login,contact\n" + rows, encoding="utf-8")

    text = drafted(folder, "people.csv")

    assert "address: [login]" in text
    assert "# contact: Email addresses  # check: its values look so" in text


LOGINS = ["nick", "nora", "ann@example.com"] * 4
STOLEN = {
    "stealer": "".join(f"https://example.com/login:{login}:Se3cr!t{at}\n" for at, login in enumerate(LOGINS)),
    "blocks": "".join(f"URL: https://example.com\nUsername: {login}\nPassword: x\n\n" for login in LOGINS),
}


@pytest.mark.parametrize("form", STOLEN)
def test_logins_few_of_which_are_addresses_are_people_all_the_same(folder, form):
    (folder / "stolen.txt").write_text(STOLEN[form], encoding="utf-8")

    [entry] = filled(folder, drafted(folder, "stolen.txt").replace("is_sensitive: false", "is_sensitive: true")).files

    assert (entry.format, len(entry.address)) == (form, 1)


def test_a_page_that_is_named_outright_is_proposed_as_free_text_and_one_in_an_archive_is_not(folder):
    page = "<!DOCTYPE html><table><tr><td>ann@example.com</td></tr></table>"
    (folder / "people.html").write_text(page, encoding="utf-8")
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.writestr("page.html", page)
        archive.writestr("people.csv", "email\nann@example.com\n")

    text = drafted(folder, "people.html", "all.zip")

    assert "- path: people.html\n    format: text" in text
    assert "check: of a web page or XML document" in text
    assert '"all.zip!page.html": not read (a web page or XML document)' in text


def test_a_page_in_which_nobody_stands_is_nothing_found(folder):
    (folder / "people.csv").write_text("<html><p>Not found", encoding="utf-8")

    with pytest.raises(DataFileError, match=r"people\.csv: nothing found: it holds no records"):
        draft([Path("people.csv")])


def test_a_file_without_records_is_said_to_be_one(folder):
    (folder / "people.json").write_text("[]", encoding="utf-8")

    with pytest.raises(DataFileError, match=r"people\.json: nothing found: it holds no records"):
        draft([Path("people.json")])


def test_records_without_any_key_are_nothing_found(folder):
    (folder / "users.csv").write_text(USERS)
    (folder / "empty.jsonl").write_text("{}\n{}\n")

    assert "# empty.jsonl: nothing found" in drafted(folder, "users.csv", "empty.jsonl")


def archived(folder: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return folder


def members_of(manifest) -> list[str | None]:
    return [entry.member for entry in manifest.files]


def page(*columns: str) -> str:
    properties = {"$email": "ann@example.com"} | dict.fromkeys(columns, "x")
    return json.dumps({"results": [{"$distinct_id": "1", "$properties": properties}]})


def test_members_that_are_alike_are_one_entry_beside_others(folder):
    archived(folder, {"people/1.csv": USERS, "people/old/2.csv": USERS, "mail.csv": "mail\nann@example.com\n"})

    text = drafted(folder, "all.zip")

    assert members_of(filled(folder, text)) == ["people/*.csv", "mail.csv"]
    assert "- path: all.zip  # 2 that are alike" in text


def test_a_glob_for_some_members_selects_no_others(folder):
    archived(folder, {"a/1.csv": USERS, "b/1.csv": "mail\nann@example.com\n", "c/1.csv": USERS, "c/2.csv": USERS})

    assert members_of(filled(folder, drafted(folder, "all.zip"))) == ["a/1.csv", "c/*.csv", "b/1.csv"]


def test_pages_of_mixpanel_are_alike_whatever_properties_they_have(folder):
    archived(folder, {"1.json": page("$city"), "2.json": page("$os"), "mail.csv": "mail\nann@example.com\n"})

    text = drafted(folder, "all.zip")

    assert members_of(filled(folder, text)) == ["*.json", "mail.csv"]
    assert "# $city: Geographic locations" in text
    assert "# $os: Device information" in text


def test_a_member_whose_name_is_a_glob_of_others_is_named_alone(folder):
    archived(folder, {"[ab].csv": USERS, "a.csv": "mail\nann@example.com\n"})

    assert members_of(filled(folder, drafted(folder, "all.zip"))) == ["[[]ab].csv", "a.csv"]


def test_files_of_a_folder_that_are_alike_are_one_entry(folder):
    for name in ("1.csv", "2.csv"):
        (folder / name).write_text(USERS)
    (folder / "other.txt").write_text("mail,city\nann@example.com,Berlin\n")

    assert [entry.path for entry in filled(folder, drafted(folder, "1.csv", "2.csv", "other.txt")).files] == [
        "*.csv",
        "other.txt",
    ]


def test_a_glob_finds_no_file_that_was_not_drafted_from(folder):
    for name in ("1.csv", "2.csv", "3.csv"):
        (folder / name).write_text(USERS)

    assert [entry.path for entry in filled(folder, drafted(folder, "1.csv", "2.csv")).files] == ["1.csv", "2.csv"]


def test_a_draft_for_another_folder_names_files_as_seen_from_there(folder):
    (folder / "export").mkdir()
    (folder / "manifests").mkdir()
    (folder / "export" / "users.csv").write_text(USERS)

    text = draft([Path("export/users.csv")], folder=Path("manifests"))

    assert '- path: "../export/users.csv"\n' in text


def test_a_password_file_opens_archives_and_is_named_in_their_entries(folder):
    with pyzipper.AESZipFile(folder / "all.zip", "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"open")
        archive.writestr("users.csv", USERS)
    (folder / "secret").write_text("open\n")

    text = draft([Path("all.zip")], password_file=Path("secret"))

    [entry] = filled(folder, text).files
    assert (entry.member, entry.password_file) == (None, "secret")


def test_whoever_drafts_is_asked_for_a_password_and_told_which_one_is_wrong(folder):
    with pyzipper.AESZipFile(folder / "all.zip", "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"open")
        archive.writestr("users.csv", USERS)
    answers, questions = ["shut", "open"], []

    text = draft([Path("all.zip")], ask=lambda question: questions.append(question) or answers.pop(0))

    assert questions == ["Password of all.zip", "Password of all.zip (the one before does not open it)"]
    assert "password_file" not in text


def test_numbers_in_a_table_called_phones_are_phones_of_whom_they_are_joined_to(folder):
    (folder / "dump.sql").write_text(
        "INSERT INTO users (id, email) VALUES (1, 'ann@example.com'), (2, 'bob@example.com');\n"
        "INSERT INTO phones (user_id, number) VALUES"
        " (1, '+44 1632 960111'), (2, '+44 1632 960112'), (2, '+44 1632 960113');\n"
    )

    users, phones = filled(folder, drafted(folder, "dump.sql")).files

    assert phones.mapping == {"user_id": ("Account identifiers",), "number": ("Phone numbers",)}
    assert (phones.join.column, phones.join.to, phones.join.on) == ("user_id", "dump.sql#users", "id")
    assert users.mapping == {"id": ("Account identifiers",), "email": ("Email addresses",)}


def test_folders_in_an_archive_are_not_spoken_of(folder):
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.mkdir("people")
        archive.writestr("people/users.csv", USERS)

    assert "a folder" not in drafted(folder, "all.zip")
