"""Data files: what a path of a manifest names, what is read of it and what is not, and within what limits."""

import bz2
import gzip
import io
import lzma
import os
import sys
import zipfile
from pathlib import Path
from typing import cast

import pytest

from breachcheck.errors import DataFileError
from ingest.archives.compression import Limits, zstd
from ingest.sources import DataFile, NotRead, Terms, find
from tests.ingest.loads import described, load

TEXT = b"id,email\n1,a@example.com\n"
PACKED = {
    "plain": TEXT,
    "gzip": gzip.compress(TEXT),
    "two gzip members": gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]),
    "zstd": zstd.compress(TEXT),
    "bzip2": bz2.compress(TEXT),
    "xz": lzma.compress(TEXT),
    "lzma": lzma.compress(TEXT, lzma.FORMAT_ALONE),
    "zstd within gzip": gzip.compress(zstd.compress(TEXT)),
}


def file_of(folder: Path, content: bytes, name: str = "people.csv") -> DataFile:
    (folder / name).write_bytes(content)
    [file] = find(name, folder)
    assert isinstance(file, DataFile)
    return file


def archive_of(folder: Path, members: dict[str, bytes], name: str = "export.zip") -> Path:
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return folder / name


def content_of(file: DataFile | NotRead) -> bytes:
    assert isinstance(file, DataFile)
    return b"".join(file.chunks())


def outcomes(folder: Path, path: str, member: str | None = None) -> dict[str, str]:
    return {file.name: file.why if isinstance(file, NotRead) else "read" for file in find(path, folder, member)}


# Compression


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("name", ["people.csv", "people.csv.gz", "people.zst"])
def test_what_a_file_is_packed_by_is_told_by_content(tmp_path: Path, packed: bytes, name: str) -> None:
    file = file_of(tmp_path, packed, name)

    assert (content_of(file), file.head()) == (TEXT, TEXT)


def test_only_a_file_that_is_the_data_itself_has_a_path(tmp_path: Path) -> None:
    plain, packed = file_of(tmp_path, TEXT), file_of(tmp_path, gzip.compress(TEXT), "people.csv.gz")

    assert (plain.path, packed.path, packed.source) == (tmp_path / "people.csv", None, tmp_path / "people.csv.gz")


@pytest.mark.parametrize("kind", ["gzip", "zstd", "bzip2", "xz", "lzma"])
def test_a_packed_file_that_is_cut_short_is_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(DataFileError, match=r"people\.csv: the file is (cut short|damaged)"):
        file_of(tmp_path, PACKED[kind][:-5])


def test_a_packed_file_that_is_damaged_is_refused(tmp_path: Path) -> None:
    damaged = bytearray(gzip.compress(TEXT * 100))
    damaged[30:40] = bytes(10)

    with pytest.raises(DataFileError, match=r"people\.csv: the file is damaged"):
        file_of(tmp_path, bytes(damaged))


def test_a_packed_file_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    packed = bytearray(PACKED["lzma"])
    packed[1:5] = (1 << 30).to_bytes(4, "little")  # the size of its dictionary

    with pytest.raises(DataFileError, match=r"people\.csv: takes more than 256 MiB of memory to unpack"):
        file_of(tmp_path, bytes(packed))


def test_how_much_was_read_is_known_for_progress(tmp_path: Path) -> None:
    file = file_of(tmp_path, gzip.compress(TEXT * 1000))

    content_of(file)

    assert file.consumed == file.size == (tmp_path / "people.csv").stat().st_size


def test_a_file_that_unpacks_to_too_many_times_its_size_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(10_000_000)))

    with pytest.raises(DataFileError, match=r"bomb\.gz: unpacks to more than 100 times its size"):
        [content_of(file) for file in find("bomb.gz", tmp_path, terms=Terms(Limits(ratio=100, ratio_from=1_000_000)))]


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(TEXT * 100_000))

    with pytest.raises(DataFileError, match=r"bomb\.gz: unpacks to more than 1,000,000 bytes"):
        [content_of(file) for file in find("bomb.gz", tmp_path, terms=Terms(Limits(total=1_000_000)))]


# What is named


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"people\.csv: there is no such file beside the manifest"):
        list(find("people.csv", tmp_path))


