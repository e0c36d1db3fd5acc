"""Encodings: told where they can be, guessed where not, and nobody lost to a guess."""

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breachcheck.errors import DataFileError
from ingest.readers import lines
from tests.ingest.loads import described, found, load
from tests.ingest.scans import scan_text

WRITTEN = {
    "ru": "имя,email\n" + "Жанна Петрова,a@example.com\nИван ИВАНОВ,b@example.com\nОльга,c@example.com\n" * 20,
    "de": "name,email\n" + "Jörg Müller,a@example.com\nZoë Größe,b@example.com\nAnn,c@example.com\n" * 20,
    "fr": "nom,email\n" + "José Évêque,a@example.com\nÇéline Noël’s,b@example.com\nAnn,c@example.com\n" * 20,
    "zh": "姓名,email\n" + "王小明,a@example.com\n张伟|李娜,b@example.com\n北京市朝阳区,c@example.com\n" * 20,
    "zht": "姓名,email\n" + "王小明,a@example.com\n許功蓋,b@example.com\n臺北市陳育豪,c@example.com\n" * 20,
    "ja": "名前,email\n" + "山田太郎,a@example.com\nさくら 子,b@example.com\nタナカ,c@example.com\n" * 20,
    "ko": "이름,email\n" + "김철수,a@example.com\n이영희,b@example.com\n박민수,c@example.com\n" * 20,
}
TOLD = [
    *((language, encoding) for language in WRITTEN for encoding in ("utf-8", "utf-16-le", "utf-32-le", "utf-32-be")),
    *((language, "utf-16-be") for language in WRITTEN),
    *(("ru", encoding) for encoding in ("cp1251", "koi8_r", "cp866")),
    *((language, "cp1252") for language in ("de", "fr")),
    ("zh", "gb18030"),
    ("ja", "cp932"),
    ("ja", "euc_jp"),
    ("ja", "iso2022_jp"),
    ("zht", "cp950"),
    ("ko", "cp949"),
]


@pytest.mark.parametrize(("language", "encoding"), TOLD)
def test_the_encoding_is_told_from_what_is_written(language, encoding):
    assert lines.encoding_of(WRITTEN[language].encode(encoding), None, "people.csv") == encoding


BY_LANGUAGE = {"zht": "cp950", "zh": "gb18030", "ja": "cp932", "ko": "cp949", "ru": "cp1251", "de": "cp1252"}


@pytest.mark.parametrize(("language", "encoding"), BY_LANGUAGE.items())
@pytest.mark.parametrize("more", [0, 30])
def test_the_encoding_is_told_of_json_that_has_a_line_for_each_value(language, encoding, more):
    rest = {f"key{number}": number for number in range(more)}
    names = [line.partition(",")[0] for line in WRITTEN[language].splitlines()[1:]]
    people = [{"email": f"u{at}@example.com", "name": name, **rest} for at, name in enumerate(names)]
    written = json.dumps(people, ensure_ascii=False, indent=2)

    assert lines.encoding_of(written.encode(encoding), None, "people.json") == encoding
    assert lines.encoding_of(written.encode(), None, "people.json") == "utf-8"


@pytest.mark.parametrize("language", WRITTEN)
def test_the_first_line_alone_is_enough_for_utf16(language):
    first = WRITTEN[language][:40].encode("utf-16-le")

    assert lines.encoding_of(first, None, "people.csv") == "utf-16-le"


def test_utf16_is_told_where_lines_end_in_a_carriage_return_alone():
    written = WRITTEN["de"].replace("\n", "\r").encode("utf-16-le")

    assert lines.encoding_of(written, None, "people.csv") == "utf-16-le"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_told_where_no_line_ends(encoding):
    written = '[{"email":"a@example.com","name":"Zoë"},' * 20

    assert lines.encoding_of(written.encode(encoding), None, "people.json") == encoding


def test_utf16_that_is_declared_needs_its_mark_only_where_nothing_else_tells_the_order():
    assert lines.encoding_of("name,email\n".encode("utf-16-be"), "utf-16", "people.csv") == "utf-16-be"
    assert lines.encoding_of("name,email\n".encode("utf-16"), "UTF-16", "people.csv") == "utf-16"
    with pytest.raises(DataFileError, match="utf-16-le or utf-16-be"):
        lines.encoding_of(b"name,email\n", "utf-16", "people.csv")


def test_text_with_zero_bytes_is_not_utf16():
    assert lines.encoding_of(b"id,email\n1\0,a@example.com\0\n" * 20, None, "people.csv") == "utf-8"


OTHERS = ["cp1250", "cp1253", "cp1254", "cp1257", "iso8859_2", "iso8859_5", "iso8859_7", "mac_roman", "cp437", "cp850"]


