"""Combo lists, stealer lines, labelled blocks and free text, read as tables; and how they are told from tables."""

from pathlib import Path

import pytest

from ingest.readers.base import Instructions
from tests.ingest.scans import scan, scan_text, table_of

COMBO = Instructions(format="combo")
STEALER = Instructions(format="stealer")
BLOCKS = Instructions(format="blocks")
TEXT = Instructions(format="text")


def rows_of(folder: Path, text: str | bytes, told: Instructions) -> list[tuple[str | None, ...]]:
    return sorted(scan_text(folder, text, told, "list.txt").rows, key=str)


def form_of(folder: Path, text: str) -> str:
    path = folder / "list.txt"
    path.write_text(text, "utf-8")
    return table_of(path).format


@pytest.mark.parametrize("separator", [":", ";", "|", "\t"])
def test_a_secret_may_hold_the_separator(tmp_path, separator):
    text = f"alice@example.com{separator}a{separator}b\nbob@example.com{separator}hunter2\n"

    assert rows_of(tmp_path, text, COMBO) == [
        ("alice@example.com", f"a{separator}b"),
        ("bob@example.com", "hunter2"),
    ]


def test_a_secret_that_looks_like_an_address_is_nobody(tmp_path):
    text = "alice@example.com:carol@example.com\njohn:dave@example.com\n"

    assert rows_of(tmp_path, text, COMBO) == [("alice@example.com", "carol@example.com"), ("john", "dave@example.com")]


def test_a_line_without_a_secret_is_an_address_alone(tmp_path):
    assert rows_of(tmp_path, "alice@example.com\nbob@example.com:\n", COMBO) == [
        ("alice@example.com", None),
        ("bob@example.com", ""),
    ]


def test_a_line_that_is_divided_otherwise_than_the_rest_loses_nobody_and_no_secret(tmp_path):
    lines = ["alice@example.com:x", "bob@example.com;y", "carol@example.com z:z", '"dave@example.com":w']
    lines += ["eve@example.com\t a:b", "flo@example.com,c", "gus@example.com;", "hal@example.com", "ian x:y"]

    assert rows_of(tmp_path, "\n".join(lines), COMBO) == [
        ("alice@example.com", "x"),
        ("bob@example.com", "y"),
        ("carol@example.com", "z:z"),
        ("dave@example.com", "w"),
        ("eve@example.com", " a:b"),
        ("flo@example.com", "c"),
        ("gus@example.com", ""),
        ("hal@example.com", None),
        ("ian x", "y"),
    ]


def test_a_list_of_secrets_before_addresses_is_told_by_its_content(tmp_path):
    text = "pw1:alice@example.com\np:w:bob@example.com\np@ss!:carol@example.com\n"

    assert rows_of(tmp_path, text, COMBO) == [
        ("alice@example.com", "pw1"),
        ("bob@example.com", "p:w"),
        ("carol@example.com", "p@ss!"),
    ]


def test_blank_lines_are_no_records(tmp_path):
    assert len(rows_of(tmp_path, "\nalice@example.com:x\n\n  \nbob@example.com:y\n\n", COMBO)) == 2


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbfalice@example.com:pw\r\nbob@example.com:x\r\n",
        "alice@example.com:pw\r\nbob@example.com:x\n".encode("utf-16"),
        b"alice@example.com:pw\rbob@example.com:x\r",
    ],
)
def test_encodings_and_line_ends_change_nothing(tmp_path, text):
    assert rows_of(tmp_path, text, COMBO) == [("alice@example.com", "pw"), ("bob@example.com", "x")]


def test_a_line_with_bytes_that_are_no_text_loses_nobody(tmp_path):
    text = b"alice@example.com:pw\n" * 20 + b"bob@example.com:\xff\x1f\x00\xe9\n"

    assert scan_text(tmp_path, text, COMBO, "list.txt").read == 21
    assert ("bob@example.com", "\ufffd \ufffd") in rows_of(tmp_path, text, COMBO)