def test_a_glob_names_files_in_order(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.txt"):
        (tmp_path / name).write_bytes(TEXT)

    assert list(outcomes(tmp_path, "*.csv")) == ["a.csv", "b.csv"]


def test_a_name_may_hold_what_a_glob_would_mean_otherwise(tmp_path: Path) -> None:
    folder = tmp_path / "[2025]"
    folder.mkdir()
    (folder / "people[1].csv").write_bytes(TEXT)

    assert outcomes(folder, "people[1].csv") == outcomes(folder, "*.csv") == {"people[1].csv": "read"}


def test_a_folder_names_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "export" / "more").mkdir(parents=True)
    (tmp_path / "export" / "a.csv").write_bytes(TEXT)
    (tmp_path / "export" / "more" / "b.csv").write_bytes(TEXT)

    assert outcomes(tmp_path, "export") == {"export/a.csv": "read", "export/more/b.csv": "read"}


def test_names_pass_the_address_filter(tmp_path: Path) -> None:
    (tmp_path / "a@example.com.csv").write_bytes(TEXT)
    archive_of(tmp_path, {"letters/b@example.com.csv": TEXT, "c@example.com.pdf": b"%PDF-1.7"})

    names = [*outcomes(tmp_path, "a@example.com.csv"), *outcomes(tmp_path, "*.zip")]

    assert not any("example.com" in name for name in names)


FOREIGN = {
    "a PDF": b"%PDF-1.7\n",
    "a picture": b"\x89PNG\r\n\x1a\n",
    "a web page": b"\n<!DOCTYPE html><p>Not found",
    "not text": bytes(range(256)),
    "a PostgreSQL dump in its own format": b"PGDMP" + bytes(100),
    "an Arrow file": b"ARROW1\0\0ann@example.com",
    "an Avro file": b"Obj\x01\x04ann@example.com",
    "a MongoDB dump in its own format": b"\x1f\0\0\0\x02email\0\x10\0\0\0ann@example.com\0\0",
    "an empty file": b"",
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_holds_no_records_is_refused_where_it_is_named(tmp_path: Path, what: str) -> None:
    with pytest.raises(DataFileError, match=rf"people\.csv is {what}"):
        file_of(tmp_path, FOREIGN[what])


@pytest.mark.parametrize("what", FOREIGN)
def test_what_holds_no_records_is_not_read_where_a_glob_finds_it(tmp_path: Path, what: str) -> None:
    (tmp_path / "people.csv").write_bytes(FOREIGN[what])

    assert outcomes(tmp_path, "*.csv")["people.csv"].startswith(what)


def test_text_in_other_encodings_is_text(tmp_path: Path) -> None:
    for name, encoding in {"a.csv": "utf-16", "b.csv": "utf-16-le", "c.csv": "cp1251", "d.csv": "gbk"}.items():
        (tmp_path / name).write_bytes("имя,email\nЖанна,a@example.com\n".encode(encoding))

    assert set(outcomes(tmp_path, "*.csv").values()) == {"read"}


# Archives


def test_every_member_is_read_or_said_why_not(tmp_path: Path) -> None:
    archive_of(
        tmp_path,
        {
            "data/": b"",
            "data/people.csv": TEXT,
            "data/more.csv.gz": gzip.compress(TEXT),
            "letter.pdf": b"%PDF-1.7",
            "__MACOSX/._people.csv": b"x",
            ".DS_Store": b"x",
            "../people.csv": TEXT,
            "/etc/people.csv": TEXT,
            "nested.docx": b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml",
        },
    )

    assert outcomes(tmp_path, "export.zip") == {
        "export.zip!data/": "a folder",
        "export.zip!data/people.csv": "read",
        "export.zip!data/more.csv.gz": "read",
        "export.zip!letter.pdf": "a PDF",
        "export.zip!__MACOSX/._people.csv": "added by the operating system",
        "export.zip!.DS_Store": "added by the operating system",
        "export.zip!../people.csv": "its name leads out of the archive",
        "export.zip!/etc/people.csv": "its name leads out of the archive",
        "export.zip!nested.docx": "an office document that holds no sheets",
    }


def test_members_are_streamed(tmp_path: Path) -> None:
    archive_of(tmp_path, {"people.csv": TEXT, "more.csv.gz": gzip.compress(TEXT)})

    assert [content_of(file) for file in find("export.zip", tmp_path)] == [TEXT, TEXT]


def test_a_glob_selects_members(tmp_path: Path) -> None:
    archive_of(tmp_path, {"data/people.csv": TEXT, "notes.txt": TEXT})

    assert outcomes(tmp_path, "export.zip", "data/*.csv") == {
        "export.zip!data/people.csv": "read",
        "export.zip!notes.txt": "no entry of the manifest selects it",
    }


def test_a_glob_that_selects_nothing_is_refused(tmp_path: Path) -> None:
    archive_of(tmp_path, {"people.csv": TEXT})

    with pytest.raises(DataFileError, match="no member matches"):
        list(find("export.zip", tmp_path, "*.json"))


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path, {"people.csv": TEXT})
    path.write_bytes(with_encrypted_flag(path.read_bytes()))

    with pytest.raises(DataFileError, match=r"export\.zip is encrypted"):
        list(find("export.zip", tmp_path))


