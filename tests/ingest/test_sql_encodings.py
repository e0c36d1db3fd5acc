"""The encoding that a dump declares: believed, unless the bytes say otherwise."""

from pathlib import Path

import pytest

from ingest.readers.base import Instructions
from ingest.readers.sql_encodings import encoding_called
from tests.ingest.scans import scan_text

ROW = "INSERT INTO t (email, name) VALUES ('a@example.com','{}');\n"


@pytest.mark.parametrize(
    ("declaration", "encoding", "name"),
    [
        ("/*!40101 SET NAMES latin1 */;", "cp1252", "José €"),
        ("SET NAMES 'gbk';", "gbk", "誠\\'"),
        ("/*!50503 SET NAMES gb2312 */;", "gb2312", "张三"),
        ("SET client_encoding = 'WIN1251';", "cp1251", "Анна"),
        ("SET CLIENT_ENCODING TO 'KOI8R';", "koi8_r", "Анна"),
        ("SET NAMES sjis;", "cp932", "ソフト\\'"),
        ("set names cp1250;", "cp1250", "Łukasz"),
        ("SET CHARACTER SET latin2;", "latin2", "Łukasz"),
    ],
)
def test_a_dump_is_read_by_the_encoding_that_it_declares(
    tmp_path: Path, declaration: str, encoding: str, name: str
) -> None:
    text = f"-- MySQL dump\n{declaration}\n" + ROW.format("plain") * 50 + ROW.format(name)

    scanned = scan_text(tmp_path, text.encode(encoding), name="dump.sql")

    assert ("a@example.com", name.replace("\\'", "'")) in scanned.rows
    assert len(scanned.rows) == 51


def test_utf8_in_a_dump_that_declares_something_else_is_utf8(tmp_path: Path) -> None:
    text = "/*!40101 SET NAMES latin1 */;\n" + ROW.format("Zoë") * 2

    dirty = text.encode() + ROW.format("José").encode("latin-1")

    assert set(scan_text(tmp_path, dirty, name="dump.sql").rows) == {
        ("a@example.com", "Zoë"),
        ("a@example.com", "Jos\ufffd"),
    }


def test_the_manifest_has_the_last_word(tmp_path: Path) -> None:
    text = ("SET NAMES latin1;\n" + ROW.format("Анна")).encode("cp1251")

    assert scan_text(tmp_path, text, Instructions(encoding="cp1251"), name="dump.sql").rows == [
        ("a@example.com", "Анна")
    ]


@pytest.mark.parametrize("name", ["utf8", "UTF8MB4", "SQL_ASCII", "binary", "rot13", "nothing", "Unicode", "default"])
def test_what_is_no_other_encoding_changes_nothing(name: str) -> None:
    assert encoding_called(name) is None