STEALER_LINES = {
    "https://example.com/login:alice@example.com:hunter2": ("alice@example.com", "hunter2"),
    "https://example.com:8443/login:alice@example.com:a:b": ("alice@example.com", "a:b"),
    "https://example.com:8443:alice@example.com:pw": ("alice@example.com", "pw"),
    "https://example.com/a:b/c?d=e:alice@example.com:pw": ("alice@example.com", "pw"),
    "http://192.0.2.1:8080/x:alice@example.com:p/w": ("alice@example.com", "p/w"),
    "android://abc-_==@com.example.app/:alice@example.com:pw": ("alice@example.com", "pw"),
    "www.example.com:alice@example.com:pw": ("alice@example.com", "pw"),
    "example.com/login:alice@example.com:pw@example.org": ("alice@example.com", "pw@example.org"),
    "localhost:3000:alice@example.com:pw": ("alice@example.com", "pw"),
    "alice@example.com:pw:https://example.com/a": ("alice@example.com", "pw"),
    "alice@example.com:p:w:https://example.com:8443/a": ("alice@example.com", "p:w"),
    "alice@example.com:pw:example.com/login": ("alice@example.com", "pw"),
    "alice@example.com:pw": ("alice@example.com", "pw"),
    "https://example.com/login:alice@example.com:": ("alice@example.com", None),
    "https://example.com/login:alice@example.com": ("alice@example.com", None),
    "https://example.com/login:user1:victim@example.com": ("user1", "victim@example.com"),
    "https://example.com/login:user1:victim@example.com:x": ("user1", "victim@example.com:x"),
    "user1:victim@example.com": ("user1", "victim@example.com"),
    "https://example.com/login": (None, None),
    "https://admin:pw@example.com/a:alice@example.com:pw1": ("alice@example.com", "pw1"),
    "ftp://bob:pw@example.com:21": ("21", None),
    "https://[2001:db8::1]:8080/x:alice@example.com:pw": ("alice@example.com", "pw"),
    "oauth:https://example.com/:alice@example.com:pw": ("alice@example.com", "pw"),
    "alice@example.com:https://example.com/:pw": ("alice@example.com", "https://example.com/:pw"),
    "https://example.com/x|alice@example.com|pw@example.org": ("alice@example.com", "pw@example.org"),
    "https://example.com/x|user1|victim@example.com": (None, None),
    "mail.example.com|587|alice@example.com|pw": ("alice@example.com", "pw"),
    "alice@example.com:::": ("alice@example.com", None),
}


@pytest.mark.parametrize("line", STEALER_LINES)
def test_the_login_of_a_stealer_line_is_whom_it_names(tmp_path, line):
    told = Instructions(format="stealer", delimiter=":")

    assert rows_of(tmp_path, line + "\n", told) == [STEALER_LINES[line]]


@pytest.mark.parametrize(
    "line",
    [
        "https://example.com/login{0}alice@example.com{0}hunter2",
        "alice@example.com{0}hunter2{0}https://example.com/login",
    ],
)
@pytest.mark.parametrize("separator", [":", "|", ";", "\t", " "])
def test_stealer_lines_come_in_several_orders_and_with_several_separators(tmp_path, line, separator):
    text = f"{line}\n".format(separator) * 3

    assert rows_of(tmp_path, text, STEALER) == [("alice@example.com", "hunter2")] * 3


@pytest.mark.parametrize(
    "line", ["https://example.com/a {}:x:y", "https://example.com:8443/a | {}:x:y", "example.com {}:x:y"]
)
@pytest.mark.parametrize("login", ["alice@example.com", "user1"])
def test_a_url_may_stand_apart_from_a_login_and_a_secret(tmp_path, line, login):
    text = f"{line.format(login)}\n" + "https://example.com/b eve@example.com:pw\n" * 3

    assert (login, "x:y") in rows_of(tmp_path, text, STEALER)


PRECEDED = [
    "1. {}",
    "2) {}",
    "[HIT] {}",
    "[2026-01-02 10:11:12] {}",
    "mailto:{}",
    "<{}",
    "https://example.com:80/a?b=c:{}",
]


@pytest.mark.parametrize("line", PRECEDED)
def test_what_stands_before_an_address_is_not_of_it(tmp_path, line):
    text = line.format("alice@example.com:pw") + "\nbob@example.com:x\n" + line.format("john:eve@example.com") + "\n"

    assert rows_of(tmp_path, text, COMBO) == [
        ("alice@example.com", "pw"),
        ("bob@example.com", "x"),
        ("john", "eve@example.com"),
    ]


def test_an_address_may_stand_behind_an_id_or_a_name_and_its_place_alone_counts(tmp_path):
    lines = ["1:ann@example.com:h1", "2:bob@example.com:eve@example.com:x", "3::me@example.org", "4:dan@example.com:"]
    text = "\n".join([*lines, "hal@example.com:y", "@kim:kim@example.com:z"])

    assert rows_of(tmp_path, text, COMBO) == [
        ("", "me@example.org"),
        ("ann@example.com", "h1"),
        ("bob@example.com", "eve@example.com:x"),
        ("dan@example.com", ""),
        ("hal@example.com", "y"),
        ("kim@example.com", "z"),
    ]


