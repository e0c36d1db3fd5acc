"""Mailboxes: whom a whole value names that is an address list as mail knows them (RFC 5322, 3.4; RFC 6068).

A value that is only partly such a list names nobody: it is text, and text in a table is not searched.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote

import msgspec
import regex as re

from breachcheck.addresses import Address, canonical
from breachcheck.errors import InvalidAccount

LONGEST = 1024
"""Characters of a list; where one is cut short, its last address may be another."""

_LONGEST_NAME = 100
_MAY_BE_LIST = re.compile(r"[<,;('\"]|:::|mailto:|smtp:|\.$", re.IGNORECASE)
_TOKEN = re.compile(
    r"""(?P<space>\s++)
      | (?P<comment>\((?:[^()]|(?&comment))*+\))
      | (?P<angle><[^<>\s]*+>)
      | (?P<scheme>(?:mailto|smtp):)
      | (?P<mark>:::|[,;:])
      | (?P<word>(?:"(?:[^"\\]|\\.)*+"|[^\s()<>,;:"\\]++)++)""",
    re.VERBOSE | re.IGNORECASE,
)
_IN_ANGLES = re.compile(r"(?:mailto:|smtp:)?([^|]*)(?:\|.*)?", re.IGNORECASE)
_IN_QUOTES = re.compile(r"""(["'])(?!.*\1.*\1)(.*)\1""")


class _NoList(Exception):
    """The value is no address list."""


@dataclass(slots=True)
class _Mailbox:
    """One element of a list, as far as it was read."""

    words: list[str] = field(default_factory=list)
    angle: str | None = None
    is_uri: bool = False


def addresses_in(text: str) -> list[Address]:
    """Everyone whom *text* names as an address list; [] where it is none, or one of nobody.

    Known are display names (`Ann <ann@example.com>`), comments, groups, `mailto:` and Exchange's `smtp:`; `;` parts as
    `,` does and Google's ` ::: `, a name may hold a comma (`Smith, Ann <…>`), and the whole may stand in quotes or be a
    list of JSON.
    """
    text = text.strip()
    if "@" not in text or len(text) > LONGEST or not _MAY_BE_LIST.search(text):
        return []
    text = text.removesuffix(".")  # of the root of all domains
    text = text[1:] if text.startswith('="') else text  # as is written for Excel, that it leaves a text as it is
    bare = _IN_QUOTES.fullmatch(text)
    try:
        if text.startswith("["):
            return [_canonical(value) for value in _json_texts(text)]
        return list(dict.fromkeys(_addresses(bare[2] if bare else _without_headers(text))))
    except _NoList:
        return []


def _json_texts(text: str) -> list[str]:
    """The texts that the JSON *text* is a list of."""
    try:
        return msgspec.json.decode(text, type=list[str])
    except msgspec.DecodeError:
        raise _NoList from None


def _without_headers(text: str) -> str:
    """A `mailto:` without its subject and the like."""
    return text.partition("?")[0] if text[:7].casefold() == "mailto:" else text


def _addresses(text: str) -> Iterator[Address]:
    name: list[str] = []
    for mailbox in _mailboxes(text):
        if mailbox.angle is None and not any("@" in word for word in mailbox.words):
            name += mailbox.words
            continue
        yield _address_of(mailbox, name)
        name = []
    if name:
        raise _NoList


def _address_of(mailbox: _Mailbox, before: list[str]) -> Address:
    """The address of *mailbox*; words *before* a comma belong to its name."""
    if mailbox.angle is None:
        if before or len(mailbox.words) != 1:
            raise _NoList
        return _canonical(unquote(mailbox.words[0].partition("?")[0]) if mailbox.is_uri else mailbox.words[0])
    found = _IN_ANGLES.fullmatch(mailbox.angle)
    address = _canonical(found[1] if found else "")
    name = " ".join([*before, *mailbox.words])
    is_plain = all("@" not in word or word.startswith('"') for word in mailbox.words)
    if len(name) > _LONGEST_NAME or not (is_plain or _canonical(name.strip("'")) == address):
        raise _NoList
    return address


def _canonical(text: str) -> Address:
    try:
        return canonical(text)
    except InvalidAccount:
        raise _NoList from None


def _mailboxes(text: str) -> Iterator[_Mailbox]:
    """The elements of *text*, whose groups (`Friends: ann@example.com;`) are opened; raises _NoList."""
    current, is_group = _Mailbox(), False
    position = 0
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise _NoList
        position = token.end()
        kind, value = token.lastgroup, token[0]
        if kind == "mark" and value == ":":
            if is_group or current.angle or not current.words or any("@" in word for word in current.words):
                raise _NoList
            current, is_group = _Mailbox(), True
        elif kind == "mark":
            yield current
            current, is_group = _Mailbox(), is_group and value != ";"
        else:
            _add(current, str(kind), value)
    if is_group:
        raise _NoList
    yield current


def _add(mailbox: _Mailbox, kind: str, value: str) -> None:
    if kind == "scheme":
        if mailbox.words:
            raise _NoList
        mailbox.is_uri = True
    elif kind in ("angle", "word"):
        if mailbox.angle is not None:
            raise _NoList
        if kind == "angle":
            mailbox.angle = value[1:-1]
        else:
            mailbox.words.append(value)
