"""Strict YAML, JSON included, as plain values that know their lines."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

import yaml

from breachcheck.addresses import mask_addresses
from breachcheck.errors import ManifestError

MAX_DEPTH = 12
MAX_FAULTS = 10

Path = tuple[str | int, ...]
Value = str | int | bool | None | list["Value"] | dict[str, "Value"]

_WORDS: Mapping[str, Value] = {"": None, "~": None, "null": None, "true": True, "false": False}
_TEXT_TAG = "tag:yaml.org,2002:str"

_REMEDIES: Mapping[str, str] = {
    "are not allowed here": 'put "quotes" around a text with a colon or a - in it, or line this up with its neighbours',
    "expected <block end>": 'write \\" for a quotation mark inside "quotes", or line this up with its neighbours',
    r"found character '\t'": "indent with spaces, not with a tab",
    "cannot start any token": 'put "quotes" around a text that begins with a sign',
    "scanning a quoted scalar": "a quotation mark is missing at the end of a text",
    "could not find expected ':'": "a key and a colon belong here; a text of several lines is indented",
}
"""What to do about the slips that people make in an editor, by what is said of them; the first that fits."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a document, in words, and where."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """What a text says, the line on which each part of it begins, and the faults that did not stop the reading."""

    root: Value
    lines: Mapping[Path, int]
    faults: tuple[Fault, ...]

    def line_of(self, path: Path) -> int:
        """The line of *path*, or of the nearest thing around it that is written down."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]


def parse(name: str, text: str) -> Document:
    """The document that *text* is; *name* is what messages call it.

    Plain scalars follow YAML 1.2's core schema, without floats: ``no`` is the text "no" and ``2025-11-09`` is text too.
    Raises ManifestError where the text cannot be read to its end.
    """
    try:
        return _Builder(name, text).document()
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark if "quoted scalar" in (error.context or "") else error.problem_mark
        line = mark.line + 1 if mark else 1
        problem = ", ".join(part for part in (error.context, error.problem) if part)
        fault = Fault(line, f"this is not valid YAML or JSON: {problem}{_remedy(problem)}")
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        fault = Fault(line, "a control character stands here; only printable text is allowed")
    raise refusal(name, [fault]) from None


def refusal(name: str, faults: Iterable[Fault]) -> ManifestError:
    """One error that lists the *faults* of the manifest *name* by line, ten at most, without any address.

    What it quotes shows U+FFFD for each character that nobody sees, which could change how the rest is shown.
    """
    found = sorted(set(faults), key=lambda fault: fault.line)
    lines = [f"line {fault.line}: {_seen(fault.text)}" for fault in found[:MAX_FAULTS]]
    if len(found) == 1:
        return ManifestError(mask_addresses(f"{name}, {lines[0]}"))
    if len(found) > MAX_FAULTS:
        lines.append(f"and {len(found) - MAX_FAULTS} more")
    return ManifestError(mask_addresses("\n  ".join([f"{name} has {len(found)} faults:", *lines])))


def _seen(text: str) -> str:
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)


def _remedy(problem: str) -> str:
    return next((f"; {advice}" for slip, advice in _REMEDIES.items() if slip in problem), "")


def nearest(word: str, allowed: Iterable[str]) -> str:
    """What to say of an unknown *word*: the spelling probably meant, else all that is allowed."""
    names = {name.casefold(): name for name in allowed}
    close = difflib.get_close_matches(word.casefold(), names, n=2, cutoff=0.7)
    if close:
        return "did you mean " + " or ".join(names[name] for name in close) + "?"
    return "allowed here: " + ", ".join(names.values())


class _Builder:
    """Builds values out of YAML events, so that anchors, tags and depth are seen before anything is built."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        is_json = text.lstrip().startswith(("{", "["))
        # Between the tokens of JSON a tab is white space, which YAML refuses.
        self._events: Iterator[yaml.Event] = yaml.parse(
            text.replace("\t", " ") if is_json else text, Loader=yaml.SafeLoader
        )
        self._lines: dict[Path, int] = {(): 1}
        self._faults: list[Fault] = []

    def document(self) -> Document:
        root: Value = None
        starts = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                starts += 1
                if starts > 1:
                    self._stop(event, "a second document begins here; a manifest is one document")
            elif isinstance(event, yaml.NodeEvent):
                root = self._value(event, ())
        return Document(root, self._lines, tuple(self._faults))

    def _value(self, event: yaml.Event, path: Path) -> Value:
        self._refuse_decorations(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if len(path) >= MAX_DEPTH:
            self._stop(event, f"nested more than {MAX_DEPTH} deep; nothing in a manifest needs that")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._dict(path)
        return None

    def _list(self, path: Path) -> list[Value]:
        items: list[Value] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            inner = (*path, len(items))
            self._lines[inner] = _line(event)
            items.append(self._value(event, inner))
        return items

    def _dict(self, path: Path) -> dict[str, Value]:
        pairs: dict[str, Value] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            self._refuse_decorations(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._stop(event, "a key is text, not a list or a table")
            key = _whole(event.value)
            inner = (*path, key)
            if key in pairs:
                self._fault(event, f"the key {key} stands here twice; first on line {self._lines[inner]}")
            else:
                self._lines[inner] = _line(event)
            pairs[key] = self._value(next(self._events), inner)
        return pairs

    def _scalar(self, event: yaml.ScalarEvent) -> Value:
        text = _whole(event.value)
        if event.style is not None:
            return text
        if text in _WORDS:
            return _WORDS[text]
        return _whole_number(text)

    def _refuse_decorations(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._fault(event, f"the alias *{event.anchor} is not allowed; write the value out")
        elif getattr(event, "anchor", None) is not None:
            self._fault(event, "anchors (&) are not allowed; write the value out where it is used")
        tag = getattr(event, "tag", None)
        if tag is not None:
            advice = "put the text in quotes" if tag == _TEXT_TAG else "leave it out"
            self._fault(event, f"tags (!) are not allowed; {advice}")

    def _fault(self, event: yaml.Event, text: str) -> None:
        self._faults.append(Fault(_line(event), text))

    def _stop(self, event: yaml.Event, text: str) -> NoReturn:
        raise refusal(self._name, [*self._faults, Fault(_line(event), text)])


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def _whole(text: str) -> str:
    """JSON's surrogate pairs as the characters they stand for; a lone half becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole_number(text: str) -> str | int:
    """A whole number as JSON writes it; whatever else looks like one (0123, 1_000, 0x1F, 1e5) stays text."""
    digits = text.removeprefix("-")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 18
    return int(text) if is_number and (digits == "0" or digits[0] != "0") else text