def test_empty_fields_and_notes_behind_an_address_are_no_secret(tmp_path):
    text = "ann@example.com::\nbob@example.com: | Plan = Free\neve@example.com:| x\nhal@example.com::x\n"

    assert rows_of(tmp_path, text, COMBO) == [
        ("ann@example.com", ""),
        ("bob@example.com", ""),
        ("eve@example.com", "| x"),
        ("hal@example.com", ":x"),
    ]


BLOCK_FILE = """\
===============
URL: https://example.com/login
Username: alice@example.com
Password: a: b
Application: Browser
===============
URL: https://example.com/login
USERNAME: bob@example.com
Password:

URL: https://example.com/2
Username: carol
URL: https://example.com/3
Username: dave@example.com
"""


def test_a_block_is_a_record_and_its_labels_are_columns(tmp_path):
    path = tmp_path / "passwords.txt"
    path.write_text(BLOCK_FILE)

    table = table_of(path, BLOCKS)

    assert table.columns == ("URL", "Username", "Password", "Application")
    assert sorted(scan(table, ["Username", "Password"]).rows, key=str) == [
        ("alice@example.com", "a: b"),
        ("bob@example.com", None),
        ("carol", None),
        ("dave@example.com", None),
    ]


def test_a_label_that_stands_twice_in_a_block_gives_both_its_values(tmp_path):
    text = "Name: Ann\nEmail: ann@example.com\nEmail: ann@example.org\n\nName: Bob\nEmail: bob@example.com\n"

    assert rows_of(tmp_path, text, BLOCKS) == [("Ann", "ann@example.com\nann@example.org"), ("Bob", "bob@example.com")]


def test_lines_without_a_label_are_no_records(tmp_path):
    text = "*** some banner ***\n\nhttps://example.com\n\nUser: alice@example.com\nPass: x\n\n-----\n"

    assert rows_of(tmp_path, text, BLOCKS) == [("alice@example.com", "x")]


def test_an_address_beside_the_labels_is_counted_and_nobody(tmp_path):
    text = "URL: x\nUser: alice@example.com\nPass: x\n* ask bob@example.com *\n\nURL: y\nUser: eve@example.com\n"

    scanned = scan_text(tmp_path, text, BLOCKS, "list.txt")

    assert (len(scanned.rows), scanned.rejects) == (2, {"malformed record": 1})


@pytest.mark.parametrize("mark", [" | ", "; ", ", ", "\t", " - ", " "])
def test_labels_may_stand_side_by_side(tmp_path, mark):
    lines = [
        ["URL: https://example.com", "Login: alice@example.com", "Password: a | b"],
        ["URL: x", "Login: bob", "Password:"],
    ]
    text = "".join(f"{mark.join(line)}\n" for line in lines)

    assert form_of(tmp_path, text) == "blocks"
    assert rows_of(tmp_path, text, BLOCKS) == [
        ("https://example.com", "alice@example.com", "a | b"),
        ("x", "bob", None),
    ]


def test_a_label_of_several_words_is_one(tmp_path):
    text = "Nome utente : alice@example.com\nMot de passe : x y\nUser name: ann\n"

    assert rows_of(tmp_path, text, BLOCKS) == [("alice@example.com", "x y", "ann")]


def test_a_block_of_labels_that_nobody_knew_of_is_counted_if_somebody_stands_in_it(tmp_path):
    known = "".join(f"Label {number}: x\nUser: u@example.com\n\n" for number in "abcdefghijklmnopqrstuvwxyz" * 2)
    many = "".join(f"Note {number}: x\n\n" for number in range(40))

    scanned = scan_text(tmp_path, known + many + "Contact: bob@example.com\n", BLOCKS, "list.txt")

    assert scanned.rejects == {"malformed record": 1}


def test_what_ldif_writes_in_base64_is_read(tmp_path):
    text = "dn: uid=ann\nmail:: YW5uQGV4YW1wbGUuY29t\ncn: Ann\n\ndn: uid=bob\nmail: bob@example.com\ncn: Bob\n"

    assert rows_of(tmp_path, text, BLOCKS) == [
        ("uid=ann", "ann@example.com", "Ann"),
        ("uid=bob", "bob@example.com", "Bob"),
    ]


def test_in_free_text_every_address_is_a_record(tmp_path):
    text = "Write to bob@example.com, or\nto alice%40example.com; bob@example.com knows.\n"

    assert rows_of(tmp_path, text, TEXT) == [("alice@example.com",), ("bob@example.com",), ("bob@example.com",)]