@pytest.mark.parametrize("encoding", OTHERS)
def test_nobody_is_lost_to_a_wrong_guess(store, tmp_path, encoding):
    text = "name;email\n" + "".join(f"Žółć Ωμέγα Ирина Ünal é|ñ;p{number}@example.com\n" for number in range(50))
    (tmp_path / "people.csv").write_bytes(text.encode(encoding, "ignore"))

    tally = load(described(tmp_path, "- path: people.csv"), store).tally

    assert (tally.people, tally.rejected) == (50, {})
    assert tally.files[0].encoding.endswith(" (guessed)")


def test_a_guess_is_overridden_by_the_manifest(store, tmp_path):
    (tmp_path / "people.csv").write_bytes(WRITTEN["ru"].encode("cp1251"))

    tally = load(described(tmp_path, "- path: people.csv\n  encoding: windows-1252"), store).tally

    assert (tally.files[0].encoding, tally.people) == ("cp1252", 3)


DIRT = {
    "UTF-8 taken for cp1252 and written as UTF-8": "Jörg".encode().decode("cp1252").encode(),
    "a zero byte": b"J\0rg",
    "a byte order mark within": b"\xef\xbb\xbfJorg",
    "a zero-width space": "J\u200borg".encode(),
    "a lone surrogate, as Java writes it": b"J\xed\xa0\xbdrg",
}


@pytest.mark.parametrize("dirt", DIRT.values(), ids=DIRT)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_dirt_beside_an_address_loses_nobody_of_the_other_lines(store, tmp_path, dirt, end):
    people = [b"name,email", *(b"Ann,p%d@example.com" % number for number in range(20)), dirt + b",q@example.com"]
    (tmp_path / "people.csv").write_bytes(end.join(people) + end)

    outcome = load(described(tmp_path, "- path: people.csv"), store)

    assert outcome.tally.read == 21
    assert all(found(store, outcome.load_id, f"p{number}@example.com") for number in range(20))


HEADER, NUMBERS = "email,name\n", range(40)
PEOPLE = [f"u{number}@example.com,Zoë Ann {number}" for number in NUMBERS]
OBJECTS = [json.dumps({"email": f"u{number}@example.com", "name": "Zoë"}, ensure_ascii=False) for number in NUMBERS]
STEALER = [f"https://shop.example/login:u{number}@example.com:pa5sZoë{number}" for number in NUMBERS]
FORMS = {
    "csv": (HEADER, PEOPLE, ""),
    "csv without a header": ("", PEOPLE, ""),
    "json lines": ("", OBJECTS, ""),
    "a json list": ("[\n", [f"{one}," for one in OBJECTS[:-1]] + OBJECTS[-1:], "]\n"),
    "sql": (
        "CREATE TABLE u (email text, name text);\n",
        [f"INSERT INTO u VALUES ('{one.replace(',', chr(39) + ',' + chr(39))}');" for one in PEOPLE],
        "",
    ),
    "text": ("", [f"On Monday Zoë wrote to u{number}@example.com, and we knew." for number in NUMBERS], ""),
    "blocks": ("", [f"Login: u{number}@example.com\nPassword: pa5sZoë{number}\n" for number in NUMBERS], ""),
    "combo": ("", [f"u{number}@example.com:pa5sZoë{number}" for number in NUMBERS], ""),
    "stealer": ("", STEALER, ""),
}


def utf8(form, between="\n"):
    before, people, after = FORMS[form]
    return (before + "".join(one + between for one in people) + after).encode()


def halves(form):
    """Two pieces of text that a program put together."""
    before, people, after = FORMS[form]
    first, second = (before, people[:20], ""), ("", people[20:], after)
    return ["".join((start, *(f"{one}\n" for one in some), end)) for start, some, end in (first, second)]


def joined(form, *orders):
    """The halves behind one another, each in UTF-16 of its own order of bytes, which its mark says."""
    return b"".join(f"\ufeff{half}".encode(order) for half, order in zip(halves(form), orders, strict=True))


