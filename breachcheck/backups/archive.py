"""Backup files: one tar, encrypted or not, that says first what is in it; and the two ways through it."""

import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from hashlib import file_digest, sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Literal

import msgspec

from breachcheck import folders
from breachcheck.backups import encryption
from breachcheck.backups.encryption import Decrypting, Encrypting, Secret, Source
from breachcheck.errors import BackupDamaged, BackupFault, StoreFull

CONTENTS = "backup.json"
_DRAFT = ".breachcheck-backup-"
_LONGEST_CONTENTS = 1 << 20
_A_PIECE = 1 << 20
_BLOCK = tarfile.BLOCKSIZE * 20


class Member(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file in a backup. *name* is where it belongs in a data folder."""

    name: str
    bytes: int
    sha256: str


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself. *taken_at*: epoch seconds of the moment that it shows."""

    backup: Literal[1]
    taken_at: int
    program: str
    store: str
    is_demo: bool
    schema: Mapping[str, str]
    members: Sequence[Member]


def members_of(files: Mapping[str, Path]) -> list[Member]:
    """*files* by their names, as a backup describes them."""
    return [_member(name, path) for name, path in files.items()]


def write(destination: Path, contents: Contents, files: Mapping[str, Path], secret: Secret | None) -> int:
    """Make *destination*, which is there whole and durably, or not at all; how many bytes it has.

    Raises StoreFull or BackupFault where it cannot be written.
    """
    try:
        with _drafted(destination) as draft:
            _write(draft, contents, files, secret)
            return draft.tell()
    except OSError as error:
        if error.errno in folders.NO_ROOM:
            raise StoreFull(f"No room is left for {destination}; free some space and back up again.") from None
        raise BackupFault(
            f"{destination} cannot be written ({error.strerror}); choose another place, or see to this one."
        ) from None


def unpack(path: Path, secret: Secret | None, folder: Path | None = None) -> Contents:
    """Read all of the backup at *path*, and put its files into *folder*, if there is one, each as it was written.

    Raises BackupDamaged where anything is not as it was, and BackupFault or StoreFull.
    """
    with _opened(path, secret) as (tar, contents, stream):
        if folder:
            folders.require_room(folder, sum(member.bytes for member in contents.members), "A restore first unpacks")
        expected = {member.name: member for member in contents.members}
        while found := tar.next():
            if found.name not in expected or not found.isreg():
                raise BackupDamaged(_CHANGED)
            _unpack(tar, found, expected.pop(found.name), folder)
        if expected:
            raise BackupDamaged(_CHANGED)
        while stream.read(_A_PIECE):  # to the last chunk, which alone says that nothing is missing
            pass
        return contents


@contextmanager
def _drafted(destination: Path) -> Iterator[IO[bytes]]:
    """A file that takes the name *destination* at the end of the block, and is gone where there is no such end."""
    _sweep(destination.parent)
    descriptor, name = tempfile.mkstemp(prefix=_DRAFT, dir=destination.parent)  # of mode 0600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            flock(file, LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
            draft.rename(destination)
        folders.sync(destination.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove drafts whose program was killed: nobody holds them any more."""
    for draft in folder.glob(f"{_DRAFT}*"):
        with suppress(BlockingIOError, FileNotFoundError), draft.open("rb") as file:
            flock(file, LOCK_EX | LOCK_NB)
            draft.unlink()


def _write(draft: IO[bytes], contents: Contents, files: Mapping[str, Path], secret: Secret | None) -> None:
    with ExitStack() as stack:
        sink = stack.enter_context(closing(Encrypting(draft, secret))) if secret else draft
        tar = stack.enter_context(tarfile.open(fileobj=sink, mode="w|", bufsize=_BLOCK))  # type: ignore[call-overload]
        described = msgspec.json.format(msgspec.json.encode(contents))
        _add(tar, CONTENTS, len(described), contents.taken_at, BytesIO(described))
        for member in contents.members:
            with files[member.name].open("rb") as file:
                _add(tar, member.name, member.bytes, contents.taken_at, file)


def _add(tar: tarfile.TarFile, name: str, size: int, at: int, file: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = size, at, 0o600
    tar.addfile(entry, file)


@contextmanager
def _opened(path: Path, secret: Secret | None) -> Iterator[tuple[tarfile.TarFile, Contents, Source]]:
    """The backup, what it says of itself, and the stream behind it."""
    try:
        with path.open("rb") as file:
            stream = _clear(file, secret)
            with tarfile.open(fileobj=stream, mode="r|", bufsize=_BLOCK) as tar:  # type: ignore[call-overload]
                yield tar, _contents(tar), stream
    except tarfile.TarError:
        raise BackupDamaged(f"{path.name} is no whole backup; nothing was restored. Take another one.") from None
    except OSError as error:
        if error.errno in folders.NO_ROOM:
            raise StoreFull(f"No room is left to unpack {path.name}; free some space and try again.") from None
        raise BackupFault(f"{path} cannot be read ({error.strerror}); look at its place and permissions.") from None


def _clear(file: IO[bytes], secret: Secret | None) -> Source:
    kind = encryption.kind_of(file.read(len(encryption.MAGIC) + 1))
    file.seek(0)
    if kind and secret is None:
        raise BackupFault("The backup is encrypted; open it with --passphrase-file or --key-file.")
    if not kind and os.fstat(file.fileno()).st_size % tarfile.RECORDSIZE:
        raise tarfile.ReadError  # what is missing is only padding, or more
    return Decrypting(file, secret) if secret else file


def _contents(tar: tarfile.TarFile) -> Contents:
    first = tar.next()
    text = tar.extractfile(first) if first and first.name == CONTENTS and first.size <= _LONGEST_CONTENTS else None
    try:
        return msgspec.json.decode(text.read() if text else b"", type=Contents)
    except msgspec.DecodeError:
        raise BackupDamaged(
            "This is no backup that this version of breachcheck can read; nothing was restored."
        ) from None


def _unpack(tar: tarfile.TarFile, found: tarfile.TarInfo, expected: Member, folder: Path | None) -> None:
    file = tar.extractfile(found)
    digest = sha256()
    with ExitStack() as stack:
        out = stack.enter_context(_new_file(folder, expected.name)) if folder else None
        while file and (piece := file.read(_A_PIECE)):
            digest.update(piece)
            if out:
                out.write(piece)
    if digest.hexdigest() != expected.sha256:
        raise BackupDamaged(
            f"{expected.name} in the backup is not what was written; nothing was restored. Take another one."
        )


@contextmanager
def _new_file(folder: Path, name: str) -> Iterator[IO[bytes]]:
    """Durable at the end of the block. A *name* that leads out of *folder* is not ours."""
    if Path(name).name != name or name in ("", ".", ".."):
        raise BackupDamaged(_CHANGED)
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _member(name: str, path: Path) -> Member:
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return Member(name=name, bytes=path.stat().st_size, sha256=digest)


_CHANGED = "The backup holds other files than it says; nothing was restored. Take another one."