def test_free_text_in_another_encoding_is_found_as_well(tmp_path):
    told = Instructions(format="text", encoding="cp1252")

    assert rows_of(tmp_path, "à josé@example.com".encode("cp1252"), told) == [("josé@example.com",)]


def test_a_text_may_be_scanned_as_often_as_one_likes(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("bob@example.com")
    table = table_of(path, TEXT)

    assert scan(table).rows == scan(table).rows == [("bob@example.com",)]


FORMS = {
    "alice@example.com:hunter2\nbob@example.com:qwe\n": "combo",
    "alice@example.com;hunter2\nbob@example.com;p4ss!\n": "combo",
    "https://example.com/login:alice@example.com:pw\nhttps://example.com/:bob@example.com:pw\n": "stealer",
    "URL: https://example.com\nUsername: alice@example.com\nPassword: x\n": "blocks",
    "Hello, this is bob@example.com, who\nwrote to alice@example.com.\n": "text",
    "just one line with bob@example.com in it": "text",
    "1:ann@example.com:5f4dcc3b\n2:bob@example.com:e10adc39\n3:eve@example.com:d8578edf\n": "combo",
    "1:ann@example.com:Ann\n2:bob@example.com:Bob\n3:eve@example.com:Eve\n": "text",
    "Сайт: x\nЛогин: ann@example.com\nПароль: y\n": "blocks",
    "Site : x\nIdentifiant : ann@example.com\nMot de passe : y\n": "blocks",
    "用户名：ann@example.com\n密码：y\n": "blocks",
    "ann@example.com qwe1!\nbob@example.com x_2z\neve@example.com zx.9\n": "combo",
    "ann@example.com wrote\nbob@example.com asked\neve@example.com went\n": "text",
    "ann:x1!\nbob:kim@example.com\nmax:z3!\n" * 3 + "eve@example.com:z3!\n": "combo",
    "host:mail.example.com\nport:25\nmail:ann@example.com\n" * 3: "blocks",
    "root@web.example.com:~# ls -la\nroot@web.example.com:~# cd /tmp\nroot@web.example.com:~# exit now\n": "text",
    "ann@example.com: so it is\nbob@example.com: no, it is not\neve@example.com: who knows\n": "text",
    "Ask Bob, at bob@example.com (work); or call. " * 9000: "text",
    "bob@example.com, alice@example.com, eve@example.com": "text",
    "alice@example.com:hunter2\u2028\nbob@example.com:q\x0bwe\n": "combo",
    "alice@example.com,Ann\nbob@example.com,Bob\n": "csv",
    "alice@example.com;Ann\nbob@example.com;Bob\n": "csv",
    "alice@example.com|2025-11-09\nbob@example.com|2025-11-10\n": "csv",
    "alice@example.com\t+49 30 901820\nbob@example.com\t+49 30 901821\n": "csv",
    "email;password\nalice@example.com;hunter2\n": "csv",
    "email;password\n" + "alice@example.com;hunter2\n" * 9: "csv",
    "email\tuser_id\n" + "alice@example.com\tusr_1a9f\n" * 9: "csv",
    "email;first_name;last_name\n" + "alice@example.com;Ann;Smith\n" * 9: "csv",
    "alice@example.com|Ann|Smith\n" * 9: "csv",
    "alice@example.com;hunter2\nbob@example.com;p4;ss\n" + "eve@example.com;qwe1!\n" * 9: "combo",
    "alice@example.com:hunter2:7\n" * 9: "combo",
    "email:password\nalice,x\n": "csv",
    "alice@example.com\nbob@example.com\n": "csv",
    "name,note\nAnn,write to bob@example.com\nBob,never write\nEve,no\n": "csv",
    "id,name\n1,Ann\n2,Bob\n": "csv",
    "name;email\n" + "".join(f"Ann{n};mailto:u{n}@example.com\n" for n in range(9)): "csv",
    "email;nick\n" + "".join(f"mailto:u{n}@example.com;Ann{n}\n" for n in range(9)): "csv",
    "".join(f"u{n}@example.com;word{n}\n" for n in range(9)): "csv",
    "url;login;id\n" + "".join(f"https://example.com/;u{n}@example.com;x{n}-{n}\n" for n in range(9)): "csv",
    "Export of users\n\nurl|login|token\n" + "https://example.com/|alice@example.com|tok_9f!\n" * 9: "csv",
    "email,name\nann@example.com,Ann\n": "csv",
    "email;name\n;Ann\n": "csv",
    "id,email,notes\n1,,\n": "csv",
    "id,email,notes\n1\n2,ann@example.com\n": "csv",
    "name,email,notes\n7,,call bob@example.com\n8\n": "csv",
    "alice@example.com:hunter2\nbob@example.com;p4ss!\neve@example.com|zx_9\ndan@example.com\tqwe1\n": "combo",
    "".join(f"u{n}@example.com:192.0.2.{n}\n" for n in range(9)): "text",
    "".join(f"u{n}@example.com:+49 30 9018{n}0\n" for n in range(9)): "text",
    "".join(f"u{n}@example.com:198{n}-01-31\n" for n in range(9)): "text",
    "From: Ann <ann@example.com>\nTo: Bob <bob@example.com>, eve@example.com\nSubject: x\n\nHi\n": "text",
    '{ "_id" : ObjectId("5f"), "email" : "bob@example.com" }\n{ "_id" : ObjectId("60"), "n" : NumberLong(5) }': "jsonl",
    "alice@example.com:hunter2 | Plan = Free\nbob@example.com:qwe1! | Plan = Premium\n": "combo",
    "https://example.com/login:ann:x1\nhttps://example.com:bob@example.com:y\nhttps://example.org:eve:z\n": "stealer",
    "https://example.com:80:x:y\nhttps://example.com:81:z:w\n": "csv",
    "1\x01bob@example.com\x01Bob\n2\x01eve@example.com\x01Eve\n3\x01dan@example.com\x01Dan\n": "csv",
    "shop.example:ann:x1!\nhttps://example.com:bob@example.com:y2!\nexample.org/a:eve:dan@example.com\n" * 3: "stealer",
    "1^bob@example.com^Bob\n2^eve@example.com^Eve\n3^dan@example.com^Dan\n": "csv",
    "id~email~name\n1~bob@example.com~Bob\n2~eve@example.com~Eve\n": "csv",
    "Dear Bob, dear Ann\nwrite to bob@example.com\n": "text",
    "1,ann@example.com,Ann\n": "csv",
    "https://example.com/a;alice@example.com;Ann\nhttps://example.com/b;bob@example.com;Bob\n": "csv",
    "Jan 1 postfix: 4F3: to=<bob@example.com>, relay=mx, status=sent (ok)\n" * 9: "text",
    "2025-01-01,17,INFO,login of bob@example.com, ok\n" * 9: "text",
    "  array('id' => 1, 'email' => 'bob@example.com'),\n" * 9: "text",
    "USERS = [\n" + "    ('bob@example.com', 1, 'Bob'),\n" * 9 + "]\n": "text",
    "{'id': 1, 'email': 'bob@example.com', 'name': 'Bob'}\n" * 9: "text",
    "[24.12.25, 18:00:01] Bob: mine is bob@example.com, is it not?\n" * 9: "text",
    "[17] mail to bob@example.com, queued\n" * 9: "text",
    "id,subject,body\n" + "1,hello,write to bob@example.com please\n" * 9: "csv",
    '[1, "bob@example.com"]\n[2, "eve@example.com"]\n': "json",
}


@pytest.mark.parametrize("text", FORMS)
def test_a_form_is_told_by_content_and_tables_stay_tables(tmp_path, text):
    assert form_of(tmp_path, text) == FORMS[text]


@pytest.mark.parametrize("told", [Instructions(delimiter=":"), Instructions(header_row=0), Instructions(format="csv")])
def test_what_the_manifest_says_of_columns_makes_a_table_of_it(tmp_path, told):
    path = tmp_path / "list.txt"
    path.write_text("alice@example.com:hunter2\nbob@example.com:qwe\n")

    assert table_of(path, told).format == "csv"


FIRST_NAMES = "".join(
    f"p{number}@example.com:{name}\n" for number, name in enumerate(["Ann", "Bob", "Eve", "Mary"] * 5)
)


def test_words_behind_addresses_are_no_secrets_until_the_manifest_says_so(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(FIRST_NAMES)

    told, declared = table_of(path), table_of(path, Instructions(format="combo"))

    assert (told.columns, "map `secret`" in told.note) == (("address",), True)
    assert (declared.columns, declared.note) == (("address", "secret"), "")


def test_a_list_is_a_combo_list_as_soon_as_some_secrets_are_more_than_words(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text(FIRST_NAMES + "dan@example.com:x1\nkim@example.com:y2\n")

    assert table_of(path).columns == ("address", "secret")
