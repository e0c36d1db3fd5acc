"""Containers: archives of every kind, in one another, encrypted, damaged, and those that mean harm."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import py7zr
import pytest
import pyzipper

from breachcheck.errors import DataFileError
from ingest.archives import budgets, containers, seven_zips, tars
from ingest.archives.budgets import Budget
from ingest.archives.compression import Limits, zstd
from ingest.archives.passing import Heads, Idle, Passing
from ingest.archives.passwords import Passwords
from ingest.pipeline import LoadRefused
from ingest.sources import NotRead, Terms, find
from tests.ingest.loads import described, load

TEXT = b"id,email\n1,a@example.com\n"
OTHER = b"id,email\n2,b@example.com\n"
SECRET = "korrekt pferd"


def zipped(members, **options):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def tarred(members):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def seven_zipped(members, **options):
    file = io.BytesIO()
    with py7zr.SevenZipFile(file, "w", **options) as archive:
        for name, content in members:
            archive.writestr(content, name)
    return file.getvalue()


def aes_zipped(members, password=SECRET, bits=256, encoding="utf-8"):
    file = io.BytesIO()
    with pyzipper.AESZipFile(file, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode(encoding))
        archive.setencryption(pyzipper.WZ_AES, nbits=bits)
        for name, content in members:
            archive.writestr(name, content)
    return file.getvalue()


def read(folder, content, name="export", member=None, **terms):
    """What every file gives, by name, or why it was not read."""
    (folder / name).write_bytes(content)
    found = list(find(name, folder, member, Terms(**terms)))
    return {one.name: one.why if isinstance(one, NotRead) else b"".join(one.chunks()) for one in found}


def asked(*answers):
    left = list(answers)
    return Passwords(ask=lambda _: left.pop(0) if left else None, environment={})


PACKERS = {
    "zip": zipped,
    "7z": seven_zipped,
    "tar": tarred,
    "tar.gz": lambda members: gzip.compress(tarred(members)),
    "tar.bz2": lambda members: bz2.compress(tarred(members)),
    "tar.xz": lambda members: lzma.compress(tarred(members)),
    "tar.zst": lambda members: zstd.compress(tarred(members)),
    "zip.gz": lambda members: gzip.compress(zipped(members)),
    "7z.xz": lambda members: lzma.compress(seven_zipped(members)),
}
MEMBERS = [("data/people.csv", TEXT), ("more.csv.gz", gzip.compress(OTHER)), ("letter.pdf", b"%PDF-1.7"), ("none", b"")]
READ = {
    "export!data/people.csv": TEXT,
    "export!more.csv.gz": OTHER,
    "export!letter.pdf": "a PDF",
    "export!none": "an empty file",
}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_the_members_of_every_kind_of_archive_are_read(tmp_path: Path, pack) -> None:
    assert read(tmp_path, pack(MEMBERS)) == READ


@pytest.mark.parametrize("outer", PACKERS.values(), ids=PACKERS)
@pytest.mark.parametrize("inner", PACKERS.values(), ids=PACKERS)
def test_archives_lie_in_archives(tmp_path: Path, outer, inner) -> None:
    content = outer([("inner.bin", inner(MEMBERS)), ("people.csv", TEXT)])

    expected = {name.replace("export!", "export!inner.bin!"): what for name, what in READ.items()}
    assert read(tmp_path, content) == expected | {"export!people.csv": TEXT}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_members_can_be_read_in_any_order_and_again(tmp_path: Path, pack) -> None:
    texts = {f"{number}.csv": b"email\n" + b"%d@example.com\n" % number * 5000 for number in range(5)}
    (tmp_path / "export").write_bytes(pack(list(texts.items())))
    files = list(find("export", tmp_path))

    together = [b"".join(pieces) for pieces in zip(*(file.chunks() for file in files), strict=True)]
    backwards = [b"".join(file.chunks()) for file in reversed(files)]

    assert together == [b"".join(texts.values())]
    assert backwards == list(reversed(texts.values()))


def test_an_archive_nested_too_deep_is_not_read(tmp_path: Path) -> None:
    content = zipped([("people.csv", TEXT)])
    for _ in range(containers.DEPTH):
        content = zipped([("inner.zip", content)])

    assert read(tmp_path, content) == {
        "export!inner.zip!inner.zip!inner.zip": "a zip archive, nested deeper than 3 levels"
    }


def test_where_nothing_could_be_read_the_reason_is_said(store, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(zipped([("data/", b""), ("people.rar", b"Rar!\x1a\x07\x01\0")]))

    with pytest.raises(LoadRefused, match=r"indexed: all\.zip!people\.rar is not read \(a rar archive\); check `path`"):
        load(described(tmp_path, "- path: all.zip"), store)


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_the_same_name_are_both_read(tmp_path: Path, pack) -> None:
    (tmp_path / "export").write_bytes(pack([("people.csv", TEXT), ("people.csv", OTHER)]))

    assert [b"".join(file.chunks()) for file in find("export", tmp_path)] == [TEXT, OTHER]


NAMES = {
    "../people.csv": "its name leads out of the archive",
    "/etc/people.csv": "its name leads out of the archive",
    "..\\people.csv": "its name leads out of the archive",
    "C:\\people.csv": "its name leads out of the archive",
    "c:people.csv": "its name leads out of the archive",
    "__MACOSX/._people.csv": "added by the operating system",
    "data/.DS_Store": "added by the operating system",
    "Thumbs.db": "added by the operating system",
}


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_mean_harm_or_nothing_are_left_alone(tmp_path: Path, pack) -> None:
    found = read(tmp_path, pack([(name, TEXT) for name in NAMES]))

    assert found == {f"export!{name}": why for name, why in NAMES.items()}


def test_a_name_with_a_zero_byte_is_left_alone(tmp_path: Path) -> None:
    content = zipped([("people.csv_.pdf", TEXT)]).replace(b"people.csv_", b"people.csv\0")

    assert read(tmp_path, content) == {"export!people.csv\ufffd.pdf": "its name is none"}


def test_what_is_no_file_in_a_tar_is_said(tmp_path: Path) -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, kind in {
            "a": tarfile.DIRTYPE,
            "b": tarfile.SYMTYPE,
            "c": tarfile.LNKTYPE,
            "d": tarfile.CHRTYPE,
        }.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)

    assert read(tmp_path, file.getvalue()) == {
        "export!a": "a folder",
        "export!b": "a link",
        "export!c": "a link",
        "export!d": "a device",
    }


def test_a_glob_selects_within_archives_in_archives(tmp_path: Path) -> None:
    content = tarred([("inner.zip", zipped(MEMBERS)), ("other.zip", zipped(MEMBERS)), ("people.csv", TEXT)])

    whole, some = (read(tmp_path, content, member=member) for member in ("inner.zip", "inner.zip!*/people.csv"))

    assert [name for name, what in whole.items() if what in {TEXT, OTHER}] == [
        "export!inner.zip!data/people.csv",
        "export!inner.zip!more.csv.gz",
    ]
    assert [name for name, what in some.items() if isinstance(what, bytes)] == ["export!inner.zip!data/people.csv"]


# Encryption

LOCKED = {
    "AES-256": aes_zipped(MEMBERS),
    "AES-128": aes_zipped(MEMBERS, bits=128),
    "7z": seven_zipped(MEMBERS, password=SECRET),
    "7z with its list": seven_zipped(MEMBERS, password=SECRET, header_encryption=True),
    "old zip": Path(__file__).with_name("locked.zip").read_bytes(),
}


@pytest.mark.parametrize("content", LOCKED.values(), ids=LOCKED)
def test_an_encrypted_archive_opens_with_its_password(tmp_path: Path, content) -> None:
    assert read(tmp_path, content, passwords=asked(SECRET)) == READ


@pytest.mark.parametrize("content", LOCKED.values(), ids=LOCKED)
def test_an_encrypted_archive_within_another_opens_too(tmp_path: Path, content) -> None:
    found = read(tmp_path, gzip.compress(tarred([("a.bin", content), ("b.bin", content)])), passwords=asked(SECRET))

    assert found["export!b.bin!data/people.csv"] == TEXT


@pytest.mark.parametrize("content", LOCKED.values(), ids=LOCKED)
def test_a_wrong_password_is_said_without_it(tmp_path: Path, content) -> None:
    with pytest.raises(DataFileError, match="export: the password given does not open it") as refusal:
        read(tmp_path, content, passwords=asked("falsch", "auch", "nicht"))

    assert "falsch" not in str(refusal.value)


@pytest.mark.parametrize("content", LOCKED.values(), ids=LOCKED)
def test_without_a_password_the_remedy_is_said(tmp_path: Path, content) -> None:
    with pytest.raises(DataFileError, match=r"export is encrypted.*`password_file`.*BREACHCHECK_ARCHIVE_PASSWORD"):
        read(tmp_path, content, passwords=asked())


def test_a_password_may_be_typed_wrong_twice(tmp_path: Path) -> None:
    assert read(tmp_path, LOCKED["AES-256"], passwords=asked("x", "y", SECRET)) == READ


@pytest.mark.parametrize("encoding", ["cp1252", "cp850"])
def test_a_password_opens_a_zip_of_a_program_that_spells_it_in_its_own_code_page(tmp_path: Path, encoding) -> None:
    content = aes_zipped(MEMBERS, password="zwölf Größen", encoding=encoding)

    assert read(tmp_path, content, passwords=asked("zwölf Größen")) == READ


def test_the_password_comes_from_the_file_then_from_the_environment(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\r\nnot this\n", encoding="utf-8-sig")
    wrong, right = ({"BREACHCHECK_ARCHIVE_PASSWORD": password} for password in ("falsch", SECRET))

    assert read(tmp_path, LOCKED["7z"], passwords=Passwords(tmp_path / "secret", environment=wrong)) == READ
    assert read(tmp_path, LOCKED["7z"], passwords=Passwords(environment=right)) == READ


def test_a_password_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"secret: cannot be read .*check `password_file`"):
        read(tmp_path, LOCKED["7z"], passwords=Passwords(tmp_path / "secret"))


def test_an_encrypted_member_that_was_changed_is_refused(tmp_path: Path) -> None:
    changed = bytearray(aes_zipped([("people.csv", TEXT * 10_000), ("z", b"")]))
    changed[200] ^= 1

    with pytest.raises(DataFileError, match=r"the password given does not open it|people\.csv: the file is damaged"):
        read(tmp_path, bytes(changed), passwords=asked(SECRET))


# Damage


@pytest.mark.parametrize("kind", PACKERS)
def test_an_archive_that_is_cut_short_is_refused_wherever_that_is(tmp_path: Path, kind) -> None:
    whole = PACKERS[kind]([(f"{number}.csv", TEXT * 200 * number) for number in range(1, 4)]).rstrip(b"\0")

    for share in (0.1, 0.5, 0.9, 0.999):
        with pytest.raises(DataFileError, match=r"export.*(cut short|damaged|not text|SQL|empty)"):
            read(tmp_path, whole[: int(len(whole) * share)])


def test_tars_that_were_written_one_behind_the_other_are_read(tmp_path: Path) -> None:
    content = tarred([("people.csv", TEXT)]) + bytes(1024) + tarred([("more.csv", OTHER), ("people.csv", OTHER)])

    found = read(tmp_path, gzip.compress(content))

    assert found == {"export!people.csv": OTHER, "export!more.csv": OTHER}


def test_what_stands_behind_the_end_of_a_tar_and_is_none_is_passed(tmp_path: Path) -> None:
    assert read(tmp_path, tarred([("people.csv", TEXT)]) + b"junk" * 200) == {"export!people.csv": TEXT}


def test_a_zip_of_nothing_is_no_damaged_one(tmp_path: Path) -> None:
    assert read(tmp_path, zipped([])) == {}


def test_a_tar_without_its_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="export: the tar archive is cut short"):
        read(tmp_path, tarred([("a.csv", TEXT), ("b.csv", TEXT)])[:2048])


def test_a_damaged_header_in_a_tar_is_not_the_end_of_it(tmp_path: Path) -> None:
    damaged = bytearray(tarred([("a.csv", TEXT), ("b.csv", TEXT)]))
    damaged[1024] ^= 1

    with pytest.raises(DataFileError, match="export: the tar archive is cut short or damaged"):
        read(tmp_path, bytes(damaged))


def test_a_tar_header_that_says_it_is_huge_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 8 << 30

    with pytest.raises(DataFileError, match="export: the tar archive is damaged"):
        read(tmp_path, tarred([("a.csv", TEXT)])[:1024] + info.tobuf() + bytes(4096))


def test_a_zip_that_lies_about_a_size_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped([("people.csv", TEXT)]))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 9)

    with pytest.raises(DataFileError, match=r"export!people\.csv: the file is damaged"):
        read(tmp_path, bytes(content))


# Bombs


def test_a_zip_of_overlapping_members_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped([("a.csv", bytes(100_000)), ("b.csv", bytes(100_000))]))
    first = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", first + 4)
    content[second + 42 : second + 46] = content[first + 42 : first + 46]

    with pytest.raises(DataFileError, match="export: members of the zip archive overlap"):
        read(tmp_path, bytes(content))


def test_many_small_bombs_count_together(tmp_path: Path) -> None:
    twice = gzip.compress(gzip.compress(bytes(20 << 20)))
    content = tarred([(f"{number}.csv", twice) for number in range(20)])

    with pytest.raises(DataFileError, match=r"export!\d+\.csv: unpacks to more than 500 times its size"):
        read(tmp_path, content, limits=Limits(ratio_from=64 << 20))


def test_zeros_that_gzip_skips_behind_its_end_are_spent(tmp_path: Path) -> None:
    content = gzip.compress(gzip.compress(TEXT) + bytes(4 << 20))

    with pytest.raises(DataFileError, match="export: unpacks to more than 500 times its size"):
        read(tmp_path, content, limits=Limits(ratio_from=1 << 20))


def test_nothing_is_published_of_a_load_with_a_bomb_in_it(store, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_bytes(TEXT)
    (tmp_path / "bomb.tar").write_bytes(tarred([("x.csv", gzip.compress(gzip.compress(bytes(256 << 20))))]))

    with pytest.raises(DataFileError, match=r"bomb\.tar!x\.csv: unpacks to more than 500 times its size"):
        load(described(tmp_path, "- path: people.csv\n- path: bomb.tar"), store)

    assert [row.current_load for row in store.breaches.all()] == [None]


def test_a_bomb_of_590_bytes_is_refused(tmp_path: Path) -> None:
    content = gzip.compress(gzip.compress(bytes(256 << 20)))

    assert len(content) < 1000
    with pytest.raises(DataFileError, match="export: unpacks to more than 500 times its size"):
        read(tmp_path, content)


def test_a_bomb_in_archives_in_archives_is_refused(tmp_path: Path) -> None:
    content = zipped([("bomb.csv", bytes(100 << 20))])
    content = seven_zipped([("inner.tar", tarred([("inner.zip", content)]))])

    with pytest.raises(DataFileError, match=r"inner\.zip!bomb\.csv: unpacks to more than 500 times its size"):
        read(tmp_path, content)


def test_a_7z_bomb_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"export!bomb\.csv: unpacks to more than 500 times its size"):
        read(tmp_path, seven_zipped([("bomb.csv", bytes(100 << 20))]))


def test_a_7z_that_needs_too_much_memory_is_refused(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(seven_zips, "MOST_MEMORY", 1 << 16)

    with pytest.raises(DataFileError, match="export: the 7z archive takes more than 0 MiB to unpack"):
        read(tmp_path, seven_zipped([("people.csv", TEXT)]))


@pytest.mark.parametrize("pack", [zipped, tarred, seven_zipped])
def test_too_many_members_are_refused(tmp_path: Path, monkeypatch, pack) -> None:
    monkeypatch.setattr(budgets, "MOST_MEMBERS", 10)

    with pytest.raises(DataFileError, match="holds more than 10 members"):
        read(tmp_path, pack([(f"{number}.csv", TEXT) for number in range(11)]))


# What is kept meanwhile


def test_what_is_kept_of_an_archive_in_another_is_encrypted_and_has_no_name(tmp_path: Path, monkeypatch) -> None:
    spill = tmp_path / "spill"
    spill.mkdir()
    written = []
    monkeypatch.setattr("ingest.archives.spools._write", lambda _file, piece, _at: written.append(piece))
    (tmp_path / "export").write_bytes(gzip.compress(zipped([("people.csv", TEXT * 100)])))

    with pytest.raises(DataFileError):
        list(find("export", tmp_path, terms=Terms(spill=spill)))

    assert written
    assert not any(b"PK" in piece or b"people" in piece for piece in written)
    assert list(spill.iterdir()) == []


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch) -> None:
    def full(file, piece, at):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ingest.archives.spools._write", full)

    with pytest.raises(DataFileError, match=r"export: cannot be kept .*No space left on device"):
        read(tmp_path, gzip.compress(zipped(MEMBERS)))


def test_a_look_at_the_members_of_a_tar_takes_no_pass_but_that_of_its_list() -> None:
    members = {f"m{number}.csv": b"email\n" + b"p%d@example.com\n" % number * 400_000 for number in range(3)}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    passes = []

    def opened() -> Iterator[bytes]:
        passes.append(1)
        yield packed.getvalue()

    listed = tars.members(
        Passing(opened, Idle(), "all.tar"), "all.tar", Budget(Limits(), len(packed.getvalue())), Heads()
    )
    beginnings = [one.open().read(100) for one in listed for _ in range(2)]
    looked = len(passes)
    whole = {}
    for one in listed:
        with closing(one.open()) as file:
            whole[one.name] = b"".join(iter(lambda: file.read(1 << 20), b""))

    assert (len(set(beginnings)), looked, len(passes)) == (3, 1, 2)
    assert whole == members
