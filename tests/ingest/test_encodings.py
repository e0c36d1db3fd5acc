"""Encodings: told where they can be, guessed where not, and nobody lost to a guess."""

import pytest

from breachcheck.errors import DataFileError
from ingest.readers import lines
from tests.ingest.loads import described, found, load

WRITTEN = {
    "ru": "имя,email\n" + "Жанна Петрова,a@example.com\nИван ИВАНОВ,b@example.com\nОльга,c@example.com\n" * 20,
    "de": "name,email\n" + "Jörg Müller,a@example.com\nZoë Größe,b@example.com\nAnn,c@example.com\n" * 20,
    "fr": "nom,email\n" + "José Évêque,a@example.com\nÇéline Noël’s,b@example.com\nAnn,c@example.com\n" * 20,
    "zh": "姓名,email\n" + "王小明,a@example.com\n张伟|李娜,b@example.com\n北京市朝阳区,c@example.com\n" * 20,
    "ja": "名前,email\n" + "山田太郎,a@example.com\nさくら 子,b@example.com\nタナカ,c@example.com\n" * 20,
    "ko": "이름,email\n" + "김철수,a@example.com\n이영희,b@example.com\n박민수,c@example.com\n" * 20,
}
TOLD = [
    *((language, encoding) for language in WRITTEN for encoding in ("utf-8", "utf-16-le", "utf-16-be")),
    *(("ru", encoding) for encoding in ("cp1251", "koi8_r", "cp866")),
    *((language, "cp1252") for language in ("de", "fr")),
    ("zh", "gb18030"),
    ("ja", "cp932"),
    ("ja", "euc_jp"),
    ("ko", "cp949"),
]


@pytest.mark.parametrize(("language", "encoding"), TOLD)
def test_the_encoding_is_told_from_what_is_written(language, encoding):
    assert lines.encoding_of(WRITTEN[language].encode(encoding), None, "people.csv") == encoding


@pytest.mark.parametrize("language", WRITTEN)
def test_the_first_line_alone_is_enough_for_utf16(language):
    first = WRITTEN[language][:40].encode("utf-16-le")

    assert lines.encoding_of(first, None, "people.csv") == "utf-16-le"


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
