"""Rules of a manifest: what each single value may be, by its place."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from breachcheck import data_classes
from breachcheck.addresses import canonical, holds_address
from breachcheck.advice import step_ids
from breachcheck.errors import InvalidAccount, UnknownDataClass
from ingest.shapes import Rule

if TYPE_CHECKING:
    from markdown_it.token import Token

MAX_TEXT = 10_000
DELIMITERS: Mapping[str, str] = {"tab": "\t", r"\t": "\t"}
OLDEST = date(1970, 1, 1)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?")
_HOLDS_AN_ADDRESS = frozenset({"help.email"})
_LONGER_THAN_A_LINE = re.compile(r"description$|why$|how$|who$|class_notes\{\}$|attribution$")
_AS_IN_THE_FILE = (
    "delimiter",
    "mapping{key}",
    "address[]",
    "identifiers{key}",
    "join.column",
    "join.on",
    "nothing_said[]",
)
_VERBATIM = frozenset(f"files[].{key}" for key in _AS_IN_THE_FILE)
_OF_FILES = "files[]"
"""What stands below names files, columns and values as somebody else wrote them."""

_UNSEEN = frozenset({"Cf", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # which Persian, the scripts of India and emoji are written with
_OPENING = re.compile(r"[<\[]")
"""One of these begins all HTML, links and images of CommonMark."""


def every_text(place: str, text: str) -> str | None:
    """What is wrong with any text of a manifest, keys included."""
    if place not in _HOLDS_AN_ADDRESS and holds_address(text):
        return "an e-mail address stands here; only help.email may hold one"
    if len(text) > MAX_TEXT:
        return f"longer than {MAX_TEXT} characters"
    controls = {char for char in text if unicodedata.category(char) == "Cc"}
    allowed = set("\n\t") if _LONGER_THAN_A_LINE.search(place) else set()
    if controls - allowed and place not in _VERBATIM:
        return "a control character or line break stands here"
    return None if place.startswith(_OF_FILES) else _unseen(text)


def _unseen(text: str) -> str | None:
    """What to say of the first character in *text* that shows nothing and may change how the others are shown."""
    char = next((char for char in text if is_unseen(char)), None)
    if char is None:
        return None
    name = unicodedata.name(char, "a character without a name")
    return f"an invisible character stands here, U+{ord(char):04X} ({name}); take it out"


def is_unseen(char: str) -> bool:
    """Whether *char* shows nothing by itself, and is not one by which letters and emoji are joined or kept apart."""
    return unicodedata.category(char) in _UNSEEN and char not in _JOINERS


def _name(text: str) -> str | None:
    if _NAME.fullmatch(text):
        return None
    return "letters, digits and - _ . make a name, 64 at most, no spaces, such as OpenAI-Mixpanel"


def _written(text: str) -> str | None:
    return None if text.strip() else "nothing is written here"


def _domain(text: str) -> str | None:
    if not text or (_DOMAIN.fullmatch(text) and len(text) <= 253):
        return None
    return "a domain in lower case belongs here, such as openai.com, without https:// or a path"


def _past_day(text: str) -> str | None:
    day = date.fromisoformat(text)
    if day > datetime.now(UTC).date():
        return f"{text} lies in the future; give the day it happened"
    if day < OLDEST:
        return f"{text} is before {OLDEST.isoformat()}; check the year"
    return None


def _link(text: str) -> str | None:
    try:
        parts = urlsplit(text)
    except ValueError:
        return "this is not a link; https://… belongs here"
    is_plain = parts.scheme == "https" and parts.hostname and not parts.username and not re.search(r"\s", text)
    return None if is_plain else "only links that begin with https:// are allowed"


def _logo(text: str) -> str | None:
    return None if text.startswith("/") and not text.startswith("//") else _link(text)


def _commonmark(text: str) -> str | None:
    if not _OPENING.search(text):
        return None
    from markdown_it import MarkdownIt  # takes long to import, and most descriptions are plain

    for token in _tokens(MarkdownIt("commonmark").parse(text)):
        if token.type in ("html_block", "html_inline"):
            return "HTML is not allowed; this is CommonMark: **bold**, [text](https://…), lists"
        if token.type == "image":
            return "images are not allowed; link to the page instead"
        if token.type == "link_open" and (wrong := _link(str(token.attrs.get("href", "")))):
            return wrong
    return None


def _tokens(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _tokens(token.children or [])


def _description(text: str) -> str | None:
    return _written(text) or _commonmark(text)


def _data_class(text: str) -> str | None:
    try:
        data_classes.get(text)
    except UnknownDataClass as error:
        return str(error)
    return None


def _step(text: str) -> str | None:
    return None if text in step_ids() else f"no step of ours is called so; one of {', '.join(step_ids())}"


def _language(text: str) -> str | None:
    return None if _LANGUAGE.fullmatch(text) else "a language tag belongs here, such as de or pt-BR"


def _mailbox(text: str) -> str | None:
    try:
        canonical(text)
    except InvalidAccount:
        return "this is not an e-mail address"
    return None


def _encoding(text: str) -> str | None:
    try:
        codecs.lookup(text)
        "".encode(text)
    except LookupError:
        return "unknown encoding; such as utf-8, utf-16-le, cp1252, gbk"
    return None


def _delimiter(text: str) -> str | None:
    char = DELIMITERS.get(text, text)
    if len(char) == 1 and not char.isalnum() and char not in "\"'\r\n":
        return None
    return 'one character in quotes belongs here: "," ";" "|" or "tab"'


def _path(text: str) -> str | None:
    if "://" in text:
        return "data files are read from disk; download it and give its path relative to the manifest"
    if "\\" in text:
        return "write / between folders"
    return _written(text)


RULES: Mapping[str, Rule] = {
    "name": _name,
    "title": _written,
    "language": _language,
    "domain": _domain,
    "breach_date": _past_day,
    "disclosed_date": _past_day,
    "description": _description,
    "disclosure_url": _link,
    "attribution": _commonmark,
    "logo_path": _logo,
    "disclosed_classes[]": _data_class,
    "not_exposed.classes[]": _data_class,
    "not_exposed.source": _link,
    "class_notes{key}": _data_class,
    "help.url": _link,
    "help.email": _mailbox,
    "advice[].step": _step,
    "advice[].title": _written,
    "advice[].why": _commonmark,
    "advice[].how": _commonmark,
    "translations{key}": _language,
    "translations{}.title": _written,
    "translations{}.description": _description,
    "translations{}.who": _written,
    "translations{}.not_exposed.also[]": _written,
    "translations{}.class_notes{key}": _data_class,
    "translations{}.class_notes{}": _written,
    "translations{}.help.url": _link,
    "translations{}.help.phone": _written,
    "translations{}.advice[].title": _written,
    "translations{}.advice[].why": _description,
    "translations{}.advice[].how": _description,
    "files[].path": _path,
    "files[].mapping{}[]": _data_class,
    "files[].password_file": _path,
    "files[].encoding": _encoding,
    "files[].delimiter": _delimiter,
}
