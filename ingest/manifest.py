"""Manifests: the files that say what one breach is, and where its data files are."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import msgspec

from breachcheck.addresses import holds_address, mask_addresses
from breachcheck.breaches import Facts
from breachcheck.errors import ManifestError
from ingest import documents, manifest_rules, misfits, mistranslations
from ingest.documents import Document, Fault, Value
from ingest.entries import FileEntry, Format, Join
from ingest.shapes import Shaper

__all__ = ["FileEntry", "Format", "Join", "Manifest", "check_sensitivity", "read"]

VERSION = 1
MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest that kept every rule; whether its data files are there is for the pipeline to find."""

    facts: Facts
    files: tuple[FileEntry, ...]
    text: str
    sha256: str
    folder: Path
    says_sensitive: bool  # is_sensitive stands there; where it does not, facts.is_sensitive is false


class _Written(Facts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    manifest: int
    files: tuple[FileEntry, ...]


def read(path: Path) -> Manifest:
    """The manifest at *path*, YAML or JSON.

    Raises ManifestError, which names the file, the line and what is allowed; several faults are listed together.
    """
    name = mask_addresses(path.name)
    raw = _bytes_of(path, name)
    text = _text_of(raw, name)
    document = documents.parse(name, text)
    written = _checked(name, document, text)
    facts = {field: getattr(written, field) for field in Facts.__struct_fields__}
    return Manifest(
        facts=Facts(**facts),
        files=tuple(_normal(entry) for entry in written.files),
        text=text,
        sha256=hashlib.sha256(raw).hexdigest(),
        folder=path.parent,
        says_sensitive=_says_sensitive(document),
    )


def check_sensitivity(manifest: Manifest, classes: Collection[str]) -> None:
    """Raise ManifestError where *classes*, those suggested for its files, need a word that the manifest lacks."""
    heavy = misfits.owner_only(list(classes))
    if heavy and not manifest.says_sensitive:
        raise ManifestError(f"{manifest.facts.name}: {misfits.sensitivity_question(heavy)}")


def _bytes_of(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ManifestError(f"{name} is not there; make one with `breachcheck manifest draft FILES`") from None
    except IsADirectoryError:
        raise ManifestError(f"{name} is a folder; give the manifest in it, such as {name}/breach.yaml") from None
    except OSError as error:
        raise ManifestError(f"{name} cannot be read: {error.strerror}") from None
    if len(raw) > MAX_BYTES:
        raise ManifestError(f"{name} is larger than 1 MiB; a manifest describes data files and does not hold them")
    return raw


def _text_of(raw: bytes, name: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ManifestError(f"{name}, line {line}: this is not UTF-8; save the file as UTF-8") from None


def _checked(name: str, document: Document, text: str) -> _Written:
    root = document.root
    if not isinstance(root, dict):
        found = "is empty" if root is None else "is not a table of keys"
        raise ManifestError(f"{name} {found}; begin with `manifest: {VERSION}`")
    version = root.get("manifest", VERSION)
    if isinstance(version, bool) or version != VERSION:
        raise documents.refusal(
            name, [Fault(document.lines["manifest",], f"manifest: this program reads version {VERSION} alone")]
        )
    shaper = Shaper(document, manifest_rules.RULES, manifest_rules.every_text)
    written = shaper.shaped(_Written, root)
    if written:
        for path, wrong in misfits.misfits(written, written.files, says_sensitive=_says_sensitive(document)):
            shaper.say(path, wrong)
        for path, wrong in mistranslations.mistranslations(written):
            shaper.say(path, wrong)
    faults = shaper.faults + _addresses_between(text, _helpline(root), shaper.faults)
    if faults or not written:
        raise documents.refusal(name, faults)
    return written


def _helpline(root: dict[str, Value]) -> str:
    company = root.get("help")
    mailbox = company.get("email") if isinstance(company, dict) else None
    return mailbox if isinstance(mailbox, str) else ""


def _addresses_between(text: str, helpline: str, known: list[Fault]) -> list[Fault]:
    """Comments are kept with the manifest's text, so the address filter is for them too."""
    lines = {fault.line for fault in known}
    return [
        Fault(number, "an e-mail address stands here; only help.email may hold one")
        for number, line in enumerate(text.splitlines(), 1)
        if number not in lines and holds_address(line.replace(helpline, "") if helpline else line)
    ]


def _says_sensitive(document: Document) -> bool:
    return isinstance(document.root, dict) and "is_sensitive" in document.root


def _normal(entry: FileEntry) -> FileEntry:
    delimiter = entry.delimiter
    return msgspec.structs.replace(entry, delimiter=manifest_rules.DELIMITERS.get(delimiter or "", delimiter))