UGLY = {
    "a mark before the mark": lambda form: codecs.BOM_UTF8 * 2 + utf8(form),
    "a mark that was taken for letters": lambda form: "ï»¿".encode() + utf8(form),
    "the end of a file of DOS": lambda form: utf8(form) + b"\x1a",
    "a mark before every line": lambda form: utf8(form, "\n\ufeff"),
    "zero bytes at the beginning": lambda form: bytes(512) + utf8(form),
    "a zero byte at the end of every line": lambda form: utf8(form, "\0\n"),
    "a zero byte in every address": lambda form: utf8(form).replace(b"@", b"\0@"),
    "a run of zero bytes before a line": lambda form: bytes(5000).join(half.encode() for half in halves(form)),
    "bytes that are no character": lambda form: utf8(form).replace("Zoë".encode(), b"Zo\xc0\x80\xed\xa0\xbd", 9),
    "cp1252 from the middle on": lambda form: b"".join(
        half.encode(way) for half, way in zip(halves(form), ("utf-8", "cp1252"), strict=True)
    ),
    "cp1252 up to the middle": lambda form: b"".join(
        half.encode(way) for half, way in zip(halves(form), ("cp1252", "utf-8"), strict=True)
    ),
    "UTF-16 with a mark from the middle on": lambda form: b"".join(
        half.encode(way) for half, way in zip(halves(form), ("utf-8", "utf-16"), strict=True)
    ),
    "UTF-16 from the middle on": lambda form: b"".join(
        half.encode(way) for half, way in zip(halves(form), ("utf-8", "utf-16-le"), strict=True)
    ),
    "UTF-16 up to the middle": lambda form: b"".join(
        half.encode(way) for half, way in zip(halves(form), ("utf-16", "utf-8"), strict=True)
    ),
    "UTF-16 twice, each with its mark": lambda form: b"".join(half.encode("utf-16") for half in halves(form)),
    "UTF-16 in one order of bytes, and then in the other": lambda form: joined(form, "utf-16-le", "utf-16-be"),
    "UTF-16 in the other order, and then in the first": lambda form: joined(form, "utf-16-be", "utf-16-le"),
    "lines that end in a carriage return": lambda form: utf8(form).replace(b"\n", b"\r"),
    "some lines that end in a carriage return": lambda form: (
        utf8(form).replace(b"1\n", b"1\r").replace(b"}\n", b"}\r", 9)
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ugly", UGLY.values(), ids=UGLY)
def test_nobody_is_lost_to_dirt_in_any_format(tmp_path, form, ugly):
    rows = scan_text(tmp_path, ugly(form), name="export").rows

    people = {value for row in rows for value in row if value and value.endswith("@example.com")}
    assert people == {f"u{number}@example.com" for number in NUMBERS}


@given(
    st.lists(st.text(st.sampled_from("aé@\u0101王\U0001f600\n"), max_size=5), min_size=1, max_size=4), st.integers(1, 5)
)
def test_wherever_text_is_cut_each_order_of_bytes_is_read_as_its_mark_says(texts, size):
    written = "\ufeff" + "".join(texts[:1])
    raw = written.encode("utf-16-le")
    for at, text in enumerate(texts[1:]):
        raw += f"\ufeff{text}".encode(("utf-16-be", "utf-16-le")[at % 2])

    found = b"".join(lines.as_utf8([raw[at : at + size] for at in range(0, len(raw), size)], "utf-16"))

    assert found.decode() == "".join(texts)


def test_an_address_with_a_byte_that_is_no_character_is_nobodys(store, tmp_path):
    text = b"email,name\nu1\xff@example.com,Ann\nJ\xff <u2@example.com>,Bo\nu3@example.com,C\xff\n"
    (tmp_path / "people.csv").write_bytes(text)

    outcome = load(described(tmp_path, "- path: people.csv\n  mapping: {email: Email addresses, name: Names}"), store)

    assert (outcome.tally.people, outcome.tally.rejected) == (2, {"not an address": 1})
    assert all(found(store, outcome.load_id, f"u{number}@example.com") for number in (2, 3))


@pytest.mark.parametrize("at", ["&#64;", "%40", "\\u0040", "\uff20"])
def test_a_text_is_told_by_its_addresses_however_their_at_is_written(tmp_path, at):
    text = "".join(f"On Monday Ann wrote to u{number}{at}example.com, and we knew.\n" for number in NUMBERS)

    scanned = scan_text(tmp_path, text, name="export")

    assert sorted(scanned.rows) == sorted((f"u{number}@example.com",) for number in NUMBERS)


UNREAD = "letters that cannot be read stand as U+FFFD"


@pytest.mark.parametrize("form", FORMS)
def test_the_tally_says_of_a_file_that_bytes_which_are_no_text_were_replaced(store, tmp_path, form):
    (tmp_path / "broken").write_bytes(utf8(form).replace("Zoë".encode(), b"Zo\xff", 1))
    (tmp_path / "whole").write_bytes(utf8(form).replace("Zoë".encode(), "Zoë\ufffd".encode(), 1))

    files = load(described(tmp_path, "- path: broken\n- path: whole"), store).tally.files

    assert [(one.outcome, one.why) for one in files] == [("read", UNREAD), ("read", "")]


def test_the_tally_says_so_of_an_encoding_that_was_declared_as_well(store, tmp_path):
    (tmp_path / "people.csv").write_bytes("email,name\na@example.com,Zoë\n".encode("cp1252") + b"b@example.com,\x81\n")

    [file] = load(described(tmp_path, "- {path: people.csv, encoding: cp1252}"), store).tally.files

    assert (file.indexed, file.why) == (2, UNREAD)
