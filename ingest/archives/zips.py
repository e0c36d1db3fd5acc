"""Zip archives, plain and encrypted (WinZip's AES, and the old cipher)."""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import pairwise

import pyzipper

from breachcheck.errors import DataFileError
from ingest.archives.budgets import Budget
from ingest.archives.compression import CHUNK, refuse_bomb
from ingest.archives.members import FOLDER, Member, shown_name, why_skipped
from ingest.archives.passwords import Passwords
from ingest.archives.spools import Content, Reading

_IS_ENCRYPTED, _IS_STRONGLY = 0x1, 0x40
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_LOCAL_HEADER = 30
_BUFFER = 1 << 16
_DAMAGED = (
    zipfile.BadZipFile,
    pyzipper.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
)


def members(content: Content, name: str, passwords: Passwords, budget: Budget) -> list[Member]:
    """What the archive *name* lists. Raises DataFileError where the list is damaged, too long or a trick."""
    archive = _opened(zipfile.ZipFile, content, name)
    for _ in archive.infolist():
        budget.admit(name)
    _refuse_overlaps(archive, name)
    if not any(info.flag_bits & _IS_ENCRYPTED for info in archive.infolist()):
        return [_member(archive, info, None, name, budget) for info in archive.infolist()]
    # The standard library does not know AES; this one, made from an older version of it, does.
    secret = _opened(pyzipper.AESZipFile, content, name)
    password = _password(secret.infolist(), secret, name, passwords)
    return [_member(secret, info, password, name, budget) for info in secret.infolist()]


def _opened(kind: type[zipfile.ZipFile], content: Content, name: str) -> zipfile.ZipFile:
    try:
        return kind(io.BufferedReader(Reading(content), _BUFFER))
    except _DAMAGED:
        raise DataFileError(
            f"{name}: the zip archive is cut short or damaged; fetch it again, or join its parts if it has several"
        ) from None


def _refuse_overlaps(archive: zipfile.ZipFile, name: str) -> None:
    """What several members share can be packed once and unpack to any number of bytes."""
    infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
    for info, following in pairwise(infos):
        if info.header_offset + _LOCAL_HEADER + info.compress_size > following.header_offset:
            raise DataFileError(f"{name}: members of the zip archive overlap, as in a bomb; it is not read")


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, password: bytes | None, name: str, budget: Budget
) -> Member:
    shown = f"{name}!{shown_name(info.filename)}"
    member = Member(
        info.orig_filename,
        info.file_size,
        info.compress_size,
        partial(_Unpacked, archive, info, password, shown),
        FOLDER if info.is_dir() else "",
    )
    if not why_skipped(member):
        _refuse(info, shown, budget)
    return member


def _refuse(info: zipfile.ZipInfo, name: str, budget: Budget) -> None:
    """Raise DataFileError where a member that is to be read is unknown to us or says that it is a bomb."""
    if info.flag_bits & _IS_STRONGLY:
        raise DataFileError(f"{name} is encrypted in a way that is not known here; decrypt it and name what was in it")
    if info.compress_type not in _METHODS:
        raise DataFileError(
            f"{name} is packed by method {info.compress_type}, which is not known here; unpack it first"
        )
    refuse_bomb(info.file_size, info.compress_size, name, budget.limits)


class _Unpacked:
    """The bytes of one member. What goes wrong is said without a word of zipfile's, and of what is encrypted more."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, password: bytes | None, name: str) -> None:
        is_encrypted = bool(info.flag_bits & _IS_ENCRYPTED)
        self._name, self._doubt = name, ", or its password is another," if is_encrypted else ""
        with self._faults():
            self._file = archive.open(info, pwd=password if is_encrypted else None)

    def read(self, size: int, /) -> bytes:
        with self._faults():
            return self._file.read(size)

    def close(self) -> None:
        self._file.close()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (*_DAMAGED, RuntimeError, LookupError, struct.error) as error:
            raise DataFileError(
                f"{self._name}: the file is damaged{self._doubt} and cannot be unpacked ({type(error).__name__}); "
                "fetch it again"
            ) from None


def _password(infos: Sequence[zipfile.ZipInfo], archive: zipfile.ZipFile, name: str, passwords: Passwords) -> bytes:
    first = min((info for info in infos if info.flag_bits & _IS_ENCRYPTED), key=lambda info: info.file_size)

    def opening(password: str) -> bytes | None:
        return next((spelt for spelt in _spellings(password) if _opens(archive, first, spelt, name)), None)

    return passwords.unlocking(name, opening)


def _opens(archive: zipfile.ZipFile, info: zipfile.ZipInfo, password: bytes, name: str) -> bool:
    try:
        with closing(_Unpacked(archive, info, password, name)) as file:
            file.read(CHUNK)
    except DataFileError:
        return False
    return True


def _spellings(password: str) -> Iterator[bytes]:
    """*password* as UTF-8, and as Windows programs write it, in the code page of Western Europe or that of its DOS."""
    seen = set()
    for encoding in ("utf-8", "cp1252", "cp850"):
        with suppress(UnicodeEncodeError):
            spelt = password.encode(encoding)
            if spelt not in seen:
                seen.add(spelt)
                yield spelt