def with_encrypted_flag(archive: bytes) -> bytes:
    changed = bytearray(archive)
    changed[6] |= 1
    changed[archive.index(b"PK\x01\x02") + 8] |= 1
    return bytes(changed)


def test_an_archive_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path, {"people.csv": TEXT})
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(
        DataFileError, match=r"export\.zip: the zip archive is cut short or damaged; .* or join its parts"
    ):
        list(find("export.zip", tmp_path))


def test_a_member_that_is_damaged_is_refused(tmp_path: Path) -> None:
    path = archive_of(tmp_path, {"people.csv": TEXT * 1000})
    damaged = bytearray(path.read_bytes())
    damaged[60:70] = bytes(10)
    path.write_bytes(damaged)

    with pytest.raises(DataFileError, match=r"export\.zip!people\.csv: the file is damaged"):
        list(find("export.zip", tmp_path))


def test_a_member_that_says_it_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    archive_of(tmp_path, {"bomb.csv": bytes(10_000_000)})

    with pytest.raises(DataFileError, match=r"export\.zip!bomb\.csv: unpacks to more than 100 times"):
        list(find("export.zip", tmp_path, terms=Terms(Limits(ratio=100, ratio_from=1_000_000))))


def test_an_office_document_is_refused(tmp_path: Path) -> None:
    archive_of(tmp_path, {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}, "people.docx")

    with pytest.raises(DataFileError, match=r"people\.docx is an office document"):
        list(find("people.docx", tmp_path))


# Standard input


@pytest.fixture
def standard_input(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """What is written to it is what standard input gives."""
    given = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(cast(io.BufferedReader, given)))
    return given


@pytest.mark.parametrize("packed", PACKED.values(), ids=PACKED)
def test_standard_input_is_read_once(tmp_path: Path, standard_input: io.BytesIO, packed: bytes) -> None:
    standard_input.write(packed)
    standard_input.seek(0)
    [file] = find("-", tmp_path)

    assert (file.name, content_of(file)) == ("standard input", TEXT)
    with pytest.raises(DataFileError, match="standard input can be read only once"):
        content_of(file)


@pytest.mark.parametrize("given", [b"", b"PK\x03\x04", b"%PDF-1.7"])
def test_standard_input_that_holds_no_records_is_refused(
    tmp_path: Path, standard_input: io.BytesIO, given: bytes
) -> None:
    standard_input.write(given)
    standard_input.seek(0)

    with pytest.raises(DataFileError, match="standard input is"):
        list(find("-", tmp_path))


def test_what_operating_systems_leave_in_a_folder_is_not_read(tmp_path):
    for name in ("people.csv", ".DS_Store", "._people.csv"):
        (tmp_path / name).write_text("email\nann@example.com\n")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "people.csv").write_text("x")

    found = {one.name: isinstance(one, NotRead) and one.why for one in find(".", tmp_path)}

    added = "added by the operating system"
    assert found == {"people.csv": False, ".DS_Store": added, "._people.csv": added, "__MACOSX/people.csv": added}


def test_what_is_no_file_in_a_folder_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "people.csv").write_bytes(TEXT)
    (folder / "gone.csv").symlink_to("nowhere.csv")
    (folder / "up").symlink_to("..")
    os.mkfifo(folder / "pipe.csv")

    assert outcomes(tmp_path, "export") == {
        "export/gone.csv": "a link to nothing that is there",
        "export/people.csv": "read",
        "export/pipe.csv": "a pipe or a device",
        "export/up": "a link to a folder; name that folder",
    }


def test_a_file_whose_name_is_no_text_is_read(store, tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/export/\xff\n.csv")).write_bytes(TEXT)

    tally = load(described(tmp_path, "- path: export"), store).tally

    assert [(file.name, file.outcome) for file in tally.files] == [("export/?\ufffd.csv", "read")]


def test_a_pipe_that_was_named_is_said_to_be_one(tmp_path):
    os.mkfifo(tmp_path / "people.csv")

    with pytest.raises(DataFileError, match=r"^people\.csv: no file to read \(a pipe or a device\); save"):
        [*find("people.csv", tmp_path)]
