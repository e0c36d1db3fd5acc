"""Members of archives: what every kind of archive lists, and which names are left alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath, PureWindowsPath

from breachcheck.addresses import mask_addresses
from ingest.archives.compression import Readable

_ARCHIVES = (".zip", ".7z", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".lzma", ".zst")
_LITTER = {".ds_store", "thumbs.db", "desktop.ini"}
ADDED = "added by the operating system"
FOLDER = "a folder"
NO_MATTER = frozenset({ADDED, FOLDER})
"""Why members are left alone in which nobody expects people."""


@dataclass(frozen=True, slots=True)
class Member:
    """One that an archive lists under *name*. *size* is unpacked, and what the archive says; *packed* 0 is unknown.

    *why* says what it is where that is no file. *is_stream*: all that lies before it is read on the way to it.
    """

    name: str
    size: int
    packed: int
    open: Callable[[], Readable]
    why: str = ""
    is_stream: bool = False

    @property
    def shown(self) -> str:
        return shown_name(self.name)


def shown_name(name: str) -> str:
    """A member's name, fit to be printed."""
    whole = name.encode(errors="replace").decode()
    return mask_addresses("".join(letter if letter.isprintable() else "\ufffd" for letter in whole))


def why_skipped(member: Member) -> str:
    """Why a member is left alone, by its name and what it is; empty where it is to be read."""
    parts = PurePosixPath(member.name.replace("\\", "/")).parts
    if "\0" in member.name or not parts:
        return "its name is none"
    if ".." in parts or parts[0] == "/" or PureWindowsPath(member.name).drive:
        return "its name leads out of the archive"
    if member.why:
        return member.why
    return ADDED if is_litter(parts) else ""


def is_litter(parts: Sequence[str]) -> bool:
    """Whether a file of this path is one that operating systems leave behind."""
    return "__MACOSX" in parts or parts[-1].lower() in _LITTER or parts[-1].startswith("._")


def may_hold_others(member: Member) -> bool:
    """Whether a member is an archive, by its name."""
    return member.name.lower().endswith(_ARCHIVES)


def is_selected(inside: tuple[str, ...], pattern: str | None) -> bool:
    """Whether `member` of a manifest selects what lies *inside* an archive under these names, outermost first.

    The pattern is held against the whole, `inner.tar!people.csv`, and against every archive on the way.
    """
    wholes = ("!".join(inside[: depth + 1]) for depth in range(len(inside)))
    return pattern is None or any(fnmatchcase(whole, pattern) for whole in wholes)
