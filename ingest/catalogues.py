"""Catalogues of others: the `breaches` JSON of Have I Been Pwned, strictly into facts about breaches without people."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator
from datetime import date

import msgspec

from breachcheck.addresses import mask_addresses
from breachcheck.breaches import Facts
from breachcheck.errors import ManifestError
from breachcheck.listings import Entry
from ingest.html_texts import as_commonmark, is_https
from ingest.manifest_rules import RULES, every_text, is_unseen

MAX_BYTES = 32 << 20
SHOWN_FAULTS = 20

_PLACES = {
    "name": "Name",
    "title": "Title",
    "domain": "Domain",
    "breach_date": "BreachDate",
    "description": "Description",
    "attribution": "Attribution",
}


class _Given(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One breach as HIBP writes it. What is not listed here is passed over."""

    name: str
    title: str
    breach_date: date
    domain: str | None = ""
    pwn_count: int | None = None
    description: str = ""
    logo_path: str | None = None
    attribution: str | None = None
    disclosure_url: str | None = None
    data_classes: tuple[str, ...] = ()
    is_verified: bool = False
    is_fabricated: bool = False
    is_sensitive: bool = False
    is_retired: bool = False
    is_spam_list: bool = False
    is_malware: bool = False
    is_subscription_free: bool = False
    is_stealer_log: bool = False


def read(raw: bytes) -> list[Entry]:
    """The entries of a catalogue, in its order. Raises ManifestError, which names every bad entry and its field."""
    if len(raw) > MAX_BYTES:
        raise ManifestError(f"The catalogue is larger than {MAX_BYTES >> 20} MiB; is it HIBP's list of breaches?")
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        msgspec.json.decode(raw, type=list[dict[str, msgspec.Raw]])
        texts = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise ManifestError(
            "The catalogue is not what HIBP's `breaches` answers: a JSON array of objects, each one breach"
        ) from None
    faults: list[str] = []
    entries = [_entry(number, bytes(text), faults) for number, text in enumerate(texts, 1)]
    found = [entry for entry in entries if entry]
    faults += [f"{name}: Name: stands there more than once" for name in _doubled(found)]
    if faults:
        more = f"\nand {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        shown = "\n".join(faults[:SHOWN_FAULTS])
        raise ManifestError(f"The catalogue has {_counted(faults)}, and nothing of it was taken:\n{shown}{more}")
    return found


def _entry(number: int, text: bytes, faults: list[str]) -> Entry | None:
    try:
        given = msgspec.json.decode(text, type=_Given)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        faults.append(f"{_called(number, text)}: {mask_addresses(str(error))}")
        return None
    facts = _facts(given)
    wrong = [*_faults(facts), *_unfit(given.data_classes)]
    faults += [f"{_called(number, text)}: {one}" for one in wrong]
    unknown = tuple(name for name in given.data_classes if name not in facts.disclosed_classes)
    return None if wrong else Entry(facts, mask_addresses(text.decode()), unknown)


def _called(number: int, text: bytes) -> str:
    """What a fault calls the breach: its name, if it has a fit one, else its place."""
    try:
        name = msgspec.json.decode(text, type=dict[str, msgspec.Raw]).get("Name")
        told = msgspec.json.decode(name, type=str) if name else ""
    except (msgspec.MsgspecError, UnicodeDecodeError):
        told = ""
    return told if told and not RULES["name"](told) else f"entry {number}"


def _facts(given: _Given) -> Facts:
    logo, link = given.logo_path or "", given.disclosure_url or ""
    flags = {name: getattr(given, name) for name in _Given.__struct_fields__ if name.startswith("is_")}
    return Facts(
        name=given.name,
        title=given.title,
        domain=(given.domain or "").lower(),
        breach_date=given.breach_date,
        description=_kept(given.description),
        affected=given.pwn_count,
        logo_path=logo if logo and not RULES["logo_path"](logo) else None,
        attribution=_kept(given.attribution or "") or None,
        disclosure_url=link if is_https(link) else None,
        disclosed_classes=tuple(name for name in given.data_classes if not RULES["disclosed_classes[]"](name)),
        **flags,
    )


def _kept(text: str) -> str:
    """*text* as CommonMark, without addresses, and without what nobody sees."""
    return mask_addresses("".join(char for char in as_commonmark(text) if not is_unseen(char)))


def _faults(facts: Facts) -> Iterator[str]:
    for field, place in _PLACES.items():
        text = str(getattr(facts, field) or "")
        if wrong := every_text(field, text) or (RULES[field](text) if text or field in ("name", "title") else None):
            yield f"{place}: {wrong}"
    if facts.affected is not None and facts.affected < 0:
        yield "PwnCount: nobody can be fewer than none"


def _unfit(classes: tuple[str, ...]) -> Iterator[str]:
    """Of data classes, known here or not: every year HIBP has a few more."""
    for name in classes:
        if wrong := every_text("disclosed_classes[]", name):
            yield f"DataClasses: {wrong}"


def _counted(faults: list[str]) -> str:
    return "1 fault" if len(faults) == 1 else f"{len(faults)} faults"


def _doubled(entries: list[Entry]) -> list[str]:
    names = Counter(entry.facts.name.lower() for entry in entries)
    return sorted({entry.facts.name for entry in entries if names[entry.facts.name.lower()] > 1})
